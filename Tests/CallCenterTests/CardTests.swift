import Testing

@testable import CallCenter

/// The lines of a card: facts in, lines out, each with its reason, and no fact twice.
@Suite struct CardTests {
    /// 2026-11-26, 00:00 UTC, a day that has begun nine hours ago in Tokyo.
    private static let now = Timestamp(ms: 1_795_651_200_000)
    private static let today = 20_783

    private func lines(
        _ candidate: Candidate, language: Language = .en, _ change: (inout Policy) -> Void = { _ in }
    ) -> [CardLine] {
        var policy = Policy()
        policy.card.clockAhead = 9 * 3_600_000
        change(&policy)
        return CardRules(words: Words(language), policy: policy, now: Self.now).lines(for: candidate)
    }

    private func someone(_ dealings: Dealings? = nil) -> Candidate {
        var one = Candidate(customer: CustomerCard(id: 17, name: "Hanako Example"))
        one.dealings = dealings
        return one
    }

    private func day(_ after: Int) -> Dealings.Moment {
        Dealings.Moment(ms: Int64(Self.today + after) * 86_400_000, isDay: true)
    }

    private func call(_ daysAgo: Int, _ summary: String) -> Touchpoint {
        Touchpoint(at: Self.now - Int64(daysAgo) * 86_400_000, channel: "phone", summary: summary)
    }

    @Test func nobodyAndNothingHaveNoLines() {
        #expect(CardRules(words: Words(.en), policy: Policy(), now: Self.now).lines(for: nil).isEmpty)
        #expect(lines(someone()).isEmpty)
        #expect(lines(someone(Dealings())).isEmpty)
    }

    @Test(arguments: [
        (12, "Contract “Care” ends in 12 days"), (1, "Contract “Care” ends in 1 day"),
        (0, "Contract “Care” ends today"), (-3, "Contract “Care” ended 3 days ago"),
    ]) func aContractThatEndsIsSaid(_ days: Int, _ text: String) {
        let one = Dealings.Agreed(service: "Care", expires: day(days), renews: false)
        let line = lines(someone(Dealings(contracts: [one]))).first
        #expect(line?.kind == .contractEnding && line?.text == text)
        #expect(line?.reason.contains("card.contract_days is 30") == true)
    }

    @Test func whatGoesOnByItselfOrEndsLaterIsNot() {
        let all = [
            Dealings.Agreed(service: "A", expires: day(12), renews: true),
            Dealings.Agreed(service: "B", expires: day(31), renews: false),
            Dealings.Agreed(service: "C", expires: nil, renews: false),
        ]
        #expect(lines(someone(Dealings(contracts: all))).isEmpty)
        #expect(lines(someone(Dealings(contracts: all))) { $0.card.contractDays = 31 }.count == 1)
        #expect(lines(someone(Dealings(contracts: [all[1]]))) { $0.card.contractDays = 0 }.isEmpty)
    }

    @Test func theLastPurchaseAndTheNextOne() {
        let dealings = Dealings(
            last: .init(product: "Filters", state: "shipped", at: day(-40)), nextExpected: Self.today - 5,
            owned: ["Filters"])
        let found = lines(someone(dealings))
        #expect(found.map(\.kind) == [.purchaseLate, .lastPurchase])
        #expect(found[0].text == "The next purchase is 5 days late")
        #expect(found[1].text == "Last purchase: Filters, 40 days ago, shipped")
        let japanese = lines(someone(dealings), language: .ja)
        #expect(japanese[1].text == "最後の購入: Filters（40日前・発送済み）")
        var later = dealings
        later.nextExpected = Self.today
        #expect(lines(someone(later)).map(\.kind) == [.lastPurchase])
    }

    @Test func whatFitsIsOffered() {
        let rule = CardPolicy.Rule(has: "machine", lacks: "care", say: .init(ja: nil, en: "Offer care"))
        func offers(_ owned: [String], isWhole: Bool = true) -> [String] {
            lines(someone(Dealings(owned: owned, isWhole: isWhole))) { $0.card.rules = [rule] }.map(\.text)
        }
        #expect(offers(["coffee machine"]) == ["Offer care"])
        #expect(offers(["coffee machine", "care for a year"]).isEmpty)
        #expect(offers(["filters"]).isEmpty)
        #expect(offers(["coffee machine"], isWhole: false).isEmpty, "what is left out may be what is lacking")
    }

    @Test func whatIsOpenComesFirstAndNothingTwice() {
        var one = someone(
            Dealings(
                last: .init(product: "Filters", state: "own", at: day(-1)),
                contracts: [.init(service: "Care", expires: day(3), renews: false)]))
        one.cases = [
            OpenCase(id: 5, kind: .promise, title: "Call back", due: Self.now - 3 * 86_400_000),
            OpenCase(id: 6, kind: .promise, title: "Send it", due: Self.now - 3_600_000),
            OpenCase(id: 7, kind: .case, title: "It leaks"),
        ]
        one.history = [
            call(1, "complaint · It leaks."), call(2, "invoice"), call(3, "invoice · again"), call(20, "invoice"),
        ]
        one.customer.custom = ["plan": "gold", "empty": ""]
        let found = lines(one)
        #expect(
            found.map(\.text) == [
                "Promise “Call back” is 3 days late (and 1 more)", "Complained 1 day ago, a case is open",
                "Contact no. 3 about “invoice”", "Contract “Care” ends in 3 days",
                "Last purchase: Filters, 1 day ago, own", "plan: gold",
            ])
        #expect(found.count == CardLine.linesMax + 1 && Set(found.map(\.kind)).count == found.count)
        #expect(found.allSatisfy { !$0.reason.isEmpty })
        one.cases = []
        one.history = []
        #expect(lines(one).last == CardLine(.field, "plan: gold", because: "the field plan is marked for cards"))
    }

    @Test func fieldsStandBehindTheRulesLinesUnderTheirNames() {
        var one = someone()
        one.customer.custom = Dictionary(uniqueKeysWithValues: (1...7).map { ("f\($0)", "\($0)") })
        let label = DispositionPolicy.Label(ja: "契約番号", en: "Contract")
        func texts(_ language: Language) -> [String] {
            lines(one, language: language) { $0.card.labels = ["f1": label, "f2": .init(ja: "棚", en: nil)] }.map(\.text)
        }
        #expect(texts(.en) == ["Contract: 1", "f3: 3", "f4: 4", "f5: 5", "f6: 6", "f7: 7", "棚: 2"])
        #expect(texts(.ja).suffix(2) == ["契約番号: 1", "棚: 2"].sorted())
    }

    @Test func whatTheCompanyHasCountsForThePerson() {
        var one = someone()
        one.company = CompanyFacts(
            id: 3, name: "株式会社例",
            dealings: Dealings(
                last: .init(product: "Filters", state: "shipped", at: day(-40)), nextExpected: Self.today - 5,
                owned: ["coffee machine"], contracts: [.init(service: "Care", expires: day(12), renews: false)]),
            cases: [OpenCase(id: 5, kind: .promise, title: "Call back", due: Self.now - 3 * 86_400_000)])
        let rule = CardPolicy.Rule(has: "machine", lacks: "care for years", say: .init(ja: nil, en: "Offer care"))
        let found = lines(one) { $0.card.rules = [rule] }
        #expect(found.map(\.kind) == [.promiseBroken, .contractEnding, .purchaseLate, .lastPurchase, .offer])
        #expect(found.allSatisfy { $0.reason.contains("株式会社例") })
        #expect(found[1].text == "Contract “Care” ends in 12 days")
        #expect(found[1].reason.hasPrefix("contract of 株式会社例: "))
        #expect(lines(one, language: .ja)[1].reason.hasPrefix("株式会社例の契約: "))
        // Where the person has contracts and purchases, those count.
        one.dealings = Dealings(
            last: .init(product: "Cups", state: "shipped", at: day(-1)), nextExpected: Self.today + 5, owned: ["Cups"],
            contracts: [.init(service: "Own", expires: day(300), renews: false)])
        let own = lines(one)
        #expect(own.map(\.kind) == [.promiseBroken, .lastPurchase] && own[1].text.contains("Cups"))
        // An erased company is in nobody's look-up any more.
        let erasure = Erasure(customer: 3, numbers: [:])
        let lookup = Lookup(caller: .unavailable, candidates: [one])
        #expect(erasure.applied(to: lookup).candidates[0].company == nil)
        #expect(erasure.applied(to: lookup).candidates[0].dealings == one.dealings)
    }

    @Test func whoDoesNotWantToBeCalledIsSaidFirst() {
        var one = someone()
        one.customer.doNotCall = true
        one.cases = [OpenCase(id: 5, kind: .promise, title: "Call back", due: Self.now - 3 * 86_400_000)]
        #expect(lines(one).map(\.kind) == [.doNotCall, .promiseBroken])
    }

    @Test func whoWasErasedHasNoCard() {
        var one = someone(Dealings(owned: ["x"], contracts: [.init(service: "Care", expires: day(3), renews: false)]))
        one.customer = CustomerCard(id: 17, name: Erasure.text, tier: "vip")
        #expect(lines(one).isEmpty)
    }
}
