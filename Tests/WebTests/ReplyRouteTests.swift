import CallCenter
import Engine
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Settings
@testable import Web

/// Mails that are written in cases, over HTTP: who may write to whom, and whose eyes see them first.
@Suite struct ReplyRouteTests {
    /// A customer with a mail of hers in case 1, which is 101's.
    static func routes(
        _ change: (inout Settings.Mail) -> Void = { _ in }, in cluster: ClusterRole? = nil
    ) async throws -> Routes {
        var mail = Settings.Mail()
        mail.from = "support@shop.example"
        change(&mail)
        let routes = try Routes { [mail] in
            $0.settings.mail = mail
            $0.cluster = cluster
        }
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        let made = try await routes.ask(
            .post, "/v1/customers", #"{"name":"Hanako Example","email":"hanako@customer.example","owner":"101"}"#)
        #expect(made.status == 201)
        _ = try await InboxRouteTests.send(routes, InboxRouteTests.mail("a@customer.example", subject: "Leak"))
        return routes
    }

    static func token(_ routes: Routes, _ who: String) throws -> String {
        try routes.parts.tokens.create(
            role: .operator, name: who, operator: who, source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
    }

    static let path = "/v1/cases/1/replies"

    @Test func aMailGoesToTheCustomerInItsThread() async throws {
        let routes = try await Self.routes(), token = try Self.token(routes, "101")
        let before = try await routes.ask(.get, Self.path, token: token)
        let draft = try #require(before.json["draft"] as? [String: Any], "\(before.text)")
        #expect(draft["to"] as? [String] == ["hanako@customer.example"] && draft["subject"] as? String == "Re: Leak")
        #expect(draft["needs_approval"] as? Bool == false && draft["from"] as? String == "support@shop.example")
        let made = try await routes.ask(.post, Self.path, #"{"text":"We come at ten."}"#, token: token)
        #expect(made.status == 201 && made.headers[.location] == "/v1/replies/1", "\(made.text)")
        #expect(made.json["state"] as? String == "queued" && made.json["operator"] as? String == "101")
        #expect(made.json["in_reply_to"] as? String == "a@customer.example")
        #expect(made.json["to_name"] as? String == "Hanako Example" && made.json["subject"] as? String == "Re: Leak")
        let id = try #require(made.json["message_id"] as? String)
        #expect(id.hasSuffix("@shop.example"))
        // What is queued can be withdrawn, once.
        let gone = try await routes.ask(.post, "/v1/replies/1/withdraw", token: token)
        #expect(gone.status == 200 && gone.json["state"] as? String == "withdrawn")
        let again = try await routes.ask(.post, "/v1/replies/1/withdraw", token: token)
        #expect(again.status == 409 && again.json["state"] as? String == "withdrawn")
        // A template with the customer's fields.
        let template = try await routes.ask(
            .post, "/v1/templates", #"{"title":"T","text":"Dear {{customer.name}}, about {{case.title}}"}"#)
        #expect(template.status == 201)
        let filled = try await routes.ask(.post, "/v1/templates/1/fill", #"{"case":1}"#, token: token)
        #expect(filled.json["text"] as? String == "Dear Hanako Example, about Leak", "\(filled.text)")
    }

    @Test(arguments: [
        (#"{"text":" "}"#, "text has 1 to"), (#"{}"#, "text is missing"),
        (#"{"text":"x","bcc":"y"}"#, "bcc is no field"),
        (#"{"text":"x","to":"thief@example.com"}"#, "address of the customer's record"),
        (#"{"text":"x","to":"hanako@customer.example, thief@example.com"}"#, "no mail address"),
        (#"{"text":"x","to":"hanako@customer.example\nBcc: thief@example.com"}"#, "no mail address"),
        (#"{"text":"x","subject":"a\nBcc: thief@example.com"}"#, "subject is one line"),
        (#"{"text":"x","subject":"a\u2028Bcc: thief@example.com"}"#, "subject is one line"),
    ]) func nothingElseGetsIntoAHeader(body: String, part: String) async throws {
        let routes = try await Self.routes(), answer = try await routes.ask(.post, Self.path, body)
        #expect(answer.status == 400 && answer.detail.contains(part), "\(answer.text)")
        #expect((try await routes.ask(.get, Self.path).json["items"] as? [Any])?.isEmpty == true)
    }

    @Test func aSecondPairOfEyesLooksFirst() async throws {
        let routes = try await Self.routes { $0.isReviewed = true }
        let token = try Self.token(routes, "101"), other = try Self.token(routes, "102")
        let chief = try routes.token(.supervisor)
        let made = try await routes.ask(.post, Self.path, #"{"text":"Soon."}"#, token: token)
        #expect(made.json["state"] as? String == "waiting", "\(made.text)")
        #expect(try await routes.ask(.post, "/v1/replies/1/approve", token: token).status == 403)
        #expect(try await routes.ask(.post, "/v1/replies/1/withdraw", token: other).status == 403)
        let empty = try await routes.ask(.post, "/v1/replies/1/return", #"{"note":" "}"#, token: chief)
        #expect(empty.status == 400)
        let back = try await routes.ask(.post, "/v1/replies/1/return", #"{"note":"Say when."}"#, token: chief)
        #expect(back.json["state"] as? String == "returned" && back.json["review_note"] as? String == "Say when.")
        // It is among what its author has to do.
        let work = try await routes.ask(.get, "/v1/work", token: token)
        #expect((work.json["replies"] as? [[String: Any]])?.first?["review_note"] as? String == "Say when.")
        let changed = try await routes.ask(
            .patch, "/v1/replies/1", #"{"text":"At ten."}"#, headers: [.ifMatch: #""v2""#], token: token)
        #expect(changed.status == 200 && changed.json["state"] as? String == "waiting", "\(changed.text)")
        let stale = try await routes.ask(
            .post, "/v1/replies/1/approve", headers: [.ifMatch: #""v1""#], token: chief)
        #expect(stale.status == 412, "who approves has seen what goes out")
        let list = try await routes.ask(.get, "/v1/replies?state=waiting", token: chief)
        #expect((list.json["items"] as? [Any])?.count == 1)
        #expect((list.json["counts"] as? [String: Any])?["waiting"] as? Int == 1)
        let approved = try await routes.ask(
            .post, "/v1/replies/1/approve", headers: [.ifMatch: #""v3""#], token: chief)
        #expect(approved.json["state"] as? String == "queued" && approved.json["text"] as? String == "At ten.")
    }

    /// Whoever was not there reads it later, and other nodes' desks are told at once.
    @Test func whatAMailNeedsIsAMessageThatIsKept() async throws {
        let passed = Mutexed<[DeskMessage]>([])
        let cluster = ClusterRole(
            leads: { true }, committed: { 0 }, forward: { _, _, _ in throw ClusterRole.NotForwarded() },
            reached: { _ in true },
            passOn: { message in
                passed.change { $0.append(message) }
                return true
            })
        let routes = try await Self.routes({ $0.isReviewed = true }, in: cluster)
        let token = try Self.token(routes, "101"), chief = try routes.token(.supervisor)
        func texts(_ query: String, _ token: String) async throws -> [String] {
            let page = try await routes.ask(.get, "/v1/messages?\(query)", token: token)
            let items = try #require(page.json["items"] as? [[String: Any]], "\(page.text)")
            #expect(items.allSatisfy { $0["case"] as? Int == 1 && $0["customer"] as? Int == 1 }, "\(items)")
            return items.compactMap { $0["text"] as? String }
        }
        #expect(try await routes.ask(.post, Self.path, #"{"text":"Soon."}"#, token: token).status == 201)
        let waits = ["A mail to approve (101): Re: Leak"]
        #expect(try await texts("case=1", chief) == waits)
        #expect(try await texts("waiting=true", chief).isEmpty, "it is no question, so nobody has to answer it")
        // One line is enough while nobody has looked at it.
        #expect(try await routes.ask(.patch, "/v1/replies/1", #"{"text":"At ten."}"#, token: token).status == 200)
        #expect(try await texts("case=1", chief) == waits)
        let back = try await routes.ask(.post, "/v1/replies/1/return", #"{"note":"Say when."}"#, token: chief)
        #expect(back.status == 200, "\(back.text)")
        #expect(try await texts("unread=true", token) == ["A mail came back: Re: Leak: Say when."])
        #expect(try await routes.ask(.patch, "/v1/replies/1", #"{"text":"At 11."}"#, token: token).status == 200)
        #expect(try await texts("case=1", chief).count == 3)
        let told = passed.value
        #expect(told.map(\.to) == [.supervisors, .operator("101"), .supervisors])
        #expect(told.allSatisfy { $0.id != nil && $0.caseID == 1 })
    }

    @Test func whoseMailsWaitIsConfigured() async throws {
        func state(_ change: (inout Settings.Mail) -> Void, as who: String?) async throws -> String? {
            let routes = try await Self.routes(change)
            let login = #"{"type":"operator.login","operator":"101","queues":["support"]}"#
            let json: HTTPFields = [.contentType: "application/json"]
            #expect(try await routes.ask(.post, "/v1/events", login, headers: json).status == 200)
            let token = try who.map { try Self.token(routes, $0) }
            let made = try await routes.ask(.post, Self.path, #"{"text":"x"}"#, token: token)
            return made.json["state"] as? String
        }
        #expect(try await state({ $0.reviewedOperators = ["101"] }, as: "101") == "waiting")
        #expect(try await state({ $0.reviewedOperators = ["102"] }, as: "101") == "queued")
        #expect(try await state({ $0.reviewedQueues = ["support"] }, as: "101") == "waiting")
        #expect(try await state({ $0.reviewedQueues = ["sales"] }, as: "101") == "queued")
        #expect(try await state({ $0.isReviewed = true }, as: nil) == "queued", "a program's goes out")
    }

    @Test func whatCannotBeWrittenIsSaid() async throws {
        let off = try await Self.routes { $0.from = nil }
        let refused = try await off.ask(.post, Self.path, #"{"text":"x"}"#)
        #expect(refused.status == 409 && refused.detail.contains("[mail]"))
        #expect(try await off.ask(.get, Self.path).json["draft"] is NSNull)
        let routes = try await Self.routes(), other = try Self.token(routes, "102")
        #expect(try await routes.ask(.post, Self.path, #"{"text":"x"}"#, token: other).status == 403)
        #expect(try await routes.ask(.post, "/v1/cases/9/replies", #"{"text":"x"}"#).status == 404)
        #expect(try await routes.ask(.get, "/v1/replies/9").status == 404)
        #expect(try await routes.ask(.get, "/v1/replies?state=gone").status == 400)
        #expect(try await routes.ask(.get, "/v1/replies?operator=101", token: other).status == 403)
        #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"No Mail"}"#).status == 201)
        _ = try await CaseRouteTests.open(routes, #"{"customer":2,"title":"x"}"#)
        let nobody = try await routes.ask(.post, "/v1/cases/2/replies", #"{"text":"x"}"#)
        #expect(nobody.status == 409 && nobody.detail.contains("no mail address"))
    }
}
