import Foundation
import Testing

@testable import Command

@Suite struct CallbackTests {
    static func callback(_ kind: String, claim: String? = nil, tries: [String] = [], reached: String? = nil) -> String {
        let by = claim.map { #""\#($0)""# } ?? "null"
        let at = claim == nil ? "null" : #""2026-11-24T01:30:00.000Z""#
        let end = reached.map { #""\#($0)""# } ?? "null"
        return #"""
            {"id":"819000000001","kind":"\#(kind)","from":{"e164":"+819000000001","display":"090-0000-0001",\#
            "kind":"number"},
            "customer":{"id":1,"name":"山田 太郎","tier":"gold","owner":"101"},"queue":"support","tier":"vip",\#
            "since":"2026-11-24T01:00:00.000Z",
            "due_ms":3600000,"claimed_by":\#(by),"claimed_at":\#(at),"reached_at":\#(end),\#
            "recall_ms":\#(reached == nil ? "null" : "2400000"),
            "calls":[{"kind":"abandoned","call":"g1","source":"pbx","at":"2026-11-24T01:00:00.000Z","queue":"support",\#
            "waited_ms":12000},
                     {"kind":"\#(kind)","call":null,"source":null,"at":"2026-11-24T01:10:00.000Z","queue":"support",\#
            "waited_ms":65000}],
            "tries":[\#(tries.joined(separator: ","))]}
            """#
    }

    static let vain =
        #"{"call":"o1","source":"pbx","at":"2026-11-24T01:20:00.000Z","operator":"102","reached_at":null}"#
    static let made =
        #"{"call":"o2","source":"pbx","at":"2026-11-24T01:39:00.000Z","operator":"101","#
            + #""reached_at":"2026-11-24T01:40:00.000Z"}"#

    func lines(_ callbacks: [String], done: Bool = false, _ language: Language = .en) throws -> [String] {
        let json = #"{"at":"2026-11-24T02:00:00.000Z","callbacks":[\#(callbacks.joined(separator: ","))]}"#
        let answer: CallbackLines = try APIClient.decode(Data(json.utf8))
        return CallbackBoard(language: language, clock: tokyo, vipTiers: ["gold"]).table(answer.callbacks, done: done)
            .text(on: plain)
            .components(separatedBy: "\n").map { $0.replacing(#/ +$/#, with: "") }
    }

    @Test func whoWaitsWhoAskedAndWhoHasIt() throws {
        #expect(
            try lines([
                Self.callback("requested"), Self.callback("abandoned", claim: "101", tries: [Self.vain]),
            ]) == [
                "number         customer     owner  queue    kind          first call           calls  waited      "
                    + "tries      ago  claimed by"
                    + "  last call",
                "090-0000-0001  山田 太郎 ★  101    support  asked for it  2026-11-24 10:00:00      2  0:12, 1:05      0  "
                    + "1:00:00",
                "090-0000-0001  山田 太郎 ★  101    support  gave up       2026-11-24 10:00:00      2  0:12, 1:05      1  "
                    + "1:00:00  101 10:30",
            ])
    }

    @Test func ofThoseWhoWereReachedByWhomAndHowLongItTook() throws {
        let shown = try lines(
            [Self.callback("requested", tries: [Self.vain, Self.made], reached: "2026-11-24T01:40:00.000Z")], done: true
        )
        #expect(shown[0].hasSuffix("tries   took  reached              by"))
        #expect(shown[1].hasSuffix("    2  40:00  2026-11-24 10:40:00  101"))
        #expect(try lines([Self.callback("requested")], .ja)[1].contains("折返し希望"))
    }

    @Test(arguments: [
        (["callbacks", "--kind", "requested"], true), (["callbacks", "--kind", "lost"], false),
        (["callbacks", "--done"], true),
        (["callbacks", "claim", "090-0000-0001", "--operator", "101"], true), (["callbacks", "claim"], false),
        (["callbacks", "release", "090-0000-0001"], true), (["callbacks", "done", "090-0000-0001"], true),
    ]) func howItIsAsked(arguments: [String], isTaken: Bool) {
        #expect(((try? Screenpop.parseAsRoot(arguments)) != nil) == isTaken, "\(arguments)")
    }
}
