import CallCenter
import Testing

@testable import Storage

/// Promises and tasks that are parts of a case.
@Suite struct CasePartTests {
    private struct Bench {
        let directory: StateDirectory
        let store: CustomerStore
        let customer: Int64, other: Int64
        var writer: RecordWriter { store.writer }

        init() throws {
            directory = try StateDirectory()
            store = try directory.store()
            customer = try store.create(fields("鈴木"), at: morning).id
            other = try store.create(fields("佐藤"), at: morning).id
        }

        func open(_ kind: OpenCase.Kind, of customer: Int64? = nil, partOf: Int64? = nil) throws -> CustomerCase {
            var details = CaseDetails()
            details.partOf = partOf
            return try #require(
                try writer.open(
                    kind, "件", of: customer ?? self.customer, owner: "101", due: nil, by: "101", details: details,
                    author: .command, at: morning))
        }
        func one(_ id: Int64) throws -> CustomerCase { try #require(try store.customerCase(id)) }
    }

    @Test func aPartIsOfAnOpenCaseOfItsCustomer() throws {
        let bench = try Bench(), whole = try bench.open(.case)
        let promise = try bench.open(.promise, partOf: whole.id), task = try bench.open(.task, partOf: whole.id)
        #expect(try bench.one(whole.id).openParts == 2)
        #expect(try bench.store.openParts(ofCase: whole.id).map(\.id) == [promise.id, task.id])
        var filter = CaseFilter()
        filter.partOf = whole.id
        #expect(try bench.store.cases(filter, CaseTests.clock, after: nil, limit: 9).map(\.id) == [promise.id, task.id])
        #expect(throws: EditError.noCase(promise.id)) { try bench.open(.task, partOf: promise.id) }
        #expect(throws: EditError.noCase(99)) { try bench.open(.task, partOf: 99) }
        #expect(throws: EditError.noCase(whole.id)) { try bench.open(.task, of: bench.other, partOf: whole.id) }
        #expect(throws: EditError.noCase(99)) {
            try bench.writer.edit(case: task.id, by: .command, at: morning + 1) { $0.details.partOf = 99 }
        }
        #expect(try bench.one(task.id).version == 1)
        let closed = try bench.open(.case)
        _ = try bench.writer.close(closed.id, by: nil, author: .command, at: morning + 2)
        #expect(throws: EditError.isClosed) { try bench.open(.task, partOf: closed.id) }
        // What was right before is not checked again: the part can be changed when its case is closed.
        _ = try bench.writer.close(whole.id, parts: .keep, by: nil, author: .command, at: morning + 3)
        let moved = try bench.writer.edit(case: task.id, by: .command, at: morning + 4) { $0.owner = "102" }
        #expect(moved?.owner == "102" && moved?.details.partOf == whole.id)
    }

    @Test func aCaseIsNotClosedSilently() throws {
        let bench = try Bench(), whole = try bench.open(.case)
        let promise = try bench.open(.promise, partOf: whole.id), task = try bench.open(.task, partOf: whole.id)
        _ = try bench.writer.claim(case: task.id, for: "102", limit: 1_000, by: .command, at: morning)
        func close(_ parts: OpenParts) throws -> CustomerCase? {
            try bench.writer.close(whole.id, parts: parts, by: "101", author: .command, at: morning + 5)
        }
        #expect(throws: EditError.self) { try close(.refuse) }
        #expect(try bench.one(whole.id).closedAt == nil && bench.one(promise.id).closedAt == nil)
        #expect(try close(.keep)?.closedAt == morning + 5)
        #expect(try bench.one(promise.id).closedAt == nil)
        _ = try bench.writer.edit(case: whole.id, by: .command, at: morning + 6) { $0.reopen() }
        // A version that was closed is not put back silently either.
        #expect(throws: EditError.self) {
            try bench.writer.restore(case: whole.id, version: 2, expected: nil, by: .command, at: morning + 7)
        }
        #expect(try close(.close)?.openParts == 0)
        for id in [promise.id, task.id] {
            let part = try bench.one(id)
            #expect(part.closedAt == morning + 5 && part.closedBy == "101" && part.version == 2 && part.claim == nil)
        }
        // A part opens alone, and is done again.
        _ = try bench.writer.edit(case: task.id, by: .command, at: morning + 8) { $0.reopen() }
        #expect(try bench.one(task.id).closedAt == nil && bench.one(task.id).details.reopened == 1)
        #expect(try bench.one(whole.id).openParts == 1)
    }

    /// A colleague's task is nothing that the customer was told: no pop has it, and it names nobody who knows them.
    @Test func aPopHasNoTasks() throws {
        let bench = try Bench()
        _ = try bench.open(.task)
        let promise = try bench.open(.promise)
        let reader = try CustomerReader(directory: bench.directory.path)
        #expect(try reader.candidates(customer: bench.customer).first?.cases.map(\.id) == [promise.id])
        reader.rest()
    }
}
