import CallCenter
import Testing

@testable import Storage

/// What a look-up has of complaints and of incidents that go on: read with the caller, and kept with the event.
@Suite struct PopFactsTests {
    private let directory: StateDirectory
    private let store: CustomerStore
    private var writer: RecordWriter { store.writer }

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
    }

    @Test func aCaseThatIsAComplaintIsThereAlsoWhenItIsClosed() throws {
        let one = try store.create(fields("A", phones: ["090-0000-0001"]), at: morning)
        let reader = try CustomerReader(directory: directory.path)
        func complaints() throws -> [Complaint]? {
            defer { reader.rest() }
            return try reader.candidates(customer: one.id).first?.complaints
        }
        #expect(try complaints() == nil)
        var details = CaseDetails()
        details.complaint = CaseComplaint(about: "101")
        let made = try #require(
            try writer.open(
                .case, "It leaks", of: one.id, owner: nil, due: nil, by: nil, details: details, author: .command,
                at: morning))
        _ = try writer.open(
            .case, "No complaint", of: one.id, owner: nil, due: nil, by: nil, author: .command, at: morning + 5)
        #expect(try complaints() == [Complaint(at: morning, about: "101")])
        _ = try writer.close(made.id, by: nil, author: .command, at: morning + 9)
        #expect(try complaints() == [Complaint(at: morning, about: "101")])
        // About nobody, and no complaint at all.
        _ = try writer.edit(case: made.id, by: .command, at: morning + 10) { $0.details.complaint?.about = nil }
        #expect(try complaints() == [Complaint(at: morning)])
        let before = try #require(try store.customerCase(made.id))
        let cleared = try writer.edit(case: made.id, by: .command, at: morning + 11) { $0.details.complaint = nil }
        #expect(try complaints() == nil)
        #expect(cleared?.progressAt == before.progressAt, "saying so is no progress")
        _ = try writer.restore(case: made.id, version: 1, expected: nil, by: .command, at: morning + 12)
        #expect(try complaints() == [Complaint(at: morning, about: "101")])
    }

    private func incident(_ title: String, _ change: (inout Incident) -> Void = { _ in }) throws -> KnowledgeEntry {
        var one = Incident(title: title, openedAt: morning)
        change(&one)
        return try writer.add(.incident(one), by: .command, at: morning)
    }

    @Test func incidentsThatGoOnAreInEveryLookup() throws {
        var person = fields("A", phones: ["090-0000-0001"])
        person.tags = ["fibre"]
        let one = try store.create(person, at: morning)
        _ = try writer.add(
            .purchase(Purchase(at: DayOrTime(days: 20_000), product: "Router X2", state: "shipped")), to: one.id,
            by: .command, at: morning)
        let reader = try CustomerReader(directory: directory.path)
        func found(_ candidates: [Candidate] = []) throws -> [OpenIncident]? {
            defer { reader.rest() }
            return try reader.withIncidents(Lookup(caller: .withheld, candidates: candidates)).incidents
        }
        #expect(try found() == nil)
        let all = try incident("Line down") {
            $0.queues = ["support"]
            $0.lines = ["0300000000"]
            $0.regions = ["+813"]
        }
        let tagged = try incident("Fibre") { $0.tags = ["fibre"] }
        let bought = try incident("Recall") { $0.products = ["ROUTER x2"] }
        let others = try incident("Others") { $0.products = ["phone"] }
        let first = OpenIncident(
            id: all.id, title: "Line down", openedAt: morning, queues: ["support"], lines: ["0300000000"],
            regions: ["+813"])
        #expect(try found() == [first], "a withheld caller has no tags")
        let candidates = try reader.candidates(customer: one.id)
        let mine = try #require(try found(candidates))
        #expect(mine.map(\.id) == [bought.id, tagged.id, all.id], "the newest first")
        #expect(mine.map(\.customers) == [[one.id], [one.id], nil])
        // A change is seen, an end too, and a new one.
        var ended = Incident(title: "Fibre", openedAt: morning)
        ended.closedAt = morning + 5
        _ = try writer.save(knowledge: tagged.id, .incident(ended), expected: 1, by: .command, at: morning + 5)
        let renamed = Incident(title: "All lines down", openedAt: morning)
        _ = try writer.save(knowledge: all.id, .incident(renamed), expected: 1, by: .command, at: morning + 5)
        try writer.delete(knowledge: others.id, .incident, expected: nil, by: .command, at: morning + 6)
        #expect(try found(candidates)?.map(\.title) == ["Recall", "All lines down"])
        // With the number, as a call does.
        var caller = CallerNumber.unavailable
        caller.kind = .number
        caller.e164 = "+819000000001"
        let lookup = try reader.lookup(caller)
        reader.rest()
        #expect(lookup.incidents?.map(\.title) == ["Recall", "All lines down"])
        let bytes = LookupBytes.encode(lookup)
        #expect(bytes.first == 3 && LookupBytes.decode(bytes) == lookup)
    }
}
