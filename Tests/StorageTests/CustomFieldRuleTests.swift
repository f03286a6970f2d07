import CallCenter
import Testing

@testable import Storage

/// What the centre's own fields may hold.
@Suite struct CustomFieldRuleTests {
    static let rules = [
        CustomFieldRule(name: "note"), CustomFieldRule(name: "code", format: #"[A-Z]{2}\d+"#, isRequired: true),
        CustomFieldRule(name: "size", kind: .number), CustomFieldRule(name: "since", kind: .date),
        CustomFieldRule(name: "plan", kind: .choice(["A", "安心"])), CustomFieldRule(name: "news", kind: .yesNo),
    ]

    @Test(arguments: [
        ("note", "any\ntext", "any\ntext"), ("code", "AB12", "AB12"), ("size", "0012.50", "12.50"),
        ("size", "-3", "-3"),
        ("since", "2026-02-28", "2026-02-28"), ("since", "2026/1/5", "2026-01-05"),
        ("since", "2024-02-29", "2024-02-29"),
        ("plan", "安心", "安心"), ("news", "はい", "true"), ("news", "No", "false"), ("news", "1", "true"),
        ("unknown", "x", "x"), ("size", "", ""), ("code", "", ""),
    ]) func aValueIsReadInOneSpelling(name: String, text: String, shown: String) throws {
        #expect(try CustomFieldReader(Self.rules).read(text, name) == shown)
        #expect(try CustomFieldReader(Self.rules).read(shown, name) == shown)
    }

    @Test(arguments: [
        ("code", "ab12"), ("code", "AB12 "), ("code", "AB"), ("size", "12a"), ("size", "1e3"), ("size", "1,000"),
        ("since", "2026-02-29"), ("since", "2026-1-5"), ("since", "26-01-05"), ("since", "2026/13/01"),
        ("since", "yesterday"), ("plan", "B"), ("plan", "a"), ("news", "perhaps"),
    ]) func anotherValueIsRefused(name: String, text: String) {
        #expect(throws: CustomFieldReader.Refused.self) { try CustomFieldReader(Self.rules).read(text, name) }
    }

    @Test func whatHasToBeThereIsMissed() {
        let reader = CustomFieldReader(Self.rules)
        #expect(reader.missing(in: [:]) == ["code"] && reader.missing(in: ["code": ""]) == ["code"])
        #expect(reader.missing(in: ["code": "AB1"]).isEmpty)
    }

    @Test func aCellThatDoesNotFitCostsTheCell() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.fieldRules = [CustomFieldRule(name: "plan", kind: .choice(["A", "B"]))]
        let before = "external_id,name,plan\n1,山田,A\n", after = "external_id,name,plan\n1,山田 花子,C\n"
        #expect(try store.load(before, in: directory, options).created == 1)
        let report = try store.load(after, in: directory, options)
        #expect(report.updated == 1)
        let one = try #require(try store.everybody.first)
        #expect(one.fields.name == "山田 花子" && one.fields.custom == ["plan": "A"], "what was there stays")
        // An empty cell empties.
        _ = try store.load("external_id,name,plan\n1,山田,\n", in: directory, options)
        #expect(try store.everybody.first?.fields.custom["plan"] ?? "" == "")
    }

    @Test func whatIsOffTheCardIsNotLookedUp() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let made = try store.create(
            fields("山田", phones: ["090-0000-0101"]) { $0.custom = ["plan": "A", "note": "x"] }, at: morning)
        let reader = try CustomerReader(directory: directory.path, offCard: ["note"])
        defer { reader.rest() }
        #expect(try reader.candidates(customer: made.id).first?.customer.custom == ["plan": "A"])
    }
}
