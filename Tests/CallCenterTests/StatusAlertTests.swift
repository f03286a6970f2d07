import Testing

@testable import CallCenter

/// Who is warned that the status of customers is another now.
@Suite struct StatusAlertTests {
    private func centre(_ change: (inout Policy) -> Void = { _ in }) -> Centre {
        var policy = Policy()
        policy.pop.language = .en
        change(&policy)
        return Centre(policy: policy)
    }

    private func move(_ id: Int64, _ owner: String?, _ from: CustomerStatus, _ to: CustomerStatus) -> StatusMove {
        StatusMove(CustomerCard(id: id, name: "n\(id)", owner: owner), from: from, to: to)
    }

    @Test func fewAreSaidOneByOneToTheirOwners() {
        let found = centre().statusWarnings([move(1, "101", .active, .dormant), move(2, nil, .dormant, .active)])
        #expect(found.map(\.alert.text) == [
            "Status changed from active to dormant", "Status changed from dormant to active",
        ])
        #expect(found.map(\.operators) == [["101"], []])
        #expect(found.allSatisfy { $0.isForSupervisors && $0.alert.kind == .statusChanged })
        #expect(found.map(\.alert.customer?.id) == [1, 2])
    }

    @Test func manyHaveOneWarningForEachOwner() {
        let moves = (1...30).map { move(Int64($0), $0 % 3 == 0 ? "101" : nil, .active, .dormant) }
        let found = centre().statusWarnings(moves + [move(31, "102", .new, .active)])
        #expect(found.map(\.alert.text) == [
            "31 customers have another status now: new → active 1, active → dormant 30",
            "10 of your customers have another status now: active → dormant 10",
            "1 of your customers have another status now: new → active 1",
        ])
        #expect(found.map(\.operators) == [[], ["101"], ["102"]])
        #expect(found.map(\.isForSupervisors) == [true, false, false])
    }

    @Test func noneAreWantedAndNone() {
        #expect(centre().statusWarnings([]) == [])
        let off = centre { $0.alerts.off = [.statusChanged] }
        #expect(off.statusWarnings([move(1, "101", .active, .dormant)]) == [])
    }
}
