import CallCenter
import Foundation
import Mail
import Settings
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// Sending mails: each once, whatever the mail program does and whenever the daemon stops.
@Suite struct ReplySenderTests {
    /// A log that can refuse.
    private final class Log: ChangeLog {
        private let state = Mutex((last: Int64(0), refuses: false))
        func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }
        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            let seq: Int64? = state.withLock { state in
                if state.refuses { return nil }
                state.last += 1
                return state.last
            }
            guard let seq else { throw ChangeLogError("the log refuses") }
            return seq
        }
    }

    /// A mail program that answers as it is told to, and keeps what it got.
    private final class Program: Sendable {
        private let state: Mutex<(answers: [MailProgram.Outcome], mails: [[UInt8]])>
        init(_ answers: MailProgram.Outcome...) { state = Mutex((answers: answers, mails: [])) }
        var mails: [[UInt8]] { state.withLock { $0.mails } }
        func send(_ mail: [UInt8]) -> MailProgram.Outcome {
            state.withLock { state in
                state.mails.append(mail)
                return state.answers.isEmpty ? .accepted : state.answers.removeFirst()
            }
        }
    }

    private let directory: URL
    private let writer: RecordWriter
    private let log = Log()
    private let caseID: Int64

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("replies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        writer = RecordWriter(try CustomerStore.open(directory: directory.path), log: log)
        let customer = try writer.create(CustomerFields(name: "山田 花子"), by: .command, at: morning).id
        let one = try writer.open(
            .case, "水漏れ", of: customer, owner: "101", due: nil, by: nil, author: .command, at: morning)
        caseID = try #require(one).id
    }

    private func sender(_ program: Program, tries: Int = 3) -> ReplySender {
        var mail = Settings.Mail()
        mail.from = "support@example.com"
        mail.fromName = "サポート窓口"
        mail.tries = tries
        return ReplySender(mail, writer: writer, logger: LogLines().logger) { program.send($0) }
    }

    private func write(_ text: String = "明日伺います。") throws -> Int64 {
        try writer.reply(
            in: caseID, .init(to: "hanako@example.com", toName: "山田 花子", subject: "水漏れ", text: text),
            needsApproval: false, domain: "example.com", person: "101", by: Author("101", through: .desk), at: morning
        ).reply.id
    }

    private func reply(_ id: Int64) throws -> MailReply { try #require(try writer.store.reply(id)).reply }

    @Test func aMailIsSentOnceAndReadAsItWasWritten() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = Program(), sender = sender(program), id = try write()
        #expect(try await sender.sendNext { morning + 1_000 } != nil)
        #expect(try await sender.sendNext { morning + 2_000 } == nil)
        let one = try reply(id)
        #expect(one.state == .sent && one.progress.tries == 1 && program.mails.count == 1)
        let bytes = try #require(program.mails.first), mail = try #require(MailReader.read(bytes))
        #expect(mail.from?.address == "support@example.com" && mail.to.map(\.address) == ["hanako@example.com"])
        #expect(mail.subject == "水漏れ" && mail.text == "明日伺います。" && mail.messageID == one.messageID)
    }

    @Test func whatIsRefusedForNowIsTriedWithLongerPauses() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = Program(.later("busy"), .later("busy"), .later("full")), sender = sender(program)
        let id = try write()
        _ = try await sender.sendNext { morning }
        #expect(try reply(id).state == .queued && reply(id).progress.nextTry == morning + 60_000)
        #expect(try await sender.sendNext { morning + 59_999 } == nil)
        _ = try await sender.sendNext { morning + 60_000 }
        #expect(try reply(id).progress.nextTry == morning + 180_000)
        _ = try await sender.sendNext { morning + 180_000 }
        let failed = try reply(id)
        #expect(failed.state == .failed && failed.progress.problem == "full" && failed.progress.tries == 3)
        // Somebody decides that it is sent again, under the same id.
        _ = try writer.advance(reply: id, .sendAgain, by: .command, at: morning + 200_000)
        _ = try await sender.sendNext { morning + 200_000 }
        #expect(try reply(id).state == .sent && program.mails.count == 4)
        let ids = program.mails.map { MailReader.read($0)?.messageID }
        #expect(Set(ids) == [failed.messageID])
        #expect((1...9).map { ReplySender.pause(after: $0) / 60_000 } == [1, 2, 4, 8, 16, 30, 30, 30, 30])
    }

    @Test func whatIsRefusedForGoodIsListed() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let sender = sender(Program(.refused("no such user"))), id = try write()
        _ = try await sender.sendNext { morning }
        #expect(try reply(id).state == .failed && reply(id).progress.problem == "no such user")
        #expect(try await sender.sendNext { morning + 9_000_000 } == nil)
    }

    @Test func whatWasUnderWayAtAStopIsListedAndNotSentAgain() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let id = try write(), other = try write("二通目")
        // The daemon was killed while the program had the first one.
        _ = try writer.advance(reply: id, .start, by: .command, at: morning + 1)
        let program = Program(), sender = sender(program)
        #expect(try sender.begin(at: morning + 10).count == 1)
        while try await sender.sendNext(at: { morning + 20 }) != nil {}
        #expect(try reply(id).state == .unknown && reply(other).state == .sent)
        #expect(program.mails.compactMap { MailReader.read($0)?.text } == ["二通目"])
        let lost = self.sender(Program(.unknown("stopped"))), third = try write("三通目")
        _ = try await lost.sendNext { morning + 30 }
        #expect(try reply(third).state == .unknown && reply(third).progress.problem == "stopped")
    }

    @Test func aLogThatRefusesStartsNoMail() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = Program(), sender = sender(program), id = try write()
        log.refuse(true)
        await #expect(throws: EditError.self) { try await sender.sendNext { morning } }
        #expect(program.mails.isEmpty, "it is in the log before the program is started")
        log.refuse(false)
        _ = try await sender.sendNext { morning }
        #expect(try reply(id).state == .sent && program.mails.count == 1)
    }

    // MARK: The program

    private func run(_ script: String, timeout: Int64 = 20_000, mail: String = "To: x\n\ny\n") -> MailProgram.Outcome {
        MailProgram(["/bin/sh", "-c", script, "mail", "{from}"], from: "a@example.com", timeout: timeout)
            .send(Array(mail.utf8))
    }

    @Test func theProgramGetsTheMailAndSaysWhatBecameOfIt() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let place = directory.appendingPathComponent("got").path
        #expect(run("cat > '\(place)'; echo \"$1\" >> '\(place)'") == .accepted)
        #expect(try String(contentsOfFile: place, encoding: .utf8) == "To: x\n\ny\na@example.com\n")
        let long = String(repeating: "長い本文です。\n", count: 50_000)
        #expect(run("cat > '\(place)'", mail: long) == .accepted)
        #expect(try String(contentsOfFile: place, encoding: .utf8) == long)
        #expect(run("exit 75") == .later("/bin/sh ended with status 75 (try again later)"))
        let said = "/bin/sh ended with status 67 (no such user): nobody here"
        #expect(run("echo 'nobody\nhere' >&2; exit 67") == .refused(said))
        #expect(run("kill -9 $$") == .unknown("/bin/sh was ended by signal 9"))
        #expect(run("sleep 60", timeout: 100) == .unknown("/bin/sh did not end within 0 s and was stopped"))
        // Nothing of ours is open in it but the mail, its own words, and nothing.
        #expect(run("test \"$(ls /proc/self/fd | wc -l)\" -le 4") == .accepted)
    }

    @Test func aProgramThatIsNotThereIsWaitedFor() {
        defer { try? FileManager.default.removeItem(at: directory) }
        let missing = MailProgram(["/nowhere/sendmail"], from: "a@example.com", timeout: 1_000).send([])
        guard case .later(let why) = missing else { Issue.record("\(missing)"); return }
        #expect(why.hasPrefix("/nowhere/sendmail cannot be started: "))
    }

    @Test(arguments: [(0, "accepted"), (64, "later"), (65, "refused"), (67, "refused"), (68, "refused"),
        (69, "later"), (70, "later"), (71, "later"), (74, "later"), (75, "later"), (77, "later"), (78, "later"),
        (1, "later"), (127, "later")] as [(Int32, String)])
    func statusesAreThoseOfSysexits(code: Int32, becomes: String) {
        let word =
            switch MailProgram.outcome(.code(code), said: nil, "p") {
            case .accepted: "accepted"
            case .later: "later"
            case .refused: "refused"
            case .unknown: "unknown"
            }
        #expect(word == becomes)
    }
}
