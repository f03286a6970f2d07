import CallCenter
import Testing

@testable import Engine

@Suite struct ReplyTests {
    let offer =
        #"{"type":"call.offered","id":"e1","call":"c1","from":"+815000000001","to":"0300000000","queue":"support"}"#

    @Test func everyLineIsAnsweredInItsPlace() throws {
        var bench = try Bench()
        let replies = bench.send(
            #"{"type":"ping","id":"p"}"#, offer, "no json", #"{"type":"call.ringing","call":"c1"}"#,
            #"{"type":"call.ended","call":"c1"}"#,
            #"{"type":"nothing"}"#)
        #expect(replies.count == 6)
        #expect(replies[0] == #"{"ok":true,"id":"p"}"#)
        #expect(replies[1].hasPrefix(#"{"ok":true,"seq":1,"id":"e1","call":"c1","customer":null"#))
        #expect(replies[2].hasPrefix(#"{"ok":false"#))
        #expect(replies[3].hasPrefix(#"{"ok":false,"call":"c1""#))
        #expect(replies[4].hasPrefix(#"{"ok":true,"seq":2"#))
        #expect(replies[5].hasPrefix(#"{"ok":false"#))
        // A ping and what was refused have no log position.
        #expect(bench.log.lines.count == 2)
        #expect(bench.log.commits == 1)
    }

    @Test func aBurstIsCommittedOnceAndAnsweredToEachSender() throws {
        var bench = try Bench()
        let one = Answers(), other = Answers()
        bench.core.process([
            batch([offer], to: one), batch([#"{"type":"call.ended","call":"x"}"#, #"{"type":"ping"}"#], to: other),
            batch([#"{"type":"call.ended","call":"y"}"#], to: one),
        ])
        #expect(one.lines.isEmpty)
        bench.core.finish()
        #expect(one.lines.count == 2)
        #expect(other.lines.count == 2)
        #expect(one.lines[1].contains(#""seq":3"#))
        #expect(bench.log.commits == 1)
    }

    @Test func theSameEventAgainIsAnsweredAsTheFirst() throws {
        var bench = try Bench()
        bench.world.cards["+815000000001"] = [CustomerCard(id: 5, name: "山田", tier: "vip", owner: "101")]
        bench.send(#"{"type":"operator.login","operator":"101","device":"PJSIP/101"}"#)
        let first = bench.send(offer)[0]
        let duplicate = first.replacing(#""seq":2,"#, with: #""seq":2,"duplicate":true,"#)
        #expect(first.contains(#""operator":"101""#))
        #expect(bench.send(offer, offer) == [duplicate, duplicate])
        let before = bench.snapshot(at: morning)
        // Other white space and another order of attributes are the same event.
        #expect(
            bench.send(
                #"{ "call":"c1","id":"e1","queue":"support","to":"0300000000","from":"+815000000001", "#
                    + #""type":"call.offered" }"#
            ) == [
                duplicate
            ])
        #expect(bench.snapshot(at: morning) == before)
        #expect(bench.log.lines.count == 2)
        #expect(bench.world.questions == 1)
        // The daemon starts again: it still knows.
        var again = try Bench(log: bench.log)
        #expect(again.send(offer) == [duplicate])
        // And with a kept state alone.
        bench.core.checkpointIfDue(always: true)
        var kept = try Bench(log: bench.log)
        #expect(kept.send(offer) == [duplicate])
    }

    @Test func theSameEventTwiceInOneBatchIsOne() throws {
        var bench = try Bench()
        let replies = bench.send(offer, offer)
        #expect(replies[1] == replies[0].replacing(#""seq":1,"#, with: #""seq":1,"duplicate":true,"#))
        #expect(bench.log.lines.count == 1)
    }

    @Test func anotherEventUnderAnIDIsRefused() throws {
        var bench = try Bench()
        bench.send(offer)
        let refused = bench.send(offer.replacing("c1", with: "c2"))[0]
        #expect(
            refused.hasPrefix(#"{"ok":false,"id":"e1","call":"c2","error":{"code":"invalid_field","field":"id""#),
            "\(refused)")
        #expect(bench.log.lines.count == 1)
        // Another source may use the same id.
        #expect(
            bench.send(offer.replacing(#""type""#, with: #""source":"pbx2","type""#))[0].hasPrefix(
                #"{"ok":true,"seq":2,"id":"e1""#))
    }
}
