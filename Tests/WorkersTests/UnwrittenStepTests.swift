import CallCenter
import Foundation
import Settings
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// The log does not answer while a mail is sent: what this process knows is not forgotten, and no mail is sent twice.
@Suite struct UnwrittenStepTests {
    /// A log whose database may be away: then changes wait, or are refused.
    private final class Log: ChangeLog {
        enum Manner { case answers, waits, refuses }
        private let state = Mutex((manner: Manner.answers, last: Int64(0), waiting: [PendingChange]()))

        func become(_ manner: Manner) {
            let decided = state.withLock { state -> [(PendingChange, Int64)] in
                state.manner = manner
                guard manner == .answers else { return [] }
                defer { state.waiting = [] }
                return state.waiting.map { change in
                    state.last += 1
                    return (change, state.last)
                }
            }
            for (change, seq) in decided { change.decide(.kept(seq: seq, calls: [])) }
        }

        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            try begin(entry, kind).kept().seq
        }

        func begin(_ entry: [UInt8], _ kind: EntryKind) -> PendingChange {
            let change = PendingChange()
            let fate: PendingChange.Fate? = state.withLock { state in
                switch state.manner {
                case .answers:
                    state.last += 1
                    return .kept(seq: state.last, calls: [])
                case .refuses: return .refused(ChangeLogError("the log refuses"))
                case .waits:
                    state.waiting.append(change)
                    return nil
                }
            }
            if let fate { change.decide(fate) }
            return change
        }
    }

    private let directory: URL
    private let writer: RecordWriter
    private let log = Log()
    private let id: Int64
    private let mails = Sent()

    private final class Sent: Sendable {
        private let all = Mutex(0)
        var count: Int { all.withLock { $0 } }
        func add() { all.withLock { $0 += 1 } }
    }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("unwritten-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let store = try CustomerStore.open(directory: directory.path)
        writer = RecordWriter(store, log: log, answering: .milliseconds(150))
        let customer = try writer.create(CustomerFields(name: "A"), by: .command, at: morning).id
        let one = try #require(
            try writer.open(.case, "c", of: customer, owner: nil, due: nil, by: nil, author: .command, at: morning))
        id = try writer.reply(
            in: one.id, .init(to: "a@example.com", subject: "s", text: "t"), needsApproval: false,
            domain: "example.com", person: nil, by: .command, at: morning
        ).reply.id
    }

    /// A sender of a process of its own.
    private func sender(_ became: @escaping @Sendable () -> Void = {}) -> ReplySender {
        var mail = Settings.Mail()
        mail.from = "support@example.com"
        return ReplySender(mail, writer: writer, logger: LogLines().logger) { [mails] _ in
            mails.add()
            became()
            return .accepted
        }
    }

    private func state() throws -> MailReply.State? { try writer.store.reply(id)?.reply.state }

    private func becomes(_ wanted: MailReply.State) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while try state() != wanted, ContinuousClock.now < deadline { await Task.yield() }
        return try state() == wanted
    }

    @Test func aStartThatGotIntoTheLogLaterStartedNothing() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let sender = sender()
        log.become(.waits)
        await #expect(throws: EditError.self) { try await sender.sendNext { morning + 1_000 } }
        #expect(try state() == .queued && mails.count == 0)
        // Not decided yet: nothing is known of a mail under way, and nothing is forgotten.
        #expect(try sender.begin(at: morning + 2_000).isEmpty)
        log.become(.answers)
        #expect(try await becomes(.sending))
        #expect(try sender.begin(at: morning + 3_000).count == 1)
        #expect(try state() == .queued)
        _ = try await sender.sendNext { morning + 4_000 }
        let one = try #require(try writer.store.reply(id)).reply
        #expect(one.state == .sent && one.progress.tries == 1 && mails.count == 1)
    }

    @Test func anotherProcessKnowsNothingOfIt() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let sender = sender()
        log.become(.waits)
        await #expect(throws: EditError.self) { try await sender.sendNext { morning + 1_000 } }
        log.become(.answers)
        #expect(try await becomes(.sending))
        #expect(try self.sender().begin(at: morning + 3_000).count == 1)
        #expect(try state() == .unknown)
        // The first one does not guess either: it is another state than the one it knows of.
        #expect(try sender.begin(at: morning + 4_000).isEmpty)
        #expect(try await sender.sendNext { morning + 5_000 } == nil)
        // Somebody decides.
        _ = try writer.advance(reply: id, .sendAgain, by: .command, at: morning + 6_000)
        _ = try await sender.sendNext { morning + 7_000 }
        #expect(try state() == .sent && mails.count == 1)
    }

    @Test func whatBecameOfAMailIsWrittenWhenTheLogAnswers() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let log = log, sender = sender { log.become(.refuses) }
        let sending = Task {
            // A cancelled task does not try for half a minute.
            while !Task.isCancelled { await Task.yield() }
            return try await sender.sendNext { morning + 1_000 }
        }
        sending.cancel()
        await #expect(throws: EditError.self) { try await sending.value }
        #expect(try state() == .sending && mails.count == 1)
        #expect(throws: EditError.self) { try sender.begin(at: morning + 2_000) }
        log.become(.answers)
        #expect(try sender.begin(at: morning + 3_000).count == 1)
        #expect(try state() == .sent && mails.count == 1)
    }

    @Test func anOtherAttemptIsNotTheOneThatWasNoted() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let steps = UnwrittenSteps()
        var kept = try #require(try writer.store.reply(id))
        kept.updatedAt = morning
        let version = kept.reply.version
        steps.note(.notStarted, of: id, version: version, since: morning)
        #expect(steps.step(of: kept) == .notStarted)
        kept.updatedAt = morning + 1_001
        #expect(steps.step(of: kept) == nil)
        kept.updatedAt = morning - 1
        #expect(steps.step(of: kept) == nil)
        kept.updatedAt = morning
        steps.note(.notStarted, of: id, version: version + 1, since: morning)
        #expect(steps.step(of: kept) == nil)
    }
}
