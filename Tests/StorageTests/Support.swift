import CallCenter
import Foundation
import PhoneNumbers
import SQLite
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

extension CustomerStore {
    /// Imports bytes as a file of a directory.
    func load(_ bytes: [UInt8], in directory: StateDirectory, _ options: CustomerImport.Options = importOptions) throws
        -> CustomerImport.Report
    {
        var work = CustomerImport(into: self, options: options)
        return try work.run(file: try directory.file("in.csv", bytes), now: morning)
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
