import AMI
import BridgeCore
import CallCenter
import Foundation
import Testing

@testable import AsteriskBridge

/// The translator's state is bounded by the live calls and phones: a bridge runs for months.
@Suite struct BoundedStateTests {
    /// The frames of one answered call as Asterisk 22 wrote them, made a call of its own by its number.
    static func call(_ number: Int, _ recorded: String) -> [UInt8] {
        var text = recorded
        for (old, new) in [
            ("1795388533.0", "1795388533.\(2 * number)"), ("1795388534.1", "1795388534.\(2 * number + 1)"),
            ("PJSIP/trunk-00000000", "PJSIP/trunk-\(String(2 * number, radix: 16))"),
            ("PJSIP/101-00000001", "PJSIP/101-\(String(2 * number + 1, radix: 16))"),
        ] { text = text.replacingOccurrences(of: old, with: new) }
        return Array(text.utf8)
    }

    @Test func nothingIsLeftOfCallsThatAreOver() throws {
        let whole = try String(contentsOfFile: "\(Floor.folder)/answered.ami", encoding: .utf8)
        let begin = try #require(whole.range(of: "Event: Newchannel")),
            end = try #require(whole.range(of: "Event: QueueMemberRemoved"))
        let recorded = String(whole[begin.lowerBound..<end.lowerBound])
        var parser = AMIParser(), translator = Translator(options: .init(endpointRules: EndpointRulesTests.rules()))
        var now = Timestamp(ms: 1_795_388_533_000), events = 0
        for number in 1...150 {
            parser.feed(Self.call(number, recorded)) { part, _ in
                events += translator.translate(part, arrivedAt: now).count
            }
            now = now + 40
        }
        events += translator.settle(now + 60_000).count
        #expect(events >= 750)
        #expect(translator.calls.isEmpty && translator.channels.isEmpty && translator.bridges.isEmpty)
        #expect(translator.callOfParty.isEmpty && translator.callOfPhone.isEmpty && translator.callOfRing.isEmpty)
        #expect(translator.callOfTalk.isEmpty && translator.unseen.isEmpty && translator.undecided.isEmpty)
        #expect(translator.busy.isEmpty && translator.localHalves.isEmpty && translator.due.count == 0)
        #expect(translator.connected.count <= 1 && translator.contexts.count <= 2)
    }

    /// Calls that wait for a time cost an event nothing: only due ones are checked.
    @Test func thoseThatAreDueComeInTheirOrder() {
        var queue = DueQueue()
        for (i, at) in [50, 10, 30, 20, 40, 10].enumerated() { queue.add("\(i)", at: Timestamp(ms: Int64(at))) }
        #expect(queue.due(before: Timestamp(ms: 10)) == [])
        #expect(queue.due(before: Timestamp(ms: 31)) == ["1", "2", "3", "5"])
        #expect(queue.count == 2)
        #expect(queue.due(before: Timestamp(ms: 41)) == ["4"] && queue.due(before: Timestamp(ms: 51)) == ["0"])
        #expect(queue.count == 0 && queue.due(before: Timestamp(ms: .max)) == [])
    }
}
