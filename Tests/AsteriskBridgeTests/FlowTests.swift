import AsteriskBridge
import BridgeCore
import CallCenter
import Foundation
import Testing

/// Flows of FreePBX and plain Asterisk: the bridge's events, compared with the expected ones and with what the phones
/// saw.
@Suite struct FlowTests {
    /// Asterisk reported a phone's answer some milliseconds after the phone.
    static let nearMs: Int64 = 50

    /// `1605 call.answered operator=101`, milliseconds from the scenario's beginning.
    static func lines(_ events: [BridgeEvent], from start: Double) -> [String] {
        events.map { event in
            let fields = event.fields.map { name, value in
                switch value {
                case .null: "\(name)=null"
                case .text(let text): "\(name)=\(text)"
                case .texts(let texts): "\(name)=\(texts.joined(separator: ","))"
                case .number(let number): "\(name)=\(number)"
                case .time(let time): "\(name)=\(time.ms)"
                case .objects(let objects): "\(name)=\(objects.count)"
                }
            }
            return (["\(event.time.ms - Int64((start * 1000).rounded()))", event.type] + fields).joined(separator: " ")
        }
    }

    @Test(arguments: Floor.flows) func isTold(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        let expected = try String(contentsOfFile: "\(Floor.folder)/\(name).events", encoding: .utf8).split(
            separator: "\n"
        ).map(String.init)
        let told = FlowTests.lines(floor.events, from: truth.start)
        for line in told where !expected.contains(line) { Issue.record("\(name): told and not expected: \(line)") }
        for line in expected where !told.contains(line) { Issue.record("\(name): expected and not told: \(line)") }
        #expect(told == expected)
    }

    /// Each reported ring, answer and busy state happened at a phone, and each ring and answer of a phone was reported.
    @Test(arguments: Floor.flows) func isWhatThePhonesSaw(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md"),
            legs = try Phone.legs("\(Floor.folder)/\(name).md")
        func ms(_ event: BridgeEvent) -> Int64 { event.time.ms - Int64(truth.start * 1000) }
        func who(_ event: BridgeEvent) -> String? {
            for case ("operator", .text(let id)) in event.fields { return id }
            return nil
        }
        func near(_ a: Int64, _ b: Int64?) -> Bool { b.map { abs(a - $0) <= FlowTests.nearMs } ?? false }
        let told = floor.events.compactMap { event in who(event).map { (type: event.type, who: $0, at: ms(event)) } }
        for leg in legs where Floor.phones.contains(leg.who) && !leg.isItsOwn {
            // A click rings an operator's own phone for the operator's own call.
            if let ring = leg.ringing, !name.contains("click") {
                #expect(
                    told.contains {
                        ["call.ringing", "operator.busy"].contains($0.type) && $0.who == leg.who && near($0.at, ring)
                    }, "\(name): \(leg.who) rang at \(ring)")
            }
            if let answer = leg.answered {
                #expect(
                    told.contains { event in
                        event.who == leg.who
                            && (event.type == "call.answered" && near(event.at, answer)
                                || event.type == "operator.busy" && event.at <= answer + FlowTests.nearMs)
                            || (event.type == "call.dialed" && near(event.at, answer))
                    }, "\(name): \(leg.who) picked up at \(answer)")
            }
        }
        for event in told where event.type == "call.answered" && Floor.phones.contains(event.who) {
            #expect(
                legs.contains {
                    $0.who == event.who && ($0.answered ?? .max) <= event.at + FlowTests.nearMs
                        && ($0.ended ?? .max) > event.at
                }, "\(name): \(event)")
        }
    }

    /// Each talk begins and ends when the phone's did.
    @Test(arguments: Floor.flows) func talksAreAsLongAsThePhones(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md"),
            legs = try Phone.legs("\(Floor.folder)/\(name).md")
        let start = Int64(truth.start * 1000)
        for call in floor.calls {
            for leg in call.life.legs where leg.ringAt != nil && leg.end == .ended {
                guard let answered = leg.answeredAt, let ended = leg.endedAt else { continue }
                let phone = legs.first {
                    $0.who == leg.operator && abs(($0.answered ?? 0) - (answered.ms - start)) <= FlowTests.nearMs
                }
                guard let phone, let from = phone.answered, let to = phone.ended else { continue }
                #expect(
                    abs((to - from) - (ended - answered)) <= FlowTests.nearMs,
                    "\(name): \(leg.operator) talked \(ended - answered) ms, by the phone \(to - from)")
            }
        }
    }

    /// The outcome of each incoming and each dialed call.
    @Test(
        arguments: [
            ("k-exit-key", ["overflowed"]), ("k-exit-key-then", ["answered"]), ("k-leave-empty", ["abandoned"]),
            ("k-ring-two", ["abandoned"]), ("k-park", ["answered"]),
            ("k-timeout-then-group", ["answered"]), ("k-queue-voicemail", ["overflowed"]),
            ("k-redirect-waiting", ["answered"]), ("k-atx-abandoned", ["answered"]), ("k-internal-queue", []),
            ("k-consult-queue", ["answered"]), ("k-pickup-group", ["answered"]),
        ] as [(String, [String])]) func endsAs(name: String, outcomes: [String]) throws
    {
        let calls = try Floor("flows/" + name).calls
        #expect(calls.map { $0.life.outcome?.rawValue ?? "-" } == outcomes)
    }

    /// Without an index a recording is translated by Asterisk's own timestamps.
    @Test func needsNoIndexAndCanBeginNow() throws {
        let path = "\(Floor.folder)/flows/k-park.ami"
        let recording = try Recording(path: path, index: nil)
        #expect(recording.start.ms == 1_795_623_327_990)
        var events: [BridgeEvent] = []
        let options = Translator.Options(endpointRules: EndpointRulesTests.rules())
        recording.translate(options: options) { event, _ in events.append(event) }
        let shift: Int64 = 86_400_000, moved = events.map { $0.rebased(by: shift, run: ".7") }
        #expect(
            zip(events, moved).allSatisfy {
                $1.time == $0.time + shift && $1.id == $0.id + ".7" && $1.call == $0.call.map { $0 + ".7" }
            })
    }
}

/// What one phone saw of one call: a line of the ground truth's table of legs. Milliseconds from the scenario's
/// beginning.
struct Phone {
    var who: String
    /// It called, and was not called.
    var isItsOwn: Bool
    var ringing: Int64?
    var answered: Int64?
    var ended: Int64?

    static func legs(_ path: String) throws -> [Phone] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count > 9, let tag = cells[1].firstMatch(of: /^(agent|dial)(\d+)[b]?(-\d+)?$/) else {
                return nil
            }
            func ms(_ cell: String) -> Int64? { Double(cell).map { Int64(($0 * 1000).rounded()) } }
            // The second dialogue of a consultation is the phone's own call.
            let isItsOwn = tag.1 == "dial" || (cells[2].contains("sip:\(tag.2)@") && cells[3] != String(tag.2))
            // A challenge is no end.
            return Phone(
                who: String(tag.2), isItsOwn: isItsOwn, ringing: ms(cells[5]), answered: ms(cells[6]),
                ended: cells[8].hasPrefix("401") ? nil : ms(cells[7]))
        }
    }
}
