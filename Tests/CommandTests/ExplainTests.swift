import Foundation
import Testing

@testable import Command

@Suite struct ExplainTests {
    static func routing(_ action: String, _ reason: String, _ text: String, at: String = "2026-11-24T00:00:00.000Z")
        -> String
    {
        #"""
        {"at":"\#(at)","action":"\#(action)","operator":\#(action == "operator" ? "\"101\"" : "null"),\#
        "reason":"\#(reason)","priority":0,
        "steps":[{"rule":"\#(reason)","text":"\#(text)"}]}
        """#
    }

    static func call(
        _ direction: String, outcome: String, cause: String? = nil, routing: String = "null", before: [String] = [],
        _ timeline: [String]
    )
        -> String
    {
        #"""
        {"call":"a1","source":"pbx","direction":"\#(direction)","from":{"display":"090-0000-0001","kind":"number"},\#
        "to":null,"customer":null,
        "queue":null,"state":"ended","outcome":"\#(outcome)","cause":\#(cause.map { "\"\($0)\"" } ?? "null"),\#
        "partial":false,
        "offered_at":"2026-11-24T00:00:00.000Z","answered_at":null,"ended_at":null,"waiting_since":null,"wait_ms":0,\#
        "talk_ms":0,"operator":"101",
        "alerts":[],"routing":\#(routing),"routing_before":[\#(before.joined(separator: ","))],
        "timeline":[\#(timeline.map { #"{"at":"2026-11-24T00:00:01.000Z","seq":1,\#($0)}"# }.joined(separator: ","))]}
        """#
    }

    func story(_ json: String, _ language: Language = .en) throws -> [String] {
        let data = Data(json.utf8)
        return CallStory(language: language, terminal: plain, clock: tokyo).text(
            try APIClient.decode(data), try APIClient.decode(data)
        )
        .components(separatedBy: "\n")
    }

    @Test func whatThePBXWasToldBeforeTheCallerWasKnown() throws {
        let lines = try story(
            Self.call(
                "inbound", outcome: "answered",
                routing: Self.routing(
                    "operator", "assigned_operator", "101 looks after them.", at: "2026-11-24T00:00:05.000Z"),
                before: [Self.routing("queue", "no_match", "Nobody has this number.")], [#""what":"offered""#]))
        #expect(
            Array(lines[3...9]) == [
                "Before the caller was identified  2026-11-24 09:00:00", "  Nobody has this number.",
                "  = queue  (no_match, priority 0)", "",
                "Once the caller was identified  2026-11-24 09:00:05", "  101 looks after them.",
                "  = operator → 101  (assigned_operator, priority 0)",
            ])
    }

    @Test func aCallThatWentOutAndWhatBecameOfIt() throws {
        let lines = try story(
            Self.call(
                "outbound", outcome: "not_reached", cause: "No \\u001b[31manswer",
                [
                    #""what":"dialed","operator":"101""#, #""what":"ringing","operator":"102","device":"PJSIP/102""#,
                    #""what":"unanswered","operator":"102","device":"PJSIP/102","reason":"elsewhere""#,
                    #""what":"parked","operator":"101","slot":"701""#,
                    #""what":"retrieved","operator":"103","slot":"701""#,
                    #""what":"reached""#, #""what":"ended","by":"system","cause":"no answer""#,
                ]))
        #expect(lines[1].contains("outbound → 090-0000-0001  called, not reached  cause: No \u{FFFD}[31manswer"))
        #expect(lines[3] == "An operator dialed it, so there was nothing to decide.")
        #expect(
            lines.suffix(7).map { String($0.dropFirst(23)) } == [
                "○ dialed by 101", "│ rang at 102 (PJSIP/102)", "│ rang at 102, taken by somebody else (PJSIP/102)",
                "┆ parked by 101 [701]",
                "┃ taken off its place by 103 [701]", "┃ answered at the far end", "● ended by the system: no answer",
            ])
    }
}
