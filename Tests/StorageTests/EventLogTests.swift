import Foundation
import Glibc
import Testing

@testable import Storage

@Suite struct EventLogTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    func append(_ text: String, to log: inout EventLog, readAt: Int64 = 5, facts: [UInt8] = []) throws {
        try Array(text.utf8).withUnsafeBytes { try log.append(readAt: readAt, source: "pbx", line: $0, facts: facts) }
    }
    func lines(_ log: borrowing EventLog, after seq: Int64 = 0) throws -> [String] {
        var found: [String] = []
        try log.replay(after: seq) { found.append("\($0.seq) \(String(decoding: $0.line, as: UTF8.self))") }
        return found
    }

    @Test func whatIsCommittedIsThereAfterReopening() throws {
        var log = try EventLog.open(directory: directory.path)
        #expect((log.lastSeq, log.committedSeq) == (0, 0))
        try append("a", to: &log, readAt: 11, facts: [1, 2])
        try append("", to: &log)
        #expect((log.lastSeq, log.committedSeq) == (2, 0))
        try log.commit()
        #expect((log.lastSeq, log.committedSeq) == (2, 2))
        try append("lost", to: &log)
        _ = consume log
        let again = try EventLog.open(directory: directory.path)
        #expect((again.lastSeq, again.committedSeq) == (2, 2))
        #expect(try lines(again) == ["1 a", "2 "])
        #expect(try again.entry(1) == .init(seq: 1, readAt: 11, source: "pbx", line: Array("a".utf8), facts: [1, 2]))
        #expect(try again.entry(2)?.facts == [])
        #expect(try again.entry(3) == nil)
    }

    @Test func aBurstOfAnySizeIsReadFromAnyPlace() throws {
        var log = try EventLog.open(directory: directory.path)
        let long = String(repeating: "長", count: 9_000)
        for i in 1...100 { try append("\(i)\(i % 10 == 0 ? long : "")", to: &log, readAt: Int64(i), facts: [UInt8(i)]) }
        for isCommitted in [false, true] {
            if isCommitted { try log.commit() }
            for seq in [1, 2, 30, 31, 77, 99, 100] as [Int64] {
                let entry = try #require(try log.entry(seq))
                #expect(entry.seq == seq && entry.readAt == seq && entry.facts == [UInt8(seq)])
                #expect(String(decoding: entry.line, as: UTF8.self) == "\(seq)\(seq % 10 == 0 ? long : "")")
            }
            #expect(try log.entry(0) == nil && log.entry(101) == nil)
        }
        for after in [0, 1, 29, 30, 99, 100] as [Int64] {
            #expect(try lines(log, after: after).count == Int(100 - after))
        }
    }

    @Test func aRowThatIsNotOursIsDamage() throws {
        var log = try EventLog.open(directory: directory.path)
        try append("a", to: &log)
        try log.commit()
        try SQLiteFile(directory.path + "/events.db").run("UPDATE burst SET entries=x'0203'")
        #expect(throws: LogError.self) { try log.entry(1) }
        #expect(throws: LogError.self) { try log.replay(after: 0) { _ in } }
    }

    @Test func whatIsRolledBackLeavesNoGap() throws {
        var log = try EventLog.open(directory: directory.path)
        try append("a", to: &log)
        try log.commit()
        try append("b", to: &log)
        try append("c", to: &log)
        #expect(try log.entry(3) != nil)
        log.rollback()
        #expect((log.lastSeq, log.committedSeq) == (1, 1))
        try append("d", to: &log)
        try log.commit()
        try log.commit()
        #expect(try lines(log) == ["1 a", "2 d"])
        #expect(try lines(log, after: 1) == ["2 d"])
    }

    @Test func theLogIsCutBehindItsRetentionButNeverToNothing() throws {
        var log = try EventLog.open(directory: directory.path)
        for i in 1...2_000 {
            try append("\(i)", to: &log, readAt: Int64(i))
            if i % 2 == 0 { try log.commit() }
        }
        let cutter = try LogCutter.open(directory: directory.path)
        #expect(try cutter.cut(through: 1_500, before: 1_202))
        #expect(try lines(log).first == "1001 1001")
        #expect(try !cutter.cut(through: 1_500, before: 1_202))
        // The row of 1201 and 1202 has one that is not old enough.
        #expect(try lines(log).first == "1201 1201")
        #expect(try !cutter.cut(through: 1_203, before: .max))
        #expect(try lines(log).first == "1203 1203")
        while try cutter.cut(through: .max, before: .max) {}
        #expect(try lines(log) == ["1999 1999", "2000 2000"])
        _ = consume log
        var again = try EventLog.open(directory: directory.path)
        try append("next", to: &again)
        try again.commit()
        #expect(try lines(again) == ["1999 1999", "2000 2000", "2001 next"])
    }

    @Test func theRulesAreKeptInTheirOrder() throws {
        let log = try EventLog.open(directory: directory.path)
        for (after, text) in [(0, "x"), (7, "y"), (7, "z")] as [(Int64, String)] {
            try log.adopt(policy: Array(text.utf8), after: after)
        }
        let again = try EventLog.open(directory: directory.path)
        #expect(
            try again.policies().map { "\($0.after) \(String(decoding: $0.policy, as: UTF8.self))" } == [
                "0 x", "7 y", "7 z",
            ])
    }

    private func refusal() -> LogError? {
        do throws(LogError) { _ = try EventLog.open(directory: directory.path) } catch { return error }
        return nil
    }

    @Test func aNewerFormIsRefused() throws {
        _ = try EventLog.open(directory: directory.path)
        try SQLiteFile(directory.path + "/events.db").run("PRAGMA user_version=99")
        #expect(refusal() == .newer(path: directory.path + "/events.db", version: 99))
    }

    @Test func aDamagedFileIsRefused() throws {
        _ = try directory.file("events.db", String(repeating: "no database ", count: 500))
        #expect(refusal()?.description.contains("is damaged") == true)
    }

    /// As another user: root may write everything.
    @Test func aFileThatCannotBeWrittenIsRefused() throws {
        _ = try EventLog.open(directory: directory.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            chmod(directory.path + "/" + name, 0o444)
        }
        chmod(directory.path, 0o555)
        // For this thread's file access alone (setfsuid(2), which Glibc's module does not show).
        typealias SetFileUser = @convention(c) (uid_t) -> CInt
        let setFileUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetFileUser.self)
        let isRoot = geteuid() == 0
        if isRoot { _ = setFileUser(65_534) }
        let found = refusal()
        if isRoot { _ = setFileUser(0) }
        chmod(directory.path, 0o755)
        #expect(found?.description.contains("cannot be written") == true, "\(String(describing: found))")
    }

    @Test func anotherProgramsLockIsTold() throws {
        let first = try StateLock(directory: directory.path)
        do throws(LogError) {
            _ = try StateLock(directory: directory.path)
            Issue.record("two daemons on one directory")
        } catch { #expect(error == .locked(path: directory.path, pid: getpid())) }
        _ = consume first
        _ = try StateLock(directory: directory.path)
    }
}

@Suite struct CheckpointFileTests {
    let directory: StateDirectory
    let file: CheckpointFile
    let log = LogIdentity()
    var path: String { directory.path + "/checkpoint" }

    init() throws {
        directory = try StateDirectory()
        file = CheckpointFile(directory: directory.path)
    }

    @Test func theNewestIsReadAndNothingIsLeftBeside() throws {
        #expect(file.read() == nil)
        for (seq, state) in [(5, [1, 2, 10, 3]), (9, [])] as [(Int64, [UInt8])] {
            try file.write(state, at: seq, of: log)
            #expect(file.read()?.seq == seq)
            #expect(file.read()?.state == state)
            #expect(file.read()?.log == log)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["checkpoint"])
    }

    @Test func oneThatIsNotWholeIsLeftAside() throws {
        try file.write(Array("state\nmore".utf8), at: 77, of: log)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for count in 0..<whole.count {
            _ = try directory.file("checkpoint", Array(whole.prefix(count)))
            #expect(file.read() == nil, "\(count) bytes")
        }
        for other in [whole + [0], Array("checkpoint 5 0\n".utf8), Array("screenpop something 5 0\n".utf8), [10]] {
            _ = try directory.file("checkpoint", other)
            #expect(file.read() == nil)
        }
    }

    @Test func oneOfAnOlderVersionSaysNotWhichLogItIsOf() throws {
        _ = try directory.file("checkpoint", "screenpop checkpoint 7 5\nstate")
        #expect(file.read() == CheckpointFile.Kept(seq: 7, log: nil, state: Array("state".utf8)))
        _ = try directory.file("checkpoint", "screenpop checkpoint 7 5 nonsense\nstate")
        #expect(file.read() == nil)
    }

    @Test func oneThatCannotBeWrittenLeavesTheOneBefore() throws {
        try file.write([1], at: 1, of: log)
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
        let refusal = #expect(throws: LogError.self) { try file.write([2], at: 2, of: log) }
        #expect(refusal == .file(path: path + ".new", errno: EISDIR))
        #expect(file.read()?.seq == 1)
        try FileManager.default.removeItem(atPath: path + ".new")
        // A folder in its place cannot be replaced: the reason is told, and nothing is left beside.
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path + "/x", withIntermediateDirectories: true)
        #expect(throws: LogError.file(path: path + ".new", errno: EISDIR)) { try file.write([2], at: 2, of: log) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["checkpoint"])
    }
}
