import CallCenter
import Foundation
import Testing

@testable import Storage

/// A projection is gone and the log's beginning too: what nothing can give again is said, and never lost silently.
@Suite struct LostChangesTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    /// Changes of a file of the log itself.
    private final class FileLog: ChangeLog {
        let directory: String
        init(_ directory: String) { self.directory = directory }

        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            do {
                var log = try EventLog.open(directory: directory)
                entry.withUnsafeBytes { log.append(change: $0, kind: kind, readAt: 1) }
                try log.commit()
                return log.lastSeq
            } catch { throw ChangeLogError("\(error)") }
        }
    }

    /// A customer, a token and an account, and then an event each for many rows of the log.
    private func work() throws {
        var files = try StateFiles.open(directory: directory.path)
        let log = FileLog(directory.path), writer = RecordWriter(files.records, log: log)
        _ = try writer.create(fields("山田"), by: .command, at: morning)
        let tokens = try TokenStore.open(directory: directory.path, log: log)
        _ = try tokens.create(role: .admin, name: "a", operator: nil, source: nil, expiresAt: nil, now: morning)
        let cost = Password.Cost(rounds: 2, blockSize: 1, parallelism: 1)
        let accounts = try AccountStore.open(directory: directory.path, log: log, cost: cost)
        _ = try accounts.set("101", role: .operator, name: nil, password: "a long secret", now: morning)
        _ = consume files
        files = try StateFiles.open(directory: directory.path)
        for _ in 0..<3 {
            try Array("{}".utf8).withUnsafeBytes { try files.log.append(readAt: 5, source: "pbx", line: $0, facts: []) }
            try files.log.commit()
        }
    }

    private func cut() throws {
        let cutter = try LogCutter.open(directory: directory.path)
        while try cutter.cut(through: .max, before: .max) {}
    }

    private func remove(_ name: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: directory.path + "/" + name + suffix)
        }
    }

    @Test(arguments: ["customers.db", "access.db", "accounts.db"])
    func aFileThatTheLogCannotGiveAgainIsRefused(_ name: String) throws {
        try work()
        try cut()
        #expect(try StateFiles.open(directory: directory.path).notices == [], "nothing is missing")
        try remove(name)
        let refusal = #expect(throws: StateFilesError.self) { _ = try StateFiles.open(directory: directory.path) }
        let text = try #require(refusal?.description)
        #expect(text.contains("\(name) is not there") && text.contains("screenpop restore"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/" + name), "nothing was made")
        // Said by hand, it counts for one start, which tells of it.
        _ = try directory.file("accept-loss", "")
        let notices = try StateFiles.open(directory: directory.path).notices
        #expect(notices.contains { $0.contains(name) && $0.contains("cannot be rebuilt") }, "\(notices)")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/accept-loss"))
    }

    @Test(arguments: ["customers.db", "access.db", "accounts.db"])
    func aWholeLogGivesEachFileAgain(_ name: String) throws {
        try work()
        try remove(name)
        let files = try StateFiles.open(directory: directory.path), log = FileLog(directory.path)
        #expect(try files.records.count() == 1)
        #expect(try TokenStore.open(directory: directory.path, log: log).list().map(\.name) == ["a"])
        #expect(try AccountStore.open(directory: directory.path, log: log).list().map(\.operator) == ["101"])
    }

    @Test func anOldCopyIsRefusedToo() throws {
        try work()
        let old = try StateDirectory()
        for suffix in ["", "-wal"] {
            let name = "access.db" + suffix
            guard FileManager.default.fileExists(atPath: directory.path + "/" + name) else { continue }
            try FileManager.default.copyItem(atPath: directory.path + "/" + name, toPath: old.path + "/" + name)
        }
        let log = FileLog(directory.path)
        _ = try TokenStore.open(directory: directory.path, log: log).create(
            role: .admin, name: "b", operator: nil, source: nil, expiresAt: nil, now: morning)
        var files = try StateFiles.open(directory: directory.path)
        try Array("{}".utf8).withUnsafeBytes { try files.log.append(readAt: 5, source: "pbx", line: $0, facts: []) }
        try files.log.commit()
        _ = consume files
        try remove("access.db")
        for name in try FileManager.default.contentsOfDirectory(atPath: old.path) {
            try FileManager.default.copyItem(atPath: old.path + "/" + name, toPath: directory.path + "/" + name)
        }
        // The log still has what it lacks.
        #expect(try StateFiles.open(directory: directory.path).notices == [])
        try cut()
        let refusal = #expect(throws: StateFilesError.self) { _ = try StateFiles.open(directory: directory.path) }
        #expect(refusal?.description.contains("access.db has the changes up to event") == true)
    }

    @Test func onlyWhatWasDeletedCounts() {
        let whole: [LostChanges.File: Int64?] = [.records: 5, .tokens: 2, .accounts: 3]
        func lost(_ marks: [LostChanges.File: Int64?], _ cut: LogCut, isShort: Bool = false) -> [LostChanges.File] {
            LostChanges.of(marks, cut, isShort: isShort, in: "/s").map(\.file)
        }
        #expect(lost(whole, LogCut(records: 5, tokens: 2, accounts: 3)) == [])
        #expect(lost(whole, LogCut(records: 6, tokens: 2, accounts: 4)) == [.records, .accounts])
        #expect(lost([:], .none) == [])
        #expect(lost([.records: 5], LogCut(records: 5, tokens: 2, accounts: 0)) == [.tokens])
        // A file without a mark is of an earlier version.
        #expect(lost([.records: nil], LogCut(records: 5, tokens: 0, accounts: 0)) == [])
        // An earlier version deleted entries and did not note which.
        #expect(lost([.records: 5, .tokens: 2], LogCut(), isShort: true) == [.accounts])
        #expect(lost([.records: 5, .tokens: 2], LogCut(), isShort: false) == [])
        #expect(lost([:], LogCut(), isShort: true) == [])
    }
}
