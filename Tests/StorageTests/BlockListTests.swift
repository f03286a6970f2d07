import CallCenter
import Testing

@testable import Storage

/// The block list and the saved lists: every change has its author and a way back.
@Suite struct BlockListTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter
    let desk = Author("900", through: .desk)
    let number = "+819000000001"

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
    }

    private func entry(_ reason: String?) -> BlockedNumber {
        BlockedNumber(number: number, display: "090-0000-0001", reason: reason, since: morning)
    }

    @Test func eachChangeIsAVersionWithItsAuthor() throws {
        try writer.block(entry("迷惑"), by: desk, at: morning)
        // The same again changes nothing.
        try writer.block(entry("迷惑"), by: .command, at: morning + 1)
        try writer.block(entry("いたずら"), by: .command, at: morning + 2)
        #expect(try writer.unblock(number, by: desk, at: morning + 3))
        #expect(try !writer.unblock(number, by: desk, at: morning + 4))
        let versions = try store.blockVersions(limit: 10)
        #expect(versions.map(\.version) == [3, 2, 1])
        #expect(versions.map(\.author) == [desk, .command, desk])
        #expect(versions.map { $0.before?.reason } == ["いたずら", "迷惑", nil])
        #expect(versions.map { $0.after?.reason } == [nil, "いたずら", "迷惑"])
        #expect(try store.blockVersions(of: "+810", limit: 10) == [])
        #expect(try store.blockVersions(below: 3, limit: 1).map(\.version) == [2])
    }

    @Test func anyVersionIsPutBack() throws {
        try writer.block(entry("迷惑"), by: desk, at: morning)
        _ = try writer.unblock(number, by: desk, at: morning + 1)
        #expect(try writer.restoreBlocking(of: number, version: 1, by: desk, at: morning + 2) == entry("迷惑"))
        #expect(try store.blocked() == [entry("迷惑")])
        #expect(try writer.restoreBlocking(of: number, version: 2, by: desk, at: morning + 3) == nil)
        #expect(try store.blocked() == [])
        #expect(try store.blockVersions(limit: 10).map(\.version) == [4, 3, 2, 1])
        #expect(throws: EditError.noVersion(9)) {
            try writer.restoreBlocking(of: number, version: 9, by: desk, at: morning)
        }
        #expect(throws: EditError.noVersion(1)) {
            try writer.restoreBlocking(of: "+810", version: 1, by: desk, at: morning)
        }
    }

    @Test func anErasedCustomersNumberHasNoVersionLeft() throws {
        let made = try writer.create(fields("山田", phones: ["090-0000-0001"]), by: desk, at: morning)
        try writer.block(entry("迷惑"), by: desk, at: morning)
        _ = try writer.unblock(number, by: desk, at: morning + 1)
        _ = try writer.erase(made.id, reason: nil, by: desk, at: morning + 2)
        #expect(try store.blockVersions(limit: 10) == [])
        let work = try #require(try store.unfinishedErasures().first)
        let change = ChangeEntry(
            at: morning, author: desk, importID: nil,
            changes: [.blockList(BlockChange(version: 1, number: number, before: nil, after: entry("迷惑")))])
        let left = try #require(try change.bytes.withUnsafeBytes { try work.applied(toChange: $0) })
        #expect(try ChangeEntry(left).changes == [])
    }

    @Test func aDeletedListComesBackWithItsVersions() throws {
        var content = CustomerList.Content(title: "Win back")
        let made = try writer.create(list: "winback", content, by: desk, at: morning)
        content.title = "Again"
        let wanted = content
        _ = try writer.edit(list: "winback", expected: 1, by: desk, at: morning + 1) { content in content = wanted }
        try writer.delete(list: "winback", expected: 2, by: desk, at: morning + 2)
        let gone = try #require(try store.deletedList("winback"))
        #expect(gone.id == made.id && gone.deletedAt >= morning + 2)
        let versions = try store.versions(of: gone, below: nil, limit: 10)
        #expect(versions.map { $0.after?.title } == [nil, "Again", "Win back"])
        #expect(versions.map { $0.before?.title } == ["Again", "Win back", nil])
        #expect(throws: EditError.noVersion(3)) {
            try writer.restore(list: "winback", version: 3, expected: nil, by: desk, at: morning + 3)
        }
        let back = try writer.restore(list: "winback", version: 1, expected: nil, by: desk, at: morning + 4)
        #expect(back.id == made.id && back.version == 4 && back.content.title == "Win back")
        #expect(try store.deletedList("winback") == nil)
        #expect(try store.versions(of: back, below: nil, limit: 10).count == 4)
    }
}
