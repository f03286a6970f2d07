import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Articles, templates and incidents over HTTP.
@Suite struct KnowledgeRouteTests {
    /// One of each kind, with a change of it.
    struct Sample: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String
        var change: String
        /// What the change changed.
        var field: String
        var testDescription: String { path }
    }

    static let samples = [
        Sample(
            path: "articles",
            body: #"{"title":"水漏れ","kind":"manual","body":"1. 止める","answer":"止めました","tags":["修理"],"#
                + #""queues":["support"],"products":["エアコン"],"owner":"101","review":"2026-11-20"}"#,
            change: #"{"owner":null}"#, field: "owner"),
        Sample(
            path: "templates", body: #"{"title":"お礼","text":"{{customer.name}} 様","queues":["support"]}"#,
            change: #"{"text":"{{customer.name}} 様、{{operator.name}}です。"}"#, field: "text"),
        Sample(
            path: "incidents",
            body: #"{"title":"停電","cause":"落雷","cost":"12800.50","currency":"JPY","regions":["+813"],"cases":[5]}"#,
            change: #"{"state":"closed","solution":"復旧"}"#, field: "state"),
    ]

    private func ids(_ answer: Answer) throws -> [Int] {
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["items"] as? [[String: Any]]).compactMap { $0["id"] as? Int }
    }

    @Test(arguments: samples) func writtenChangedDeletedAndBack(_ sample: Sample) async throws {
        let routes = try await CaseRouteTests.routes(), path = "/v1/\(sample.path)", token = try routes.token(.operator)
        #expect(try await routes.ask(.post, path, sample.body, token: token).status == 403, "supervisors write")
        let made = try await routes.ask(.post, path, sample.body, token: routes.token(.supervisor))
        #expect(made.status == 201 && made.headers[.eTag] == #""v1""#, "\(made.text)")
        #expect(made.headers[.location] == "\(path)/1")
        let sent = try #require(JSONSerialization.jsonObject(with: Data(sample.body.utf8)) as? [String: Any])
        for (field, value) in sent { #expect("\(made.json[field] ?? "")" == "\(value)", "\(field): \(made.text)") }
        let changed = try await routes.ask(.patch, path + "/1", sample.change, headers: [.ifMatch: #""v1""#])
        #expect(changed.status == 200 && changed.json["version"] as? Int == 2, "\(changed.text)")
        let refused = try await routes.ask(.patch, path + "/1", #"{"title":"x"}"#, headers: [.ifMatch: #""v1""#])
        #expect(refused.status == 412 && (refused.json["yours"] as? [String: Any])?["title"] as? String == "x")
        #expect((refused.json["theirs"] as? [String: Any])?["version"] as? Int == 2)
        #expect(try await routes.ask(.delete, path + "/1", headers: [.ifMatch: #""v1""#]).status == 412)
        #expect(try await routes.ask(.delete, path + "/1", headers: [.ifMatch: #""v2""#]).status == 204)
        #expect(try await routes.ask(.get, path + "/1").status == 404)
        #expect(try ids(await routes.ask(.get, path)) == [])
        let deleted = try await routes.ask(.get, path + "?deleted=true")
        #expect(try ids(deleted) == [1] && !deleted.text.contains(#""deleted_at":null"#))
        #expect(try await routes.ask(.get, path + "?deleted=true", token: token).status == 403)
        let back = try await routes.ask(.post, path + "/1/undelete")
        #expect(back.status == 200 && back.json["version"] as? Int == 4, "\(back.text)")
        #expect(try ids(await routes.ask(.get, path, token: token)) == [1])
        let history = try await routes.ask(.get, path + "/1/history?limit=3", token: token).json
        let items = try #require(history["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["kind"] as? String } == ["created", "deleted", "changed"])
        let changes = try #require(items.last?["changes"] as? [[String: Any]])
        #expect(changes.contains { $0["field"] as? String == sample.field } && history["next"] as? String == "2")
        let first = try await routes.ask(.post, path + "/1/restore", #"{"version":1}"#)
        #expect(first.status == 200 && first.json[sample.field] as? String == made.json[sample.field] as? String)
        #expect(try await routes.ask(.post, path + "/1/restore", #"{"version":99}"#).status == 404)
        #expect(try await routes.ask(.post, path + "/9/undelete").status == 404)
        #expect(try await routes.ask(.get, path + "?colour=red").status == 400)
    }

    @Test(arguments: [
        ("articles", "{}", "title is missing"), ("articles", #"{"title":"x","kind":"page"}"#, "kind is faq or manual"),
        ("articles", #"{"title":"x","colour":"red"}"#, "colour is no field of an article"),
        ("articles", #"{"title":"x","tags":["a","a"]}"#, "tags is a list"),
        ("articles", #"{"title":"x","queues":"support"}"#, "queues is a list"),
        ("articles", #"{"title":"x","review":"2026-11-20T09:00:00Z"}"#, "review is a day"),
        ("templates", #"{"title":"x"}"#, "text is missing"),
        ("templates", #"{"title":"x","text":"{{customer.nmae}}"}"#, "{{customer.nmae}} is no field of a template"),
        ("incidents", #"{"title":"x","state":"gone"}"#, "state is open or closed"),
        ("incidents", #"{"title":"x","cost":12}"#, "cost is a decimal"),
        ("incidents", #"{"title":"x","cost":"12"}"#, "currency is missing"),
        ("incidents", #"{"title":"x","cases":["5"]}"#, "cases is a list"),
    ]) func whatIsWrongSaysWhatToSend(path: String, body: String, advice: String) async throws {
        let routes = try Routes(), answer = try await routes.ask(.post, "/v1/\(path)", body)
        #expect(answer.status == 400 && answer.detail.contains(advice), "\(answer.text)")
    }

    @Test func listsArePagesWithFilters() async throws {
        let routes = try await CaseRouteTests.routes()
        for n in 1...5 {
            let more = n == 2 ? #","tags":["a"],"review":"2026-11-23""# : n == 3 ? #","queues":["sales"]"# : ""
            let body = #"{"title":"記事 \#(n)"\#(more)}"#
            #expect(try await routes.ask(.post, "/v1/articles", body).status == 201)
        }
        let page = try await routes.ask(.get, "/v1/articles?limit=2")
        let next = try #require(page.json["next"] as? String)
        #expect(try ids(page) == [1, 2])
        let last = try await routes.ask(.get, "/v1/articles?limit=9&after=\(next)")
        #expect(try ids(last) == [3, 4, 5] && last.json["next"] is NSNull)
        #expect(try ids(await routes.ask(.get, "/v1/articles?tag=a")) == [2])
        #expect(try ids(await routes.ask(.get, "/v1/articles?queue=support")) == [1, 2, 4, 5])
        #expect(try ids(await routes.ask(.get, "/v1/articles?review_due=true")) == [2])
        #expect(try ids(await routes.ask(.get, "/v1/articles?q=%E8%A8%98%E4%BA%8B%203")) == [3])
        #expect(try ids(await routes.ask(.get, "/v1/articles?kind=manual")) == [])
        let first = try await routes.ask(.get, "/v1/articles?q=%E8%A8%98%E4%BA%8B&limit=3")
        #expect(try ids(first) == [1, 2, 3] && first.json["next"] as? String == "3")
        #expect(try ids(await routes.ask(.get, "/v1/articles?q=%E8%A8%98%E4%BA%8B&limit=3&after=3")) == [4, 5])
    }

    /// A centre with a call of customer 1 on 101's phone, about which something is typed.
    private func call(_ note: String) async throws -> (Routes, token: String) {
        let (routes, _) = try await ViewTests.centre(), token = try routes.token(.operator)
        let typed = try await routes.ask(
            .post, "/v1/calls/c1/note", #"{"text":"\#(note)","draft":true,"whole":true}"#, token: token)
        #expect(typed.status == 200 || typed.status == 204, "\(typed.text)")
        return (routes, token)
    }

    @Test func aCallChoosesByItsNoteQueueAndCustomer() async throws {
        let (routes, token) = try await call("エアコンから水漏れ")
        for body in [
            #"{"title":"エアコンの水漏れ"}"#, #"{"title":"別の話","queues":["sales"]}"#,
            #"{"title":"豆の選び方","products":["coffee MACHINE"]}"#, #"{"title":"受付の手順","queues":["support"]}"#,
        ] { #expect(try await routes.ask(.post, "/v1/articles", body).status == 201) }
        let found = try await routes.ask(.get, "/v1/articles?call=c1", token: token)
        #expect(Set(try ids(found)) == [1, 3, 4], "\(found.text)")
        let items = try #require(found.json["items"] as? [[String: Any]])
        func fits(_ id: Int) -> [String]? { items.first { $0["id"] as? Int == id }?["fits"] as? [String] }
        #expect(fits(1) == ["words"] && fits(3) == ["product"] && fits(4) == ["queue"])
        #expect(try ids(await routes.ask(.get, "/v1/articles?call=c1&q=%E8%A9%B1", token: token)) == [2])
        #expect(try await routes.ask(.get, "/v1/articles?call=nowhere", token: token).status == 404)
        let other = try routes.parts.tokens.create(
            role: .operator, name: "b", operator: "102", source: nil, expiresAt: nil, now: routes.clock.now)
        #expect(try await routes.ask(.get, "/v1/articles?call=c1", token: other.secret).status == 403)
        // Counted, and asked for.
        let path = "/v1/articles/1"
        #expect(try await routes.ask(.post, path + "/use", #"{"call":"c1"}"#, token: token).json["used"] as? Int == 1)
        let said = try await routes.ask(.post, path + "/feedback", #"{"helped":false}"#, token: token)
        #expect(said.json["not_helped"] as? Int == 1 && said.json["helped"] as? Int == 0)
        #expect(try await routes.ask(.post, "/v1/articles/99/use", token: token).status == 404)
        #expect(try await routes.ask(.post, path + "/feedback", "{}", token: token).status == 400)
        #expect(try await routes.ask(.post, "/v1/articles/missing", #"{"q":" 保証  延長 "}"#, token: token).status == 204)
        #expect(try await routes.ask(.post, "/v1/articles/missing", #"{"q":" "}"#, token: token).status == 400)
        #expect(try await routes.ask(.get, "/v1/articles/report", token: token).status == 403)
        let report = try await routes.ask(.get, "/v1/articles/report").json
        let missing = try #require(report["missing"] as? [[String: Any]])
        #expect(missing.compactMap { $0["text"] as? String } == ["保証 延長"])
        #expect((report["unhelpful"] as? [[String: Any]])?.first?["id"] as? Int == 1)
        #expect((report["unused"] as? [Any])?.isEmpty == true, "they are too new")
    }

    @Test func anIncidentStandsOnTheCallsThatItConcerns() async throws {
        let (routes, token) = try await call("x")
        for body in [
            #"{"title":"all"}"#, #"{"title":"here","queues":["support"],"lines":["0300000000"],"regions":["+813"]}"#,
            #"{"title":"elsewhere","regions":["+816"]}"#, #"{"title":"closed","state":"closed"}"#,
        ] { #expect(try await routes.ask(.post, "/v1/incidents", body).status == 201) }
        #expect(try ids(await routes.ask(.get, "/v1/incidents?call=c1", token: token)) == [2, 1])
        #expect(try ids(await routes.ask(.get, "/v1/incidents?state=closed", token: token)) == [4])
        #expect(try await routes.ask(.patch, "/v1/incidents/2", #"{"state":"closed"}"#).status == 200)
        #expect(try ids(await routes.ask(.get, "/v1/incidents?call=c1", token: token)) == [1])
        let again = try await routes.ask(.patch, "/v1/incidents/2", #"{"state":"open"}"#).json
        #expect(again["closed_at"] is NSNull && again["opened_at"] is String)
    }

    @Test func aTemplateIsFilledInWithWhatIsKnown() async throws {
        let (routes, token) = try await call("x")
        let text = "{{customer.name}} 様 {{customer.kana}}/{{operator.number}}/{{case.title}}/{{call.queue}}/{{date}}"
        let made = try await routes.ask(.post, "/v1/templates", #"{"title":"t","text":"\#(text)"}"#)
        #expect(made.status == 201, "\(made.text)")
        func fill(_ body: String, token: String? = nil) async throws -> Answer {
            try await routes.ask(.post, "/v1/templates/1/fill", body, token: token)
        }
        let date = ISO8601DateFormatter.string(
            from: Date(timeIntervalSince1970: Double(routes.clock.now.ms) / 1_000), timeZone: .gmt,
            formatOptions: .withFullDate)
        let byCall = try await fill(#"{"call":"c1"}"#, token: token)
        #expect(byCall.json["text"] as? String == "Hanako Example 様 /101//support/\(date)", "\(byCall.text)")
        #expect(byCall.json["missing"] as? [String] == ["customer.kana", "case.title"])
        let before = try routes.views.all.count
        let byCase = try await fill(#"{"case":1}"#)
        #expect(byCase.json["text"] as? String == "Hanako Example 様 //t//\(date)", "\(byCase.text)")
        #expect(try routes.views.all.dropFirst(before).map(\.customer) == [1], "it shows the customer")
        #expect(try await fill(#"{"customer":1}"#).status == 200)
        #expect(try await fill(#"{"customer":99}"#).status == 404)
        #expect(try await fill(#"{"case":99}"#).status == 404)
        #expect(try await fill("{}").json["text"] as? String == " 様 ////\(date)")
        #expect(try await routes.ask(.post, "/v1/templates/9/fill", "{}").status == 404)
        let fields = try await routes.ask(.get, "/v1/templates/fields", token: token).json["items"] as? [String]
        #expect(fields?.contains("customer.name") == true && fields?.contains("case.due") == true)
    }
}
