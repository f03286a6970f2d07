import Testing

@testable import CallCenter

/// What an import that changes tiers says: one summary for all, one for each owner, and who is on a screen.
@Suite struct TierMoveTests {
    private func moves(_ all: [(id: Int64, owner: String?, from: String, to: String)]) -> TierMoves {
        var moves = TierMoves()
        for one in all { moves.add(TierMoves.Move(one.id, owner: one.owner, from: one.from, to: one.to)) }
        return moves
    }

    private func centre(_ change: (inout Policy) -> Void = { _ in }) -> Centre {
        var policy = Policy()
        policy.pop.language = .en
        change(&policy)
        return Centre(policy: policy)
    }

    @Test func eachOwnerGetsOneSummary() throws {
        let found = moves([
            (1, "101", "regular", "vip"), (2, "101", "regular", "vip"), (3, "101", "vip", "regular"),
            (4, "102", "regular", "gold"), (5, nil, "regular", "vip"), (6, "103", "vip", "vip"),
        ])
        let alerts = try #require(centre().tierAlerts(found, isUndo: false))
        let all = "An import changed the tier of 5 customers: regular → VIP 3, regular → gold 1, VIP → regular 1"
        #expect(alerts.all.text == all && alerts.all.operator == nil && alerts.all.customer == nil)
        #expect(alerts.owners.map(\.operator) == ["101", "102"])
        let own = "An import changed the tier of 3 of your customers: regular → VIP 2, VIP → regular 1"
        #expect(alerts.owners.first?.text == own)
        #expect(alerts.shown.isEmpty)
        let undone = centre { $0.pop.language = .ja }.tierAlerts(found, isUndo: true)
        #expect(undone?.owners.last?.text == "取り込みの取り消しにより担当のお客様1名の区分が変わりました（一般→gold 1名）")
    }

    @Test func nothingAndUnwantedAreNone() {
        #expect(centre().tierAlerts(moves([(1, "101", "vip", "vip")]), isUndo: false)?.all.text == nil)
        let some = moves([(1, "101", "regular", "vip")])
        #expect(centre { $0.alerts.off = [.tierChanged] }.tierAlerts(some, isUndo: false)?.all.text == nil)
    }

    @Test func sumsOfPartsAreTheWhole() {
        var random = Seeded(3), parts = TierMoves(), whole = TierMoves()
        for _ in 0..<20 {
            var part = TierMoves()
            for _ in 0..<Int.random(in: 0..<900, using: &random) {
                let owner = ["101", "102", nil].randomElement(using: &random) ?? nil
                let tiers = ["vip", "regular"].shuffled(using: &random)
                let move = TierMoves.Move(
                    Int64.random(in: 1...99, using: &random), owner: owner, from: tiers[0], to: tiers[1])
                part.add(move)
                whole.add(move)
            }
            parts.add(part)
        }
        #expect(parts == whole && whole.first.count <= TierMoves.firstMax)
    }

    @Test func whoHasSuchACustomerOnTheScreenIsWarnedOfThisOne() throws {
        var one = centre(), effects: [Effect] = []
        let card = CustomerCard(id: 17, name: "Hanako Example", owner: "101", custom: ["secret": "x"])
        let caller = CallerNumber(kind: .number, raw: "1", e164: "+815000000001", display: "1")
        _ = one.apply(
            offered("a", at: 0), seq: 1, now: morning,
            lookup: Lookup(caller: caller, candidates: [Candidate(customer: card)]), effects: &effects)
        _ = one.apply(
            call("a", .ringing(operator: "102", device: nil), at: 5), seq: 2, now: morning + 5, lookup: nil,
            effects: &effects)
        let found = moves([(17, "103", "regular", "vip"), (18, "103", "regular", "vip")])
        let shown = try #require(one.tierAlerts(found, isUndo: false)).shown
        #expect(shown.count == 1 && shown.first?.operators == ["102"])
        #expect(shown.first?.alert.customer?.tier == "vip" && shown.first?.alert.operator == "103")
        #expect(shown.first?.alert.customer?.custom == [:])
        #expect(shown.first?.alert.text == "Tier changed from regular to VIP")
    }
}
