import CallCenter
import HTTPTypes
import Settings
import Testing

@testable import Web

/// The centre's own fields over HTTP: typed, required, and seen by whom they are for.
@Suite struct CustomFieldTests {
    static let fields: [Settings.CustomField] = {
        var size = Settings.CustomField(name: "size", label: "Size"), plan = size, news = size, score = size
        size.type = .number
        (plan.name, plan.type, plan.choices, plan.isRequired) = ("plan", .choice, ["A", "B"], true)
        (news.name, news.type) = ("news", .yesNo)
        (score.name, score.seenBy) = ("score", .supervisor)
        return [size, plan, news, score]
    }()

    private static let any: HTTPFields = [.ifMatch: "*"]

    @Test func valuesAreReadByTheirType() async throws {
        let routes = try Routes(customFields: Self.fields), token = try routes.token(.operator)
        func create(_ custom: String) async throws -> Answer {
            try await routes.ask(.post, "/v1/customers", #"{"name":"A","custom":\#(custom)}"#, token: token)
        }
        let made = try await create(#"{"size":12.50,"plan":"A","news":true}"#)
        #expect(made.status == 201 && made.text.contains(#""custom":{"news":"true","plan":"A","size":"12.5"}"#))
        for (bad, name) in [
            (#"{"plan":"C"}"#, "plan"), (#"{"plan":"A","size":"big"}"#, "size"),
            (#"{"plan":"A","news":"maybe"}"#, "news"),
            ("{}", "plan"), (#"{"plan":""}"#, "plan"), (#"{"plan":"A","colour":"red"}"#, "colour"),
            (#"{"plan":"A","score":"5"}"#, "score"), (#"{"plan":["A"]}"#, "plan"), (#"{"plan":{}}"#, "plan"),
        ] {
            let refused = try await create(bad)
            #expect(refused.status == 400 && refused.detail.contains(name), "\(bad): \(refused.text)")
        }
        // An edit of something else asks for nothing.
        let edit = try await routes.ask(
            .patch, "/v1/customers/1", #"{"company":"B"}"#, headers: Self.any, token: token)
        #expect(edit.status == 200)
        // What is there may not be taken away, and what an earlier configuration allowed stays.
        let emptied = try await routes.ask(
            .patch, "/v1/customers/1", #"{"custom":{"plan":""}}"#, headers: Self.any, token: token)
        #expect(emptied.status == 400 && emptied.detail.contains("plan"))
    }

    @Test func whatIsForSupervisorsIsNowhereElse() async throws {
        let routes = try Routes(customFields: Self.fields)
        let one = try routes.token(.operator), chief = try routes.token(.supervisor)
        let made = try await routes.ask(
            .post, "/v1/customers",
            #"{"name":"Hanako","phones":["03-0000-0101"],"custom":{"plan":"A","score":"secret"}}"#, token: chief)
        #expect(made.status == 201 && made.text.contains("secret"))
        // An operator who writes the whole record leaves it as it is.
        let put = try await routes.ask(
            .put, "/v1/customers/1", #"{"name":"Hanako","phones":["03-0000-0101"],"custom":{"plan":"B"}}"#,
            headers: Self.any, token: one)
        #expect(put.status == 200 && !put.text.contains("secret"))
        let raised = try await routes.ask(
            .patch, "/v1/customers/1", #"{"custom":{"plan":"B","score":"secret 2"}}"#, headers: Self.any, token: chief)
        #expect(raised.status == 200 && raised.text.contains("secret 2"))
        for target in [
            "/v1/customers/1", "/v1/customers?q=Hanako", "/v1/customers?phone=0300000101", "/v1/customers/1/history",
            "/v1/lookup?number=0300000101",
        ] {
            let shown = try await routes.ask(.get, target, token: one)
            #expect(shown.status == 200 && !shown.text.contains("secret") && !shown.text.contains("score"), "\(target)")
            let whole = try await routes.ask(.get, target, token: chief)
            #expect(whole.status == 200 && whole.text.contains("secret"), "\(target)")
        }
        let stale = try await routes.ask(
            .patch, "/v1/customers/1", #"{"company":"x"}"#, headers: [.ifMatch: #""v1""#], token: one)
        #expect(stale.status == 412 && !stale.text.contains("secret"))
        let back = try await routes.ask(.post, "/v1/customers/1/restore", #"{"version":2}"#, token: one)
        #expect(back.status == 200 && !back.text.contains("secret"))
        #expect(try await routes.ask(.get, "/v1/customers/1", token: chief).text.contains(#""score":"secret""#))
        let session = try await routes.ask(.get, "/v1/session", token: one)
        #expect(session.status == 200 && !session.text.contains("score") && session.text.contains(#""type":"number""#))
        #expect(try await routes.ask(.get, "/v1/session", token: chief).text.contains("score"))
    }
}
