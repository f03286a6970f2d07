import Foundation
import Testing

@testable import Command

/// Creating and changing a customer from the command line.
@Suite struct CustomerEditTests {
    private func options(_ arguments: String...) throws -> [String: CustomerOptions.Value] {
        let verb = try Screenpop.parseAsRoot(["customers", "add"] + arguments)
        return try #require(verb as? AddCustomer).fields.values()
    }

    @Test func eachFieldIsAnOption() throws {
        let values = try options(
            "--name", "見本 花子", "--kana", "", "--kind", "person", "--company-id", "17", "--external-id", "E1",
            "--phone", "03-0000-0101", "--phone", "090-0000-0102", "--email", "a@example.jp", "--more-email",
            "b@example.jp", "--account", "x:h:1", "--tag", "a", "--caution", "b", "--do-not-pair", "101",
            "--preference", "c", "--persona", "d", "--consent", "news=no", "--consent", "calls=yes", "--field",
            "plan=a=b", "--do-not-call", "yes", "--status-reason", "moved", "--clear", "address")
        #expect(
            values == [
                "name": .text("見本 花子"), "kana": .null, "kind": .text("person"), "company_id": .number(17),
                "external_id": .text("E1"), "phones": .list([.text("03-0000-0101"), .text("090-0000-0102")]),
                "email": .text("a@example.jp"), "emails": .list([.text("b@example.jp")]),
                "accounts": .list([.object(["service": .text("x"), "id": .text("h:1")])]), "tags": .list([.text("a")]),
                "cautions": .list([.text("b")]), "do_not_pair": .list([.text("101")]),
                "preferences": .list([.text("c")]), "persona": .list([.text("d")]),
                "consent": .object(["news": .flag(false), "calls": .flag(true)]),
                "custom": .object(["plan": .text("a=b")]), "do_not_call": .flag(true),
                "status_reason": .text("moved"), "address": .null,
            ])
    }

    @Test(arguments: [
        (["--company-id", "x"], "--company-id"), (["--do-not-call", "perhaps"], "--do-not-call is yes or no"),
        (["--account", "alone"], "--account service:name"), (["--consent", "news"], "--consent newsletter=yes"),
        (["--consent", "news=x"], "--consent news is yes or no"), (["--field", "=x"], "--field plan=gold"),
        (["--tag", "a", "--clear", "tags"], "--clear tags"),
    ] as [([String], String)]) func aWrongValueIsNamed(arguments: [String], part: String) throws {
        let verb = try #require(try Screenpop.parseAsRoot(["customers", "add"] + arguments) as? AddCustomer)
        let error = #expect(throws: ClientError.self) { try verb.fields.values() }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test func aFileIsReadAndOptionsCountBeforeIt() throws {
        let path = NSTemporaryDirectory() + "screenpop-customer-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let object = #"{"id":4,"version":2,"name":"A","phones":[{"raw":"1"}],"do_not_call":true,"status":"new"}"#
        try Data(object.utf8).write(to: URL(fileURLWithPath: path))
        let verb = try Screenpop.parseAsRoot(["customers", "add", "--json", "--name", "B", path])
        let add = try #require(verb as? AddCustomer)
        #expect(add.output.json && add.file == path)
        #expect(
            try add.fields.values(over: path) == [
                "name": .text("B"), "phones": .list([.object(["raw": .text("1")])]), "do_not_call": .flag(true),
            ])
        try Data("[]".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ClientError.self) { try add.fields.values(over: path) }
        let standard = try Screenpop.parseAsRoot(["customers", "change", "17", "--json", "-"]) as? ChangeCustomer
        #expect(standard?.file == "-" && standard?.id == 17 && standard?.output.json == true)
        let nothing = try #require(try Screenpop.parseAsRoot(["customers", "add"]) as? AddCustomer)
        #expect(throws: ClientError.self) { try nothing.fields.values(over: nil) }
    }

    @Test func whatIsWrittenOneByOneKeepsTheOthers() throws {
        let current = ChangeCustomer.Current(
            id: 17, version: 4, consent: ["news": .flag(true), "calls": .flag(true)], custom: ["plan": .text("gold")])
        let sent = current.completed([
            "consent": .object(["news": .flag(false)]), "custom": .object(["no": .text("1")]), "tier": .text("vip"),
        ])
        #expect(
            sent == [
                "consent": .object(["news": .flag(false), "calls": .flag(true)]),
                "custom": .object(["plan": .text("gold"), "no": .text("1")]), "tier": .text("vip"),
            ])
        #expect(current.completed(["custom": .null]) == ["custom": .null])
    }

    @Test func itSaysWhatChanged() throws {
        let current = ChangeCustomer.Current(id: 17, version: 4, consent: [:], custom: [:])
        let version: CustomerHistory.Version = try APIClient.decode(
            Data(
                """
                {"version":4,"at":"2026-11-20T00:00:00Z","by":null,"through":"command","kind":"changed",
                 "changes":[{"field":"tier","from":"regular","to":"vip"},{"field":"tags","from":[],"to":["a","b"]}]}
                """.utf8))
        let text = ChangeCustomer.text(current, version, .en)
        #expect(text == "Customer 17 has version 4 now.\n    tier: regular → vip\n    tags: — → a, b")
        let nothing = ChangeCustomer.text(current, nil, .en)
        #expect(nothing == "Nothing of customer 17 is other than before.")
    }
}
