import Foundation
import Terms
import Testing

/// States, outcomes, tiers and the like have one Japanese and one English name each: those of `Terms`, which the
/// daemon and the command line use, and the same in the pages' words.
@Suite struct TermTests {
    static func words(_ language: String) throws -> [String: String] {
        let file = ImportTests.root.appendingPathComponent("Sources/Web/Pages/\(language).json")
        return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: String])
    }

    /// What the pages' words of a set begin with, and whether they are labels, which begin with a capital.
    private static let sets: [(prefix: String, set: any Named.Type, isLabel: Bool)] = [
        ("state", StateTerm.self, true), ("outcome", OutcomeTerm.self, false), ("tier", TierTerm.self, true),
        ("channel", ChannelTerm.self, true), ("phase", PhaseTerm.self, true), ("from", CallerTerm.self, true),
        ("withdrawn", WithdrawalTerm.self, false), ("what", MomentTerm.self, false),
        ("callbacks.kind", CallbackTerm.self, true),
    ]

    @Test func thePagesHaveTheNamesOfTerms() throws {
        let ja = try Self.words("ja"), en = try Self.words("en")
        for (prefix, set, isLabel) in Self.sets {
            for (id, term) in names(of: set) {
                #expect(ja["\(prefix).\(id)"] == term.ja, "\(prefix).\(id)")
                let english = isLabel ? term.en.prefix(1).uppercased() + term.en.dropFirst() : term.en
                #expect(en["\(prefix).\(id)"] == english, "\(prefix).\(id)")
            }
        }
    }

    /// What a figure counts of an outcome has the name of the outcome. `reached` stands beside `dialed` and is shorter.
    @Test func countedOutcomesHaveTheNamesOfTerms() throws {
        let ja = try Self.words("ja"), en = try Self.words("en")
        for one in OutcomeTerm.allCases where one != .reached && one != .notReached {
            #expect(ja["counted.\(one.rawValue)"] == one.term.ja)
            #expect(en["counted.\(one.rawValue)"]?.lowercased() == one.term.en)
        }
    }

    /// A state that is added to the domain, or an outcome, gets a name.
    @Test(arguments: [
        ("OperatorState", "Operators/OperatorState", ["State"]), ("Outcome", "Calls/Visit", ["Outcome"]),
        ("Phase", "Pops/Pop", ["Phase"]), ("Reason", "Effect", ["Withdrawal"]), ("Kind", "Events/Caller", ["Caller"]),
    ]) func everyWordOfTheDomainHasAName(name: String, file: String, set: [String]) throws {
        let source = try OpenAPITests().text("Sources/CallCenter/\(file).swift")
        let words = try OpenAPITests().words(of: name, in: source)
        let all: [String: any Named.Type] = [
            "State": StateTerm.self, "Outcome": OutcomeTerm.self, "Phase": PhaseTerm.self,
            "Withdrawal": WithdrawalTerm.self, "Caller": CallerTerm.self,
        ]
        let named = try names(of: #require(all[set[0]])).map(\.id)
        #expect(words.count > 2 && Set(words).subtracting(named) == [])
    }

    @Test func bothLanguagesHaveTheSameWordsAKeyALine() throws {
        let ja = try Self.words("ja"), en = try Self.words("en")
        #expect(Set(ja.keys) == Set(en.keys))
        for language in ["ja", "en"] {
            let text = try OpenAPITests().text("Sources/Web/Pages/\(language).json")
            let keys = text.split(separator: "\n").dropFirst().dropLast().compactMap {
                $0.wholeMatch(of: #/  "([^"]+)": ".*",?/#).map { String($0.1) }
            }
            #expect(keys.count == ja.count && Set(keys).count == keys.count, "\(language)")
        }
    }

    private func names(of set: any Named.Type) -> [(id: String, term: Term)] {
        func all<Set: Named>(_ set: Set.Type) -> [(id: String, term: Term)] {
            set.allCases.map { ($0.rawValue, $0.term) }
        }
        return all(set)
    }
}
