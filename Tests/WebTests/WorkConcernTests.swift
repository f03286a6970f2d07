import CallCenter
import Engine
import Testing

@testable import Storage
@testable import Web

/// Whose desks are told of a change of work.
@Suite struct WorkConcernTests {
    static func one(_ owner: String?, claimedBy claimer: String? = nil, isClosed: Bool = false) -> CustomerCase {
        let at = Timestamp(ms: 1_000)
        return CustomerCase(
            id: 1, customer: 7, customerName: "顧客", kind: .case, title: "Leaks", owner: owner, createdAt: at,
            closedAt: isClosed ? at : nil, claim: claimer.map { CaseClaim(by: $0, since: at) })
    }

    @Test func aCaseConcernsThoseWhoHadItAndWhoHaveIt() {
        #expect(WorkConcerned(nil, Self.one("101")) == .operators(["101"]))
        #expect(WorkConcerned(Self.one("101"), Self.one("102")) == .operators(["101", "102"]))
        let claimed = Self.one("101", claimedBy: "103")
        #expect(WorkConcerned(Self.one("101"), claimed) == .operators(["101", "103"]))
        #expect(WorkConcerned(claimed, Self.one("101")) == .operators(["101", "103"]))
        #expect(WorkConcerned(Self.one("101"), Self.one("101", isClosed: true)) == .operators(["101"]))
    }

    /// It is counted on every desk, and anybody may pick it next.
    @Test func aCaseOfNobodyConcernsEverybody() {
        #expect(WorkConcerned(nil, Self.one(nil)) == .everybody)
        #expect(WorkConcerned(Self.one("101"), Self.one(nil)) == .everybody)
        #expect(WorkConcerned(Self.one(nil), Self.one("101")) == .everybody)
        #expect(WorkConcerned(Self.one(nil), Self.one(nil, isClosed: true)) == .everybody)
    }

    @Test func aListConcernsThoseWhoAreAssigned() {
        func list(_ assigned: [String]) -> ListSource {
            var content = CustomerList.Content(title: "Spring")
            content.assigned = assigned
            return .saved(
                CustomerList(
                    id: 100, name: "spring", version: 1, createdAt: Timestamp(ms: 0), updatedAt: Timestamp(ms: 0),
                    content: content))
        }
        #expect(WorkConcerned([list(["101"]), list(["102"])]) == .operators(["101", "102"]))
        #expect(WorkConcerned([list(["101"]), list([])]) == .everybody)
        #expect(WorkConcerned([.builtIn(.dormant)]) == .everybody)
    }
}
