import CallCenter
import Testing

@testable import Storage

/// What a record has besides name, numbers and tier: kept with each version, and found by.
@Suite struct DetailTests {
    static func random(_ step: Int, _ random: inout Seeded) -> CustomerDetails {
        var details = CustomerDetails()
        details.kind = step % 5 == 0 ? .company : .person
        details.companyID = step % 3 == 0 ? 1 : nil
        details.emails = ["a\(step)@example.com", random.text()]
        details.accounts = [.init(service: "x", id: "user\(step)")]
        details.persona = [random.text()]
        details.consent = ["newsletter": Bool.random(using: &random)]
        details.doNotCall = step % 2 == 0
        details.statusReason = step % 4 == 0 ? "引っ越し" : nil
        return details
    }

    private func record(_ name: String, _ change: (inout CustomerFields) -> Void) -> CustomerFields {
        fields(name, phones: ["090-0000-0101"], change)
    }

    @Test func theyAreKeptWithEachVersion() throws {
        var seeded = Seeded(seed: 3)
        let directory = try StateDirectory(), store = try directory.store()
        let details = Self.random(5, &seeded)
        let made = try store.create(record("A") { $0.details = details }, at: morning)
        #expect(made.fields.details == details)
        #expect(try store.customer(made.id) == made)
        let saved = try store.save(made.id, record("B") { _ in }, expected: 1, at: morning)
        #expect(saved.fields.details == CustomerDetails())
        let versions = try #require(try store.versions(of: made.id, below: nil, limit: 5))
        #expect(versions.map { $0.before?.details } == [details, nil])
        let back = try store.writer.restore(made.id, version: 1, expected: nil, by: .command, at: morning)
        #expect(back.fields == made.fields)
        try store.writer.delete(made.id, expected: nil, by: .command, at: morning)
        #expect(try store.writer.undelete(made.id, by: .command, at: morning).fields == made.fields)
    }

    @Test func anyAddressOrAccountFindsTheCustomer() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let made = try store.create(
            record("A") {
                $0.email = "first@example.com"
                $0.details.emails = ["second@example.com", "third@example.com"]
                $0.details.accounts = [.init(service: "x", id: "hanako")]
            }, at: morning)
        _ = try store.create(record("B") { $0.email = "other@example.com" }, at: morning)
        let reader = try CustomerReader(directory: directory.path)
        for email in ["first@example.com", "second@example.com", "third@example.com"] {
            #expect(try reader.candidates(email: email).map(\.customer.id) == [made.id], "\(email)")
        }
        #expect(try reader.candidates(account: "hanako").map(\.customer.id) == [made.id])
        #expect(try reader.candidates(email: "hanako").isEmpty)
        #expect(try reader.candidates(account: "third@example.com").isEmpty)
        reader.rest()
        // The search finds it before and after it is indexed.
        #expect(try store.search("third@", limit: 5).customers.map(\.id) == [made.id])
        while try store.indexSome(100) {}
        #expect(try store.search("third@", limit: 5).customers.map(\.id) == [made.id])
        _ = try store.save(made.id, record("A") { _ in }, expected: 1, at: morning)
        #expect(try reader.candidates(email: "third@example.com").isEmpty, "it is removed with the address")
        reader.rest()
    }

    @Test func aCompanyCountsWhereThePersonHasNone() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let company = try store.create(
            fields("例 株式会社") {
                $0.details.kind = .company
                $0.tier = "vip"
                $0.owner = "101"
                $0.cautions = ["請求書は月末"]
            }, at: morning)
        let plain = try store.create(record("A") { $0.details.companyID = company.id }, at: morning)
        let own = try store.create(
            record("B") {
                $0.details.companyID = company.id
                $0.tier = "prospect"
                $0.owner = "102"
                $0.cautions = ["大声"]
            }, at: morning)
        let reader = try CustomerReader(directory: directory.path)
        let first = try #require(try reader.candidates(customer: plain.id).first?.customer)
        #expect(first.tier == "vip" && first.owner == "101" && first.cautions == ["請求書は月末"])
        let second = try #require(try reader.candidates(customer: own.id).first?.customer)
        #expect(second.tier == "prospect" && second.owner == "102" && second.cautions == ["大声"])
        reader.rest()
        // By the number as well; and a contact by hand has the tier that pops have.
        #expect(try store.customer(plain.id)?.fields.tier == "regular", "the record itself stays as it was written")
        _ = try store.writer.add(
            .contact(Contact(at: morning, channel: "visit")), to: plain.id, by: .command, at: morning)
        #expect(try store.history(customer: plain.id, limit: 1).map(\.tier) == ["vip"])
        try store.writer.delete(company.id, expected: nil, by: .command, at: morning)
        #expect(try reader.candidates(customer: plain.id).first?.customer.tier == "regular")
        reader.rest()
    }

    @Test func activeIsSinceTheLastGap() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let made = try store.create(record("A") { _ in }, at: morning)
        #expect(try store.activeSince(made.id, gap: 10) == nil)
        for ago in [100, 95, 50, 42, 40] as [Int64] {
            _ = try store.writer.add(
                .contact(Contact(at: morning - ago, channel: "visit")), to: made.id, by: .command, at: morning)
        }
        #expect(try store.activeSince(made.id, gap: 10) == morning - 50)
        #expect(try store.activeSince(made.id, gap: 45) == morning - 100)
        #expect(try store.activeSince(made.id, gap: 1) == morning - 40)
    }
}
