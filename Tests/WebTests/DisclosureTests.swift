import CallCenter
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Web

/// All that is known of one person: for administrators, as JSON and as a page.
@Suite struct DisclosureTests {
    private static func centre() async throws -> Routes {
        let routes = try Routes()
        for (path, body) in [
            ("/v1/customers", #"{"name":"Hanako <Example>","phones":["03-0000-0101"],"tags":["a & b"]}"#),
            ("/v1/customers", #"{"name":"Other"}"#),
            ("/v1/customers/1/purchases", #"{"at":"2026-11-20","product":"Lamp","amount":"12.50","currency":"EUR"}"#),
            ("/v1/customers/1/notes", #"{"text":"Likes <b>blue</b>"}"#),
            ("/v1/customers/1/notes", #"{"text":"To be removed"}"#),
            ("/v1/customers/2/notes", #"{"text":"Of somebody else"}"#),
            ("/v1/customers/1/contacts", #"{"channel":"visit","summary":"In the shop"}"#),
            ("/v1/cases", #"{"customer":1,"title":"Broken lamp"}"#),
        ] {
            let made = try await routes.ask(.post, path, body)
            #expect(made.status == 201, "\(path): \(made.text)")
        }
        let removed = try await routes.ask(.delete, "/v1/customers/1/notes/3")
        #expect(removed.status == 204, "\(removed.text)")
        for number in ["0300000101", "0300000999"] {
            #expect(try await routes.ask(.put, "/v1/blocked-numbers/\(number)", "{}").status == 200)
        }
        let closed = try await routes.ask(.patch, "/v1/cases/1", #"{"phase":"closed"}"#)
        #expect(closed.status == 200)
        let edited = try await routes.ask(
            .patch, "/v1/customers/1", #"{"company":"Example Ltd"}"#, headers: [.ifMatch: "*"])
        #expect(edited.status == 200)
        return routes
    }

    @Test func itHasEverythingOfOnePersonAndNothingOfAnother() async throws {
        let routes = try await Self.centre()
        let answer = try await routes.ask(.get, "/v1/customers/1/disclosure", token: routes.token(.admin))
        #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
        let all = answer.json
        #expect((all["record"] as? [String: Any])?["company"] as? String == "Example Ltd", "\(answer.text)")
        func list(_ name: String) throws -> [[String: Any]] { try #require(all[name] as? [[String: Any]], "\(name)") }
        #expect(try list("versions").compactMap { $0["version"] as? Int } == [2, 1])
        let purchase = try #require(try list("purchases").first)
        let amount = (purchase["record"] as? [String: Any])?["amount"] as? String
        #expect(amount?.hasPrefix("12.5") == true, "\(purchase)")
        #expect(try list("blocked").compactMap { $0["number"] as? String } == ["+81300000101"])
        // What was removed is known as well.
        let notes = try list("notes")
        #expect(notes.count == 2 && notes[1]["record"] is NSNull && (notes[1]["versions"] as? [Any])?.count == 2)
        #expect(answer.text.contains("To be removed") && answer.text.contains("In the shop"))
        let one = try #require(try list("cases").first)
        #expect((one["record"] as? [String: Any])?["phase"] as? String == "closed")
        #expect((one["versions"] as? [Any])?.count == 2)
        #expect(try !list("views").isEmpty)
        #expect(!answer.text.contains("Of somebody else") && !answer.text.contains("Other"))
        for name in ["merged", "contracts", "calls", "contacts", "timeline", "inbox", "messages", "lists"] { _ = try list(name) }
    }

    @Test func whatCameFromElsewhereIsThereToo() async throws {
        let routes = try await InboxRouteTests.routes(), admin = try routes.token(.admin)
        let mail = InboxRouteTests.mail("m", from: "hanako@home.example", subject: "From home")
        #expect(try await InboxRouteTests.send(routes, mail)["outcome"] as? String == "inbox")
        for (path, body) in [
            ("/v1/inbox/1/attach", #"{"customer":1}"#),
            ("/v1/messages", #"{"to":"102","text":"Call her back <soon>","customer":1}"#),
            ("/v1/messages", #"{"to":"102","text":"About nobody"}"#),
            ("/v1/lists/spring/entries/1/result", #"{"result":"reached","note":"Buys in May","operator":"101"}"#),
        ] {
            if path.contains("spring") {
                let body = #"{"name":"spring","title":"Spring offer","tier":"regular"}"#
                let list = try await routes.ask(.post, "/v1/lists", body)
                #expect(list.status == 201, "\(list.text)")
            }
            let answer = try await routes.ask(.post, path, body)
            #expect(answer.status == 200, "\(path): \(answer.text)")
        }
        let all = try await routes.ask(.get, "/v1/customers/1/disclosure", token: admin)
        func list(_ name: String) throws -> [[String: Any]] {
            try #require(all.json[name] as? [[String: Any]], "\(name)")
        }
        let item = try #require(try list("inbox").first)
        #expect(item["subject"] as? String == "From home" && item["address"] as? String == "hanako@home.example")
        #expect(item["customer"] as? Int == 1)
        #expect(try list("messages").compactMap { $0["text"] as? String } == ["Call her back <soon>"])
        let result = try #require(try list("lists").first)
        #expect(result["result"] as? String == "reached" && result["note"] as? String == "Buys in May")
        #expect(result["name"] as? String == "spring" && result["title"] as? String == "Spring offer")
        let page = try await routes.ask(.get, "/v1/customers/1/disclosure?format=html&lang=ja", token: admin)
        #expect(page.text.contains("Call her back &lt;soon&gt;") && page.text.contains("<h2>社内の伝言</h2>"))
        #expect(page.text.contains("Spring offer") && page.text.contains("From home"))
        // And in the timeline.
        let timeline = try await routes.ask(.get, "/v1/customers/1/timeline?channel=list")
        let entry = try #require((timeline.json["items"] as? [[String: Any]])?.first)
        #expect(entry["kind"] as? String == "list" && entry["outcome"] as? String == "reached")
        #expect(entry["summary"] as? String == "Spring offer: Buys in May" && entry["operator"] as? String == "101")
        // Also of a customer who is deleted.
        #expect(try await routes.ask(.delete, "/v1/customers/1").status == 204)
        let deleted = try await routes.ask(.get, "/v1/customers/1/disclosure", token: admin)
        #expect(deleted.text.contains("Call her back") && deleted.text.contains("Buys in May"))
    }

    @Test func aPageShowsTheSameAndRunsNothing() async throws {
        let routes = try await Self.centre(), token = try routes.token(.admin)
        let page = try await routes.ask(
            .get, "/v1/customers/1/disclosure", headers: [.accept: "text/html,*/*", .acceptLanguage: "ja"],
            token: token)
        #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(page.text.contains("Hanako &lt;Example&gt;") && page.text.contains("Likes &lt;b&gt;blue&lt;/b&gt;"))
        #expect(!page.text.contains("<b>") && page.text.contains("a &amp; b"))
        #expect(page.text.contains("<html lang=\"ja\">") && page.text.contains("<h2>購入</h2>"))
        #expect(page.text.contains("Lamp") && page.text.hasSuffix("</html>\n"))
        let english = try await routes.ask(.get, "/v1/customers/1/disclosure?format=html&lang=en", token: token)
        #expect(english.text.contains("<h2>Purchases</h2>") && english.text.contains("<h2>Who saw the record</h2>"))
        #expect(english.text.contains("<p>None</p>"), "there are no contracts")
        let json = try await routes.ask(
            .get, "/v1/customers/1/disclosure?format=json", headers: [.accept: "text/html"], token: token)
        #expect(json.headers[.contentType] == "application/json")
        #expect(try await routes.ask(.get, "/v1/customers/1/disclosure?format=pdf", token: token).status == 400)
    }

    @Test func alsoOfSomebodyWhoIsDeletedOrMerged() async throws {
        let routes = try await Self.centre()
        #expect(try await routes.ask(.post, "/v1/customers/1/merge", #"{"other":2}"#).status == 200)
        let merged = try await routes.ask(.get, "/v1/customers/2/disclosure")
        #expect(merged.json["customer"] as? Int == 1 && merged.text.contains("Of somebody else"))
        let parts = try #require(merged.json["merged"] as? [[String: Any]])
        #expect(parts.first?["customer"] as? Int == 2)
        #expect(try await routes.ask(.delete, "/v1/customers/1").status == 204)
        let deleted = try await routes.ask(.get, "/v1/customers/1/disclosure")
        #expect(deleted.status == 200 && deleted.json["record"] is NSNull && deleted.text.contains("Lamp"))
        #expect(try await routes.ask(.get, "/v1/customers/77/disclosure").status == 404)
        #expect(try await routes.ask(.get, "/v1/customers/x/disclosure").status == 404)
    }

    @Test func onlyAnAdministratorMayAndItIsRecorded() async throws {
        let routes = try await Self.centre()
        for role in [Role.operator, .supervisor, .ingest] {
            let answer = try await routes.ask(.get, "/v1/customers/1/disclosure", token: routes.token(role))
            #expect(answer.status == 403, "\(role)")
        }
        let before = try routes.views.all.count
        _ = try await routes.ask(.get, "/v1/customers/1/disclosure", token: routes.token(.admin))
        let more = try routes.views.all.dropFirst(before)
        #expect(more.map(\.customer) == [1] && more.first?.through == .api)
        routes.views.refuse(true)
        let refused = try await routes.ask(.get, "/v1/customers/1/disclosure", token: routes.token(.admin))
        #expect(refused.status == 503 && !refused.text.contains("Hanako"))
    }
}
