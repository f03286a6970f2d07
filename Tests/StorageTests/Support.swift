import CallCenter
import Foundation
import PhoneNumbers
import SQLite
import Synchronization
import Testing

@testable import Storage

/// A Monday morning.
let morning = Timestamp(ms: 1_795_392_000_000)

/// A state directory that is gone with the test.
final class StateDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "screenpop-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    func store() throws -> CustomerStore { try CustomerStore.open(directory: path) }
}

func entry(_ raw: String) -> PhoneEntry {
    let number = PhoneNumberReader(region: "JP", language: "en").reading(raw: raw).recorded
    return PhoneEntry(raw: raw, e164: number.e164, display: number.display)
}

func fields(_ name: String, phones: [String] = [], _ change: (inout CustomerFields) -> Void = { _ in })
    -> CustomerFields
{
    var fields = CustomerFields(name: name)
    fields.phones = phones.map(entry)
    change(&fields)
    return fields
}

let importOptions = CustomerImport.Options(
    tiers: ["prospect", "regular", "vip"], customFields: ["plan", "記念日"], numbers: NumberRules(region: "JP"))

/// A log in memory: a position for each entry, and the entries. One for all tests of a process, so that a store that is
/// opened again finds later positions than before.
final class MemoryChangeLog: ChangeLog {
    static let shared = MemoryChangeLog()
    private let state = Mutex((last: Int64(0), isRefusing: false))
    private let kept = Mutex<[EventLog.Entry]>([])

    var entries: [EventLog.Entry] { kept.withLock { $0 } }
    func refuse(_ isRefusing: Bool) { state.withLock { $0.isRefusing = isRefusing } }

    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        let seq: Int64? = state.withLock { state in
            if state.isRefusing { return nil }
            state.last += 1
            return state.last
        }
        guard let seq else { throw ChangeLogError("the log refuses") }
        let logged = EventLog.Entry(seq: seq, readAt: 0, source: kind.source ?? "", line: entry, facts: [])
        if self !== MemoryChangeLog.shared { kept.withLock { $0.append(logged) } }
        return seq
    }
}

/// Changes by a program on the same machine, and the log in memory.
extension CustomerStore {
    var writer: RecordWriter { RecordWriter(self, log: MemoryChangeLog.shared) }

    func create(_ fields: CustomerFields, at now: Timestamp) throws(EditError) -> CustomerRecord {
        try writer.create(fields, by: .command, at: now)
    }
    func save(_ id: Int64, _ fields: CustomerFields, expected: Int64, at now: Timestamp) throws(EditError)
        -> CustomerRecord
    {
        try writer.save(id, fields, expected: expected, by: .command, at: now)
    }
    func open(
        _ kind: OpenCase.Kind, _ title: String, of customer: Int64, owner: String?, due: Timestamp?, by: String?,
        spent: Int64? = nil, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        try writer.open(
            kind, title, of: customer, owner: owner, due: due, by: by, spent: spent, author: .command, at: now)
    }
    func close(_ id: Int64, by: String?, at now: Timestamp) throws(EditError) -> CustomerCase? {
        try writer.close(id, by: by, author: .command, at: now)
    }
    func block(_ entry: BlockedNumber) throws(EditError) { try writer.block(entry, by: .command, at: entry.since) }
    func unblock(_ number: String) throws(EditError) -> Bool { try writer.unblock(number, by: .command, at: morning) }
}

extension TokenStore {
    static func open(directory: String) throws(StoreError) -> TokenStore {
        try open(directory: directory, log: MemoryChangeLog.shared)
    }
    func revoke(_ id: String) throws(StoreError) -> Bool { try revoke(id, now: morning) }
}

extension AccountStore {
    static func open(directory: String) throws(StoreError) -> AccountStore {
        try open(directory: directory, log: MemoryChangeLog.shared)
    }
    func remove(_ who: String) throws(StoreError) -> Bool { try remove(who, now: morning) }
    func signOut(_ secret: String) throws(StoreError) { try signOut(secret, now: morning) }
    func endSessions(ofToken id: String) throws(StoreError) { try endSessions(ofToken: id, now: morning) }
}

extension CustomerStore {
    /// Imports bytes as a file of a directory.
    func load(_ bytes: [UInt8], in directory: StateDirectory, _ options: CustomerImport.Options = importOptions) throws
        -> CustomerImport.Report
    {
        var work = CustomerImport(into: writer, options: options)
        var report = try work.run(file: try directory.file("in.csv", bytes), now: morning)
        // A dry run has none, and counts the same.
        report.importID = nil
        return report
    }
    func load(_ text: String, in directory: StateDirectory, _ options: CustomerImport.Options = importOptions) throws
        -> CustomerImport.Report
    {
        try load(Array(text.utf8), in: directory, options)
    }

    func exported(customFields: [String] = ["plan", "記念日"]) throws -> [UInt8] {
        var export = CustomerExport(from: self, customFields: customFields)
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        return bytes
    }

    var everybody: [CustomerRecord] { get throws { try customers(after: 0, limit: 10_000) } }
}

/// SplitMix64. A test prints its seed; `SCREENPOP_SEED` repeats the run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ name: String) {
        state =
            ProcessInfo.processInfo.environment["SCREENPOP_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...UInt64.max)
        print("\(name): SCREENPOP_SEED=\(state)")
    }

    /// The run of one seed.
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Of letters that are likely to hurt a format.
    mutating func text(_ alphabet: String = "ab,;\"\n\r\t 山ｶﾞ😀\u{301}", upTo count: Int = 12) -> String {
        let letters = Array(alphabet.unicodeScalars)
        var out = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...count, using: &self) { out.append(letters.randomElement(using: &self)!) }
        return String(out)
    }
}

/// A database file, looked at or changed from outside.
struct SQLiteFile {
    let path: String
    init(_ path: String) { self.path = path }
    func run(_ sql: String) throws { try Connection(path: path).run(sql) }
    func integer(_ sql: String) throws -> Int64? { try Connection(path: path).integer(sql) }
    func with<Made>(_ body: (borrowing Connection) throws -> Made) throws -> Made { try body(Connection(path: path)) }
}
