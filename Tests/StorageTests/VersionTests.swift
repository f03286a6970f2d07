import CallCenter
import Testing

@testable import Storage

/// Every change of a customer is kept: who, when, through what, what it was and what it became; and put back.
@Suite struct VersionTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter
    let desk = Author("101", through: .desk)

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
    }

    @Test func eachVersionSaysWhoAndWhat() throws {
        let made = try writer.create(fields("山田", phones: ["090-0000-0101"]), by: .command, at: morning)
        var edit = made.fields
        edit.tier = "vip"
        _ = try writer.save(made.id, edit, expected: 1, by: desk, at: morning + 1)
        try writer.delete(made.id, expected: 2, by: desk, at: morning + 2)
        _ = try writer.undelete(made.id, by: desk, at: morning + 3)
        let versions = try #require(try store.versions(of: made.id, below: nil, limit: 10))
        #expect(versions.map(\.version) == [4, 3, 2, 1])
        #expect(versions.map(\.at) == [morning + 3, morning + 2, morning + 1, morning])
        #expect(versions.map(\.author) == [desk, desk, desk, .command])
        #expect(versions.map { $0.before?.tier } == [nil, "vip", "regular", nil])
        #expect(versions.map { $0.after?.tier } == ["vip", nil, "vip", "regular"])
        // By pages.
        let first = try #require(try store.versions(of: made.id, below: nil, limit: 2))
        let second = try #require(try store.versions(of: made.id, below: first[1].version, limit: 2))
        #expect(first + second == versions)
        #expect(try store.versions(of: made.id + 1, below: nil, limit: 10) == nil)
    }

    @Test func anyVersionIsPutBackAsANewOne() throws {
        let made = try writer.create(fields("A", phones: ["090-0000-0101"]), by: desk, at: morning)
        for (n, name) in ["B", "C"].enumerated() {
            _ = try writer.save(made.id, fields(name), expected: Int64(n + 1), by: desk, at: morning)
        }
        let back = try writer.restore(made.id, version: 1, expected: 3, by: desk, at: morning + 9)
        #expect(back.version == 4 && back.fields == made.fields)
        #expect(try store.find(number: "+819000000101", limit: 5).customers.map(\.id) == [made.id])
        #expect(throws: EditError.noVersion(9)) {
            try writer.restore(made.id, version: 9, expected: nil, by: desk, at: morning)
        }
        #expect(throws: EditError.conflict(back)) {
            try writer.restore(made.id, version: 2, expected: 1, by: desk, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try writer.restore(99, version: 1, expected: nil, by: desk, at: morning)
        }
        try writer.delete(made.id, expected: nil, by: desk, at: morning + 20)
        #expect(throws: EditError.isDeleted) {
            try writer.restore(made.id, version: 1, expected: nil, mayUndelete: false, by: desk, at: morning + 21)
        }
        _ = try writer.undelete(made.id, by: desk, at: morning + 22)
        // What is there already makes no version.
        #expect(try writer.restore(made.id, version: 4, expected: nil, by: desk, at: morning).version == 6)
    }

    @Test func aDeletedCustomerComesBackWithEverything() throws {
        let made = try writer.create(
            fields("A", phones: ["090-0000-0101"]) { $0.externalID = "E1" }, by: desk, at: morning)
        _ = try writer.open(.promise, "p", of: made.id, owner: "101", due: nil, by: "101", author: desk, at: morning)
        while try store.indexSome(100) {}
        try writer.delete(made.id, expected: nil, by: desk, at: morning + 1)
        #expect(try store.find(number: "+819000000101", limit: 5).matches == 0)
        #expect(try store.customer(made.id) == nil && store.search("A", limit: 5).matches == 0)
        #expect(try store.cases(owner: "101").isEmpty)
        #expect(try store.deletedCustomers(limit: 5).map(\.name) == ["A"])
        // Its id is not used again.
        let next = try writer.create(fields("B") { $0.externalID = "E1" }, by: desk, at: morning + 2)
        #expect(next.id == made.id + 1)
        #expect(throws: EditError.externalIDTaken(by: next.id)) {
            try writer.undelete(made.id, by: desk, at: morning + 3)
        }
        _ = try writer.save(next.id, fields("B"), expected: 1, by: desk, at: morning + 3)
        let back = try writer.undelete(made.id, by: desk, at: morning + 4)
        #expect(back.fields == made.fields && back.createdAt == made.createdAt && back.version == 3)
        while try store.indexSome(100) {}
        #expect(try store.search("A", limit: 5).customers.map(\.id) == [made.id])
        #expect(try store.openCases(of: made.id).map(\.title) == ["p"])
        #expect(try store.deletedCustomers(limit: 5).isEmpty)
    }

    @Test func anImportThatRunsIsNotUndone() throws {
        var work = CustomerImport(into: writer, options: importOptions), refusals: [EditError] = []
        let report = try work.run(file: try directory.file("in.csv", "name\nA\n"), now: morning) { [writer] _ in
            do throws(EditError) { _ = try writer.undoImport(1, by: nil, at: morning) } catch { refusals.append(error) }
        }
        #expect(report.importID == 1 && refusals == [.importIsBusy])
        #expect(try writer.undoImport(1, by: nil, at: morning).deleted == 1)
    }

    @Test func anImportIsUndoneAsAWhole() throws {
        let known = try writer.create(fields("A") { $0.externalID = "E1" }, by: desk, at: morning)
        let other = try writer.create(fields("B") { $0.externalID = "E2" }, by: desk, at: morning)
        var work = CustomerImport(into: writer, options: importOptions, by: "101", name: "in.csv")
        let csv = "external_id,name,tier,address\nE1,A,vip,東京\nE2,B2,vip,大阪\nE3,C,,\nE4,D,,\n"
        let report = try work.run(file: try directory.file("in.csv", csv), now: morning + 1)
        let id = try #require(report.importID)
        let run = try #require(try store.importRun(id))
        #expect(run.rows == 4 && run.created == 2 && run.updated == 2 && run.file == "in.csv" && run.by == "101")
        // Somebody goes on with two of them.
        var edit = try #require(try store.customer(other.id))
        edit.fields.address = "京都"
        _ = try writer.save(other.id, edit.fields, expected: edit.version, by: desk, at: morning + 2)
        let created = try store.everybody.filter { ["E3", "E4"].contains($0.fields.externalID) }
        _ = try writer.save(created[0].id, fields("C2"), expected: 1, by: desk, at: morning + 2)

        let undone = try writer.undoImport(id, by: "102", at: morning + 3)
        #expect(undone.deleted == 1 && undone.restored == 1 && undone.keptInPart == 2)
        #expect(try store.customer(known.id)?.fields == known.fields)
        let part = try #require(try store.customer(other.id)).fields
        #expect(part.address == "京都" && part.name == "B" && part.tier == "regular")
        #expect(try store.customer(created[0].id)?.fields.name == "C2")
        #expect(try store.customer(created[1].id) == nil)
        #expect(try store.importRun(id)?.undoneAt == morning + 3)
        #expect(throws: EditError.nothingToUndo) { try writer.undoImport(id, by: nil, at: morning + 4) }
        #expect(throws: EditError.notFound) { try writer.undoImport(99, by: nil, at: morning + 4) }
    }
}
