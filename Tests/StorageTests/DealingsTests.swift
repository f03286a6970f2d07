import CallCenter
import Testing

@testable import Storage

/// What a look-up has of purchases and contracts: read with the caller, and kept with the event in the log.
@Suite struct DealingsTests {
    private func purchase(_ product: String, _ days: Int, state: String = "shipped") -> CustomerItem.Content {
        .purchase(Purchase(at: DayOrTime(days: 20_000 + days), product: product, state: state))
    }

    @Test func aLookupHasThem() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let one = try store.create(fields("A", phones: ["090-0000-0001"]), at: morning)
        let reader = try CustomerReader(directory: directory.path, notCounted: ["returned"])
        #expect(try reader.candidates(customer: one.id).first?.dealings == nil)
        reader.rest()
        for content in [purchase("Machine", 0), purchase("Filters", 10), purchase("Cups", 12, state: "returned")] {
            _ = try writer.add(content, to: one.id, by: .command, at: morning)
        }
        var contract = Contract(service: "Care")
        contract.expires = DayOrTime(days: 20_100)
        contract.renews = .no
        _ = try writer.add(.contract(contract), to: one.id, by: .command, at: morning)
        let found = try #require(try reader.candidates(customer: one.id).first)
        #expect(
            found.dealings
                == Dealings(
                    last: .init(product: "Cups", state: "returned", at: .init(ms: 20_012 * 86_400_000, isDay: true)),
                    nextExpected: 20_020, owned: ["Filters", "Machine", "Care"], isWhole: true,
                    contracts: [
                        .init(
                            service: "Care", expires: .init(ms: 20_100 * 86_400_000, isDay: true), renews: false)
                    ]))
        reader.rest()
        let lookup = Lookup(
            caller: .withheld, candidates: [found, Candidate(customer: CustomerCard(id: 2, name: "B"))])
        #expect(LookupBytes.decode(LookupBytes.encode(lookup)) == lookup)
        #expect(LookupBytes.encode(lookup).first == 2)
        let plain = Lookup(caller: .withheld, candidates: [Candidate(customer: CustomerCard(id: 2, name: "B"))])
        #expect(LookupBytes.encode(plain).first == 1, "as an earlier version wrote it")
    }

    @Test func aPersonsLookupHasWhatTheCompanyHas() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let company = try store.create(fields("株式会社例") { $0.details.kind = .company }, at: morning)
        let person = try store.create(
            fields("A", phones: ["090-0000-0001"]) {
                $0.details.companyID = company.id
                $0.details.doNotCall = true
            }, at: morning)
        let reader = try CustomerReader(directory: directory.path)
        #expect(try reader.candidates(customer: person.id).first?.company == nil, "a company with nothing is left out")
        reader.rest()
        _ = try writer.add(purchase("Machine", 0), to: company.id, by: .command, at: morning)
        _ = try store.open(.promise, "p", of: company.id, owner: nil, due: morning, by: nil, at: morning)
        let found = try #require(try reader.candidates(customer: person.id).first)
        #expect(found.company?.id == company.id && found.company?.name == "株式会社例")
        #expect(found.company?.dealings?.owned == ["Machine"] && found.company?.cases.map(\.title) == ["p"])
        #expect(found.customer.doNotCall == true && found.dealings == nil && found.cases == [])
        #expect(try reader.candidates(customer: company.id).first?.customer.doNotCall == nil)
        let lookup = Lookup(caller: .withheld, candidates: [found])
        #expect(LookupBytes.decode(LookupBytes.encode(lookup)) == lookup)
        #expect(LookupBytes.decode(LookupBytes.encode(lookup.withoutCompanies))?.candidates[0].company == nil)
    }

    @Test func whoHasMoreThanIsReadMayHaveAnything() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let one = try store.create(fields("A"), at: morning)
        for day in 0..<33 { _ = try store.writer.add(purchase("P\(day)", day), to: one.id, by: .command, at: morning) }
        let dealings = try CustomerReader(directory: directory.path).candidates(customer: one.id).first?.dealings
        #expect(dealings?.isWhole == false && dealings?.owned.count == 32 && dealings?.last?.product == "P32")
    }
}
