import CallCenter
import Crypto
import Foundation
import SQLite
import Testing

@testable import Storage

/// Pictures and documents of a customer: their bytes come back, are stored once, and go with an erase.
@Suite struct FileTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter
    let desk = Author("101", through: .desk)

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
    }

    /// Attaches bytes.
    ///
    /// - Parameter said: how many bytes the file is said to have; nil: as many as it has.
    @discardableResult static func attach(
        _ bytes: [UInt8], _ name: String = "photo.jpg", to customer: Int64, said: Int? = nil, _ writer: RecordWriter,
        at now: Timestamp = morning + 5
    ) throws -> CustomerItem? {
        let spool = try ImportSpool(directory: NSTemporaryDirectory())
        try bytes.withUnsafeBytes { try spool.write($0) }
        let file = CustomerFile(
            name: name, type: "image/jpeg", size: Int64(said ?? bytes.count), hash: Array(SHA256.hash(data: bytes)),
            home: customer)
        return try writer.add(file, from: spool, by: Author("101", through: .desk), at: now)
    }

    static func bytes(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed) &+ $0 >> 8) }
    }

    private func content(_ item: CustomerItem) throws -> [UInt8] {
        guard case .file(let file) = item.content else { return [] }
        return try (0..<file.pieceCount).flatMap { try store.piece($0, of: file) }
    }

    private func customer(_ name: String = "山田 花子") throws -> Int64 {
        try writer.create(fields(name), by: .command, at: morning).id
    }

    /// How many pieces are stored.
    private func stored() throws -> Int64 {
        try SQLiteFile(directory.path + "/customers.db").with { database in
            try database.integer("SELECT count(*) FROM file_piece") ?? 0
        }
    }

    @Test(arguments: [1, 262_143, 262_144, 262_145, 700_000]) func itsBytesComeBack(count: Int) throws {
        let customer = try customer(), bytes = Self.bytes(count)
        let made = try #require(try Self.attach(bytes, to: customer, writer))
        #expect(made.customer == customer && made.kind == .file && made.version == 1 && made.createdBy == "101")
        #expect(try content(made) == bytes)
        #expect(try stored() == Int64((count + 262_143) / 262_144))
        #expect(try store.items(.file, of: customer, below: nil, limit: 9) == [made])
    }

    @Test func theSameBytesAreStoredOnceForACustomer() throws {
        let one = try customer(), other = try customer("佐藤"), bytes = Self.bytes(300_000)
        let first = try #require(try Self.attach(bytes, to: one, writer))
        let second = try #require(try Self.attach(bytes, "again.jpg", to: one, writer))
        #expect(try stored() == 2 && first.id != second.id)
        // Somebody else's are their own: an erase of the one leaves them.
        let third = try #require(try Self.attach(bytes, to: other, writer))
        #expect(try stored() == 4)
        _ = try writer.erase(one, reason: nil, by: desk, at: morning + 60)
        #expect(try stored() == 2 && content(third) == bytes)
    }

    @Test func oneThatIsDeletedComesBackWithItsBytes() throws {
        let customer = try customer(), bytes = Self.bytes(1_000)
        let made = try #require(try Self.attach(bytes, to: customer, writer))
        try writer.delete(item: made.id, .file, of: customer, expected: 1, by: desk, at: morning + 60)
        // Another upload removes what nobody has; a version has these.
        try Self.attach(Self.bytes(2_000, 2), to: customer, writer, at: morning + 70)
        let back = try writer.restore(
            item: made.id, .file, of: customer, version: 1, expected: nil, by: desk, at: morning + 80)
        #expect(try content(back) == bytes)
    }

    @Test func whatABrokenUploadLeftGoesWithTheNextOne() throws {
        let customer = try customer(), bytes = Self.bytes(400_000)
        let error = #expect(throws: EditError.self) {
            try Self.attach(bytes, to: customer, said: 600_000, self.writer)
        }
        guard case .brokenUpload = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.items(.file, of: customer, below: nil, limit: 9).isEmpty && stored() == 1)
        let made = try #require(try Self.attach(Self.bytes(10, 9), to: customer, writer))
        #expect(try stored() == 1 && content(made) == Self.bytes(10, 9))
        // And whole, it is taken.
        #expect(try content(try #require(try Self.attach(bytes, to: customer, writer))) == bytes)
    }

    @Test func aMergeAndItsUndoingLeaveTheBytes() throws {
        let one = try customer(), other = try customer("佐藤"), bytes = Self.bytes(300_000)
        let made = try #require(try Self.attach(bytes, to: other, writer))
        let report = try writer.merge(other, into: one, expected: nil, by: "900", at: morning + 60)
        #expect(report.moved.files == 1)
        let moved = try #require(try store.item(made.id, .file, of: one))
        #expect(try content(moved) == bytes)
        // An upload to the one who stays finds nothing to remove.
        try Self.attach(Self.bytes(10), to: one, writer, at: morning + 70)
        #expect(try content(moved) == bytes)
        _ = try writer.undo(merge: try #require(report.merge).id, by: "900", at: morning + 80)
        #expect(try content(try #require(try store.item(made.id, .file, of: other))) == bytes)
        #expect(try store.items(.file, of: one, below: nil, limit: 9).count == 1)
    }

    @Test func anEraseTakesTheBytesAndANameIsFoundInNoFile() throws {
        let customer = try customer()
        try Self.attach(Array("geheimnis-der-kundin".utf8), "very-private-name.txt", to: customer, writer)
        _ = try writer.erase(customer, reason: nil, by: desk, at: morning + 60)
        #expect(try stored() == 0)
        #expect(try Self.attach([1], to: customer, writer, at: morning + 70) == nil)
    }
}
