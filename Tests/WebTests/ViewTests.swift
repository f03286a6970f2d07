import CallCenter
import Foundation
import HTTPTypes
import Settings
import Storage
import Testing

@testable import Engine
@testable import Web

/// Whoever is shown a customer is in the view log: route by route.
@Suite struct ViewTests {
    /// A request that shows customer 1, or another one that is named.
    struct Shown: Sendable, CustomTestStringConvertible {
        var route: String
        var target: String
        var body: String
        var headers: HTTPFields
        var means: RecordView.Means
        var role: Role
        var customer: Int64
        var status: Int

        var method: HTTPRequest.Method { .init(String(route.split(separator: " ")[0]).uppercased()) ?? .get }
        var testDescription: String { route + (status > 299 ? " \(status)" : "") }

        init(
            _ route: String, _ target: String, _ means: RecordView.Means, _ body: String = "",
            headers: HTTPFields = [:], as role: Role = .operator, customer: Int64 = 1, status: Int = 200
        ) {
            self.route = route
            self.target = target
            self.body = body
            self.headers = headers
            self.means = means
            self.role = role
            self.customer = customer
            self.status = status
        }
    }

    static let everybody = RecordView.everybody
    static let any: HTTPFields = [.ifMatch: "*"]
    static let shown: [Shown] = [
        Shown("get /v1/customers", "/v1/customers?phone=03-0000-0101", .search),
        Shown("post /v1/customers", "/v1/customers", .api, #"{"name":"Taro Example"}"#, customer: 2, status: 201),
        Shown("get /v1/customers/{id}", "/v1/customers/1", .api),
        Shown("put /v1/customers/{id}", "/v1/customers/1", .api, #"{"name":"H. Example"}"#, headers: any),
        Shown("patch /v1/customers/{id}", "/v1/customers/1", .api, #"{"company":"A"}"#, headers: any),
        Shown(
            "patch /v1/customers/{id}", "/v1/customers/1", .api, #"{"company":"A"}"#, headers: [.ifMatch: #""v9""#],
            status: 412),
        Shown("get /v1/customers/export", "/v1/customers/export", .export, as: .admin, customer: everybody),
        Shown("post /v1/customers/{id}/restore", "/v1/customers/1/restore", .api, #"{"version":1}"#),
        Shown("post /v1/customers/{id}/undelete", "/v1/customers/1/undelete", .api, as: .supervisor),
        Shown("get /v1/customers/{id}/history", "/v1/customers/1/history", .api),
        Shown("get /v1/customers/{id}/disclosure", "/v1/customers/1/disclosure", .api, as: .admin),
        Shown("get /v1/customers/{id}/timeline", "/v1/customers/1/timeline", .api),
        Shown("get /v1/contacts", "/v1/contacts?q=leak", .search),
        Shown("get /v1/lookup", "/v1/lookup?number=0300000101", .search),
        Shown("get /v1/cases", "/v1/cases", .openCase),
        Shown(
            "post /v1/customers/{id}/cases", "/v1/customers/1/cases", .openCase, #"{"title":"Call back"}"#,
            status: 201),
        Shown("post /v1/cases", "/v1/cases", .openCase, #"{"customer":1,"title":"Leak"}"#, status: 201),
        Shown("get /v1/cases/{id}", "/v1/cases/1", .openCase),
        Shown("patch /v1/cases/{id}", "/v1/cases/1", .openCase, #"{"priority":"high"}"#),
        Shown(
            "patch /v1/cases/{id}", "/v1/cases/1", .openCase, #"{"title":"x"}"#, headers: [.ifMatch: #""v9""#],
            status: 412),
        Shown("get /v1/cases/{id}/history", "/v1/cases/1/history", .openCase),
        Shown("post /v1/cases/{id}/restore", "/v1/cases/1/restore", .openCase, #"{"version":1}"#),
        Shown("post /v1/cases/{id}/claim", "/v1/cases/1/claim", .openCase),
        Shown("post /v1/cases/{id}/release", "/v1/cases/1/release", .openCase),
        Shown("post /v1/cases/{id}/handover", "/v1/cases/1/handover", .openCase, #"{"to":"102"}"#),
        Shown("post /v1/cases/{id}/accept", "/v1/cases/1/accept", .openCase, as: .supervisor),
        Shown("post /v1/cases/{id}/decline", "/v1/cases/1/decline", .openCase),
        Shown("post /v1/cases/{id}/close", "/v1/cases/1/close", .openCase),
        Shown("post /v1/cases/{id}/reopen", "/v1/cases/1/reopen", .openCase),
        Shown("get /v1/cases/{id}/replies", "/v1/cases/1/replies", .openCase),
        Shown("post /v1/cases/{id}/replies", "/v1/cases/1/replies", .openCase, #"{"text":"t"}"#, status: 201),
        Shown("get /v1/replies", "/v1/replies", .openCase),
        Shown("get /v1/replies/{id}", "/v1/replies/1", .openCase),
        Shown("patch /v1/replies/{id}", "/v1/replies/1", .openCase, #"{"text":"t"}"#),
        Shown("post /v1/replies/{id}/approve", "/v1/replies/1/approve", .openCase, as: .supervisor),
        Shown(
            "post /v1/replies/{id}/return", "/v1/replies/1/return", .openCase, #"{"note":"n"}"#, as: .supervisor),
        Shown("post /v1/replies/{id}/withdraw", "/v1/replies/1/withdraw", .openCase),
        Shown("post /v1/replies/{id}/resend", "/v1/replies/1/resend", .openCase),
        Shown("post /v1/replies/{id}/sent", "/v1/replies/1/sent", .openCase),
        Shown("get /v1/lists/{name}/entries", "/v1/lists/best/entries", .list),
        Shown("post /v1/lists/{name}/entries/{customer}/claim", "/v1/lists/best/entries/1/claim", .list),
        Shown("post /v1/lists/{name}/entries/{customer}/release", "/v1/lists/best/entries/1/release", .list),
        Shown(
            "post /v1/lists/{name}/entries/{customer}/result", "/v1/lists/best/entries/1/result", .list,
            #"{"result":"done"}"#),
        Shown("get /v1/work", "/v1/work", .openCase),
        Shown("post /v1/work/next", "/v1/work/next", .callback),
        Shown("get /v1/callbacks", "/v1/callbacks", .callback),
        Shown("post /v1/callbacks/{id}/claim", "/v1/callbacks/81300000102/claim", .callback),
        Shown("post /v1/callbacks/{id}/release", "/v1/callbacks/81300000102/release", .callback),
        Shown("get /v1/calls", "/v1/calls", .call),
        Shown("get /v1/calls/{call}", "/v1/calls/c1", .call),
        Shown("post /v1/calls/{call}/note", "/v1/calls/c1/note", .call, #"{"text":"wants an invoice"}"#),
        Shown("post /v1/calls/{call}/disposition", "/v1/calls/c1/disposition", .call, #"{"code":"resolved"}"#),
        Shown("post /v1/calls/{call}/identify", "/v1/calls/c1/identify", .call, #"{"customer":1}"#),
        Shown("get /v1/operators/{id}/unfinished", "/v1/operators/101/unfinished", .call),
        Shown("get /v1/pops/{id}", "/v1/pops/POP", .pop),
        Shown("get /v1/log", "/v1/log", .export, as: .admin, customer: everybody),
        Shown("get /v1/messages", "/v1/messages?customer=1", .api),
        Shown("post /v1/messages", "/v1/messages", .api, #"{"to":"supervisors","text":"t","customer":1}"#),
        Shown("post /v1/messages/{id}/read", "/v1/messages/1/read", .api),
        Shown(
            "post /v1/messages/{id}/answer", "/v1/messages/1/answer", .api, #"{"text":"t","operator":"900"}"#,
            as: .supervisor),
    ] + items + files

    /// What belongs to the customer: of each kind one, whose number is that of its kind.
    static let items: [Shown] = ItemRouteTests.samples.enumerated().flatMap { place, sample in
        let all = "/v1/customers/{id}/\(sample.path)", one = all + "/{item}"
        let path = "/v1/customers/1/\(sample.path)", item = path + "/\(place + 1)"
        return [
            Shown("get \(all)", path, .api), Shown("post \(all)", path, .api, sample.body, status: 201),
            Shown("get \(one)", item, .api), Shown("patch \(one)", item, .api, sample.change),
            Shown("patch \(one)", item, .api, sample.change, headers: [.ifMatch: #""v9""#], status: 412),
            Shown("get \(one)/history", item + "/history", .api),
            Shown("post \(one)/restore", item + "/restore", .api, #"{"version":1}"#),
        ]
    }

    /// A file of the customer, with the number behind those of the items.
    static let files: [Shown] = {
        let all = "/v1/customers/{id}/files", one = all + "/{item}", path = "/v1/customers/1/files"
        let item = "\(path)/\(ItemRouteTests.samples.count + 1)"
        return [
            Shown("get \(all)", path, .api), Shown("post \(all)", path + "?name=b.txt", .api, "b", status: 201),
            Shown("get \(one)", item, .api), Shown("get \(one)/content", item + "/content", .api),
            Shown("patch \(one)", item, .api, #"{"name":"c.txt"}"#),
            Shown("patch \(one)", item, .api, #"{"name":"c.txt"}"#, headers: [.ifMatch: #""v9""#], status: 412),
            Shown("get \(one)/history", item + "/history", .api),
            Shown("post \(one)/restore", item + "/restore", .api, #"{"version":1}"#),
        ]
    }()

    /// Routes that show customers' data and are not among those above.
    static let others: [String: String] = [
        "get /v1/stream": "noted after each pop was sent: DaemonTests/ViewLogTests asks a daemon",
        "post /v1/events": "what a PBX is answered: a machine, and the event log has it",
        "get /v1/customers/duplicates": two, "get /v1/customers/{id}/duplicates": two, "get /v1/duplicates": two,
        "post /v1/customers/{id}/merge": two, "post /v1/merges/{id}/undo": two, "get /v1/merges": two,
        "get /v1/lists": filter, "post /v1/lists": filter, "get /v1/lists/{name}": filter,
        "patch /v1/lists/{name}": filter, "post /v1/lists/{name}/restore": filter,
    ]
    static let filter = "it shows no customer: the tier is what the list asks for"
    static let two = "they show two customers: duplicatesAndMergesAreViewsOfEach"

    /// A centre with one customer, who called three times: c0 is over, c1 is talking with 101, c2 gave up, from
    /// another number.
    ///
    /// - Parameter least: the least role that sees whole numbers.
    static func centre(
        numbersSeenBy least: Settings.CustomField.Seer = .operator
    ) async throws -> (routes: Routes, pop: String) {
        let card = CustomerCard(id: 1, name: "Hanako Example", tier: "regular")
        let routes = try Routes(caller: card) {
            $0.settings.mail.from = "support@example.com"
            $0.settings.mail.isReviewed = true
            $0.settings.numbersSeenBy = least
        }
        routes.clock.advance(by: Engine.now() - routes.clock.now)
        let made = try await routes.ask(
            .post, "/v1/customers",
            #"{"name":"Hanako Example","phones":["03-0000-0101"],"email":"hanako@example.com"}"#)
        #expect(made.status == 201)
        let opened = try await routes.ask(.post, "/v1/customers/1/cases", #"{"title":"t","owner":"101"}"#)
        #expect(opened.status == 201)
        for sample in ItemRouteTests.samples {
            #expect(try await routes.ask(.post, "/v1/customers/1/\(sample.path)", sample.body).status == 201)
        }
        #expect(try await routes.ask(.post, "/v1/customers/1/files?name=a.txt", "a").status == 201)
        let asked = try await routes.ask(
            .post, "/v1/messages", #"{"to":"supervisors","text":"t","customer":1}"#, token: routes.token(.operator))
        #expect(asked.status == 200, "\(asked.text)")
        let mail = try await routes.ask(
            .post, "/v1/cases/1/replies", #"{"text":"t"}"#, token: routes.token(.operator))
        #expect(mail.status == 201 && mail.json["state"] as? String == "waiting", "\(mail.text)")
        func offered(_ call: String, from: String = "0300000101") -> [String] {
            [
                #"{"type":"call.offered","call":"\#(call)","from":"\#(from)","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"\#(call)","queue":"support"}"#,
            ]
        }
        func answered(_ call: String) -> [String] {
            [
                #"{"type":"call.ringing","call":"\#(call)","operator":"101"}"#,
                #"{"type":"call.answered","call":"\#(call)","operator":"101"}"#,
            ]
        }
        let login = #"{"type":"operator.login","operator":"101","device":"PJSIP/101","queues":["support"]}"#
        let lines =
            [login] + offered("c0") + answered("c0")
            + [#"{"type":"call.ended","call":"c0"}"#, #"{"type":"operator.ready","operator":"101"}"#]
            + offered("c1") + answered("c1")
            + offered("c2", from: "0300000102") + [#"{"type":"call.ended","call":"c2"}"#]
        let body = lines.map { $0 + "\n" }.joined()
        let sent = try await routes.ask(.post, "/v1/events", body, headers: [.contentType: "application/x-ndjson"])
        #expect(sent.status == 200 && !sent.text.contains(#""ok":false"#), "\(sent.text)")
        let pops = await routes.parts.engine.ask { centre, now in centre.livePops(of: "101", at: now).map(\.id) }
        return (routes, try #require(pops?.first))
    }

    @Test(arguments: shown) func isNoted(_ one: Shown) async throws {
        let (routes, pop) = try await Self.centre()
        if ["/accept", "/decline"].contains(where: one.route.hasSuffix) {
            #expect(try await routes.ask(.post, "/v1/cases/1/handover", #"{"to":"102"}"#).status == 200)
        }
        if ["/resend", "/sent"].contains(where: one.route.hasSuffix) {
            for step in [ReplyStep.approve, .start, .lost(problem: nil)] {
                _ = try routes.parts.writer.advance(reply: 1, step, by: .command, at: routes.clock.now)
            }
        }
        let token = try routes.token(one.role), before = try routes.views.all.count
        if one.route == "post /v1/callbacks/{id}/release" {
            #expect(try await routes.ask(.post, "/v1/callbacks/81300000102/claim", token: token).status == 200)
        }
        let answer = try await routes.ask(
            one.method, one.target.replacing("POP", with: pop), one.body, headers: one.headers, token: token)
        #expect(answer.status == one.status, "\(answer.text)")
        let viewer: Viewer =
            one.role == .operator
            ? .operator("101") : .token(try #require(routes.parts.tokens.list().last { $0.role == one.role }?.id))
        let views = try routes.views.all.dropFirst(before)
        #expect(!views.isEmpty)
        for view in views {
            let expected = RecordView(at: routes.clock.now, by: viewer, through: one.means, customer: one.customer)
            #expect(view == expected)
        }
    }

    @Test func duplicatesAndMergesAreViewsOfEach() async throws {
        let (routes, _) = try await Self.centre()
        let again = try await routes.ask(
            .post, "/v1/customers", #"{"name":"Hanako Example","phones":["03-0000-0101"]}"#)
        #expect(again.status == 201)
        func seen(_ method: HTTPRequest.Method, _ target: String, _ body: String = "") async throws -> Set<Int64> {
            let before = try routes.views.all.count, answer = try await routes.ask(method, target, body)
            #expect(answer.status == 200, "\(answer.text)")
            return Set(try routes.views.all.dropFirst(before).map(\.customer))
        }
        #expect(try await seen(.get, "/v1/customers/duplicates?phone=03-0000-0101") == [1, 2])
        #expect(try await seen(.get, "/v1/customers/1/duplicates") == [2])
        #expect(try await seen(.get, "/v1/duplicates") == [1, 2])
        #expect(try await seen(.post, "/v1/customers/1/merge", #"{"other":2}"#) == [1, 2])
        #expect(try await seen(.get, "/v1/merges") == [1, 2])
        #expect(try await seen(.post, "/v1/merges/1/undo") == [1, 2])
        #expect(try await seen(.get, "/v1/merges?customer=1") == [1, 2])
    }

    /// A new route that shows a customer has to be in the table above, and so is tried.
    @Test func everyRouteThatShowsCustomersIsAmongThem() async throws {
        let document = try await Routes().ask(.get, "/v1/openapi.json").json
        let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
        var showing: Set<String> = []
        for (path, item) in try #require(document["paths"] as? [String: [String: Any]]) {
            for (method, operation) in item {
                guard let operation = operation as? [String: Any],
                    let responses = operation["responses"] as? [String: Any]
                else { continue }
                let good = responses.filter { $0.key.hasPrefix("2") }.values
                var seen: Set<String> = []
                if good.contains(where: { Self.namesCustomer($0, schemas, &seen) }) {
                    showing.insert("\(method) \(path)")
                }
            }
        }
        // What is no JSON has no schema.
        showing.formUnion(["get /v1/customers/export", "get /v1/log"])
        #expect(showing.count > 15)
        let known = Set(Self.shown.map(\.route)).union(Self.others.keys)
        // Items and versions have no customer by that schema: that somebody read them is stored all the same.
        let more = Set(
            Self.items.map(\.route) + Self.files.map(\.route) + [
                "get /v1/customers/{id}/history", "get /v1/customers/{id}/timeline", "get /v1/cases/{id}/history",
            ])
        #expect(known.subtracting(showing) == more)
        #expect(showing.subtracting(known) == [], "these show customers, and no test says who saw them")
    }

    /// Whether a schema has a customer's name: as a record, as a card, or beside a case.
    private static func namesCustomer(_ json: Any, _ schemas: [String: Any], _ seen: inout Set<String>) -> Bool {
        switch json {
        case let list as [Any]: return list.contains { namesCustomer($0, schemas, &seen) }
        case let object as [String: Any]:
            if let name = (object["$ref"] as? String)?.split(separator: "/").last.map(String.init) {
                guard seen.insert(name).inserted, let schema = schemas[name] else { return false }
                return namesCustomer(schema, schemas, &seen)
            }
            if let fields = object["properties"] as? [String: Any],
                fields["customer_name"] != nil || fields["name"] != nil && fields["tier"] != nil
            {
                return true
            }
            return object.values.contains { namesCustomer($0, schemas, &seen) }
        default: return false
        }
    }

    @Test(arguments: [
        "/v1/operators", "/v1/session", "/v1/blocked-numbers", "/v1/tokens", "/v1/stats", "/v1/status",
        "/v1/cluster",
        "/v1/customers?phone=03-0000-0999", "/v1/customers/77", "/v1/calls/unknown", "/v1/log?pseudonymise=true",
        "/v1/audit", "/v1/customers/1/views", "/readyz",
    ]) func whatShowsNobodyIsNotNoted(target: String) async throws {
        let (routes, _) = try await Self.centre(), before = try routes.views.all.count
        let status = try await routes.ask(.get, target, token: routes.token(.admin)).status
        #expect([200, 404].contains(status))
        #expect(try routes.views.all.count == before)
    }

    @Test func nothingIsShownThatCannotBeNoted() async throws {
        let (routes, _) = try await Self.centre(), token = try routes.token(.admin)
        routes.views.refuse(true)
        for target in ["/v1/customers/1", "/v1/customers/export", "/v1/calls", "/v1/callbacks"] {
            let answer = try await routes.ask(.get, target, token: token)
            #expect(answer.status == 503 && !answer.text.contains("Hanako"), "\(target): \(answer.text)")
        }
        #expect(try await routes.ask(.get, "/v1/operators", token: token).status == 200)
        let ready = try await routes.ask(.get, "/readyz", token: token)
        #expect(ready.status == 200 && ready.text.contains("the disk is full"))
        routes.views.refuse(false)
        #expect(try await routes.ask(.get, "/v1/customers/1", token: token).status == 200)
    }

    @Test func whoSawItIsTheOneWhoAsked() async throws {
        let (routes, _) = try await Self.centre()
        func last() throws -> RecordView? { try routes.views.all.last }
        _ = try await routes.ask(.get, "/v1/customers/1")
        #expect(try last()?.by == .local(user: nil) && last()?.through == .command)
        _ = try await routes.ask(.get, "/v1/customers/1", token: routes.token(.supervisor))
        let id = try #require(routes.parts.tokens.list().first { $0.role == .supervisor }?.id)
        #expect(try last()?.by == .token(id))
        // Signed in with a password, in a browser.
        _ = try routes.parts.accounts.set(
            "900", role: .supervisor, name: "Chief", password: "long enough", now: routes.clock.now)
        let session = try routes.parts.accounts.signIn("900", now: routes.clock.now)
        let seen = try await routes.ask(
            .get, "/v1/customers/1", headers: [.cookie: "screenpop=\(session.secret)"], token: "")
        #expect(seen.status == 200)
        #expect(try last()?.by == .operator("900") && last()?.through == .desk)
        // A session for a token is still a browser's.
        let token = try routes.token(.operator)
        let exchanged = try await routes.ask(
            .post, "/v1/session", headers: [.authorization: "Bearer \(token)"], token: token)
        let cookie = try #require(exchanged.headers[.setCookie]?.split(separator: ";").first)
        _ = try await routes.ask(.get, "/v1/customers/1", headers: [.cookie: String(cookie)], token: "")
        #expect(try last()?.by == .operator("101") && last()?.through == .desk)
    }

    @Test func aSearchNotesEveryResultThatWasShown() async throws {
        let routes = try Routes()
        for _ in 0..<5 {
            _ = try await routes.ask(.post, "/v1/customers", #"{"name":"A","phones":["03-0000-0101"]}"#)
        }
        let before = try routes.views.all.count
        let found = try await routes.ask(.get, "/v1/customers?phone=0300000101&limit=3")
        let ids = (found.json["customers"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
        #expect(ids.count == 3)
        #expect(try routes.views.all.dropFirst(before).map { Int($0.customer) } == ids)
    }
}
