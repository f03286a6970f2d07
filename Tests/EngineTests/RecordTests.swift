import CallCenter
import EventWire
import Synchronization
import Testing

@testable import Engine

/// An event of the daemon's own goes into the log as a line, and is answered with a value.
@Suite struct RecordTests {
    private final class Replies: Sendable {
        private let state = Mutex<[EventReply]>([])
        var all: [EventReply] { state.withLock { $0 } }
        func append(_ reply: EventReply) { state.withLock { $0.append(reply) } }
    }

    private static func own(_ body: Event.Body, _ replies: Replies, id: String? = nil) -> EventBatch {
        let event = Event(id: id, source: "desk", time: morning, timeIsGiven: false, body: body)
        return EventBatch(event, readAt: morning, answered: replies.append)
    }
    private func record(_ unexpected: Replies) { Issue.record("\(unexpected.all)") }
    private static let logout = Event.Body.operator("101", .logout)

    @Test func itIsTakenAndAnsweredOnceItIsOnDisk() throws {
        let replies = Replies()
        var bench = try Bench()
        bench.core.process([Self.own(Self.logout, replies)])
        #expect(replies.all == [])
        bench.core.finish()
        #expect(replies.all == [.accepted(seq: 1, isDuplicate: false, answer: nil)])
        let kept = try #require(bench.log.lines.first?.line)
        #expect(String(decoding: kept.line, as: UTF8.self) == #"{"type":"operator.logout","operator":"101"}"#)
        #expect(kept.source == "desk" && kept.event?.body == Self.logout)
    }

    @Test func anEventThatAsksWhoItIsGetsItsAnswerAndTheSameOneAgain() throws {
        let replies = Replies()
        var bench = try Bench()
        let body = Event.Body.call("c1", .offered(.init(from: "+815000000001", to: "0300000000", queue: "support")))
        bench.core.process([Self.own(body, replies, id: "e1")])
        bench.core.process([Self.own(body, replies, id: "e1")])
        bench.core.finish()
        guard replies.all.count == 2, case .accepted(1, false, let first?) = replies.all[0],
            case .accepted(1, true, let second?) = replies.all[1]
        else { return record(replies) }
        #expect(first.route != nil && first == second)
    }

    @Test func whatNoLineCanSayIsRefusedAndLeavesNothing() throws {
        let replies = Replies()
        var bench = try Bench()
        bench.core.process([Self.own(.popSeen(pop: "", operator: "101"), replies)])
        bench.core.finish()
        guard case .refused(let error)? = replies.all.first else { return record(replies) }
        #expect(error.code == .invalidField && error.field == "pop" && bench.log.lines.isEmpty)
    }

    @Test func aDiskThatRefusesIsUnavailable() throws {
        let replies = Replies()
        var bench = try Bench()
        bench.log.refusesCommits = true
        bench.core.process([Self.own(Self.logout, replies)])
        bench.core.finish()
        guard case .refused(let error)? = replies.all.first else { return record(replies) }
        #expect(error.code == .unavailable)
    }

    /// What comes as lines is answered with lines in the same burst.
    @Test func bothKindsGoTogether() throws {
        let replies = Replies(), answers = Answers()
        var bench = try Bench()
        bench.core.process([
            batch([#"{"type":"call.ended","call":"a"}"#], to: answers), Self.own(Self.logout, replies),
            batch([#"{"type":"call.ended","call":"b"}"#], to: answers),
        ])
        bench.core.finish()
        #expect(answers.lines.map { $0.contains(#""seq":1"#) || $0.contains(#""seq":3"#) } == [true, true])
        #expect(replies.all == [.accepted(seq: 2, isDuplicate: false, answer: nil)])
        #expect(bench.log.commits == 1)
    }
}
