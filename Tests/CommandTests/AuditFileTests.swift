import CallCenter
import Foundation
import Storage
import Testing

@testable import Command

/// The view log of a directory, without the daemon.
@Suite struct AuditFileTests {
    @Test func theFileOfADirectoryIsCheckedWithoutTheDaemon() throws {
        let folder = NSTemporaryDirectory() + "screenpop-audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: ClientError.self) { try AuditVerdict(of: folder, expecting: nil) }
        #expect(!FileManager.default.fileExists(atPath: folder + "/views.db"), "asking makes no file")
        let log = try ViewLog.open(directory: folder), at = Timestamp(ms: 1_795_392_000_000)
        try log.append([RecordView(at: at, by: .operator("101"), through: .pop, customer: 17)])
        let verdict = try AuditVerdict(of: folder, expecting: log.head.hex)
        #expect(verdict.intact && verdict.views == 1 && verdict.last == 1 && verdict.hash == log.head.hex)
        #expect(verdict.firstAt == "2026-11-23T00:00:00.000Z")
        #expect(try verdict.json.contains(#""first_at":"2026-11-23T00:00:00.000Z""#))
        let other = try AuditVerdict(of: folder, expecting: String(repeating: "0", count: 16))
        #expect(!other.intact && other.faults.map(\.kind) == ["expected"])
    }
}
