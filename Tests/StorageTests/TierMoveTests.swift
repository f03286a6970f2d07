import CallCenter
import Foundation
import Testing

@testable import Storage

/// An import and its undoing say whose tier they changed, and a dry run says nothing.
@Suite struct TierMoveTests {
    private let directory: StateDirectory
    private let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
    }

    private func load(_ text: String, isDryRun: Bool = false) throws -> (moves: TierMoves, id: Int64?) {
        let path = directory.path + "/file.csv"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var options = importOptions
        options.isDryRun = isDryRun
        var run = CustomerImport(into: store.writer, options: options)
        let report = try run.run(file: path, now: morning)
        return (run.moves, report.importID)
    }

    private func moves(_ all: (id: Int64, from: String, to: String)...) -> TierMoves {
        var moves = TierMoves()
        for one in all { moves.add(TierMoves.Move(one.id, owner: "101", from: one.from, to: one.to)) }
        return moves
    }

    @Test func importAndUndo() throws {
        let head = "external_id,name,tier,owner\n"
        #expect(try load(head + "a,A,regular,101\nb,B,regular,101\n").moves.isEmpty, "new ones had none before")
        let change = head + "a,A,vip,101\nb,B,regular,101\nc,C,vip,101\n"
        #expect(try load(change, isDryRun: true).moves.isEmpty)
        let second = try load(change)
        #expect(second.moves == moves((1, "regular", "vip")))
        let undone = try store.writer.undoImport(try #require(second.id), by: nil, at: morning + 9)
        #expect(undone.moves == moves((1, "vip", "regular")) && undone.deleted == 1)
    }
}
