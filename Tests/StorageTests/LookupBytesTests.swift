import CallCenter
import Testing

@testable import Storage

@Suite struct LookupBytesTests {
    /// Any look-up there can be, more or less.
    static func any(_ random: inout Seeded) -> Lookup {
        func text() -> String { random.text("ab山ｶﾞ😀\u{0}\n\"é", upTo: 20) }
        func perhaps() -> String? { Bool.random(using: &random) ? text() : nil }
        func number() -> Int64 {
            [0, 1, -1, .max, .min, 127, 128, Int64.random(in: .min ... .max, using: &random)].randomElement(
                using: &random)!
        }
        func many<Element>(_ make: () -> Element) -> [Element] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in make() }
        }
        let kinds: [CallerNumber.Kind] = [.number, .withheld, .unavailable, .notANumber]
        let caller = CallerNumber(
            kind: kinds.randomElement(using: &random)!, raw: text(), e164: perhaps(), display: text(),
            region: perhaps(), place: perhaps())
        let candidates = many {
            var card = CustomerCard(
                id: number(), externalID: perhaps(), name: text(), kana: perhaps(), company: perhaps(), email: perhaps()
            )
            card.tier = text()
            card.owner = perhaps()
            card.tags = many(text)
            card.cautions = many(text)
            card.doNotPair = many(text)
            for name in many(text) { card.custom[name] = text() }
            card.display = perhaps()
            var candidate = Candidate(customer: card)
            candidate.history = many {
                var contact = Touchpoint(at: Timestamp(ms: number()), channel: text())
                contact.direction = [nil, .inbound, .outbound].randomElement(using: &random)!
                contact.operator = perhaps()
                contact.line = perhaps()
                contact.summary = text()
                contact.duration = Bool.random(using: &random) ? number() : nil
                contact.outcome = perhaps()
                contact.tier = perhaps()
                return contact
            }
            candidate.talks = many {
                .init(operator: text(), at: Timestamp(ms: number()), line: perhaps(), number: perhaps())
            }
            candidate.cases = many {
                OpenCase(
                    id: number(), kind: Bool.random(using: &random) ? .case : .promise, title: text(), owner: perhaps(),
                    due: Bool.random(using: &random) ? Timestamp(ms: number()) : nil)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                candidate.complaints = many { Complaint(at: Timestamp(ms: number()), about: perhaps()) }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                candidate.customer.doNotCall = [nil, true, false].randomElement(using: &random)!
                candidate.company = CompanyFacts(
                    id: number(), name: text(), dealings: Dealings(owned: many(text)),
                    cases: many { OpenCase(id: number(), kind: .promise, title: text()) })
            }
            return candidate
        }
        var lookup = Lookup(
            caller: caller, candidates: candidates, matches: Int.random(in: 0...1_000_000, using: &random),
            blocked: Bool.random(using: &random))
        if Int.random(in: 0..<4, using: &random) == 0 {
            lookup.incidents = many {
                OpenIncident(
                    id: number(), title: text(), openedAt: Timestamp(ms: number()), queues: many(text),
                    lines: many(text), regions: many(text),
                    customers: Bool.random(using: &random) ? many(number) : nil)
            }
        }
        return lookup
    }

    @Test func anyLookupComesBack() {
        var random = Seeded("anyLookupComesBack")
        for _ in 0..<2_000 {
            let lookup = Self.any(&random)
            #expect(LookupBytes.decode(LookupBytes.encode(lookup)) == lookup)
        }
    }

    @Test func everyTruncationIsNone() {
        var random = Seeded("everyTruncationIsNone")
        for _ in 0..<50 {
            let bytes = LookupBytes.encode(Self.any(&random))
            for count in bytes.indices where LookupBytes.decode(Array(bytes.prefix(count))) != nil {
                Issue.record("\(count) of \(bytes.count) bytes were taken")
            }
            #expect(LookupBytes.decode(bytes + [0]) == nil)
        }
    }

    @Test func damagedBytesNeverCrash() {
        var random = Seeded("damagedBytesNeverCrash")
        var taken = 0
        for _ in 0..<5_000 {
            var bytes = LookupBytes.encode(Self.any(&random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(
                    using: &random)!
            }
            // What can be read is one that can be written.
            if let lookup = LookupBytes.decode(bytes) {
                taken += 1
                #expect(LookupBytes.decode(LookupBytes.encode(lookup)) == lookup)
            }
        }
        print("damagedBytesNeverCrash: \(taken) of 5000 were still look-ups")
    }
}
