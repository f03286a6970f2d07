import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Purchases, contracts, contacts and notes over HTTP: written, listed, changed, deleted and put back.
@Suite struct ItemRouteTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var path: String
        /// A whole one.
        var body: String
        var change: String
        /// What a new one with the least that it has to have is.
        var least: String

        var testDescription: String { path }
    }

    /// One of each kind, in the order in which `ViewTests` numbers them.
    static let samples = [
        Sample(
            path: "purchases",
            body: #"{"at":"2026-11-20","product":"Coffee machine","quantity":2,"unit_price":"6400","currency":"JPY"}"#,
            change: #"{"state":"shipped"}"#, least: #"{"product":"Filters"}"#),
        Sample(
            path: "contracts",
            body: #"{"service":"Maintenance","amount":"1200.50","currency":"JPY","signed":"2026-03-20","#
                + #""starts":"2026-04-01","expires":"2027-03-31","renews":true}"#,
            change: #"{"expires":"2028-03-31"}"#, least: #"{"service":"Hosting"}"#),
        Sample(
            path: "contacts",
            body: #"{"at":"2026-11-01T09:00:00Z","channel":"visit","direction":"outbound","#
                + #""summary":"It leaks.","duration_ms":1800000,"operator":"102"}"#,
            change: #"{"summary":"A seal is worn."}"#, least: #"{"channel":"letter"}"#),
        Sample(
            path: "notes", body: #"{"text":"Moves in May","seconds":12.5}"#, change: #"{"text":"Moves in June"}"#,
            least: #"{"text":"x"}"#),
    ]

    private func customer(_ routes: Routes) async throws -> String {
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#)
        #expect(made.status == 201)
        return "/v1/customers/\(made.json["id"] as? Int ?? 0)"
    }

    /// The routes with a clock behind the times of the samples.
    private func routes() throws -> Routes {
        let routes = try Routes()
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        return routes
    }

    @Test(arguments: samples) func oneIsWrittenChangedDeletedAndPutBack(_ sample: Sample) async throws {
        let routes = try routes(), path = try await customer(routes) + "/" + sample.path
        let token = try routes.token(.operator)
        let made = try await routes.ask(.post, path, sample.body, token: token)
        #expect(made.status == 201 && made.headers[.eTag] == #""v1""#, "\(made.text)")
        #expect(made.headers[.location] == path + "/1" && made.json["id"] as? Int == 1)
        #expect(made.json["created_by"] as? String == "101" && made.json["version"] as? Int == 1)
        // What was sent is there.
        let sent = try #require(try JSONSerialization.jsonObject(with: Data(sample.body.utf8)) as? [String: NSObject])
        for (name, value) in sent where name != "at" || sample.path != "contacts" {
            #expect(made.json[name] as? NSObject == value, "\(name)")
        }
        let one = path + "/1", shown = try await routes.ask(.get, one, token: token)
        #expect(shown.status == 200 && shown.text == made.text)
        let changed = try await routes.ask(.patch, one, sample.change, headers: [.ifMatch: #""v1""#], token: token)
        #expect(changed.status == 200 && changed.headers[.eTag] == #""v2""#, "\(changed.text)")
        // The same once more makes no version, and nothing else changed.
        #expect(try await routes.ask(.patch, one, sample.change, token: token).headers[.eTag] == #""v2""#)
        let stale = try await routes.ask(.patch, one, sample.change, headers: [.ifMatch: #""v1""#], token: token)
        #expect(stale.status == 412 && (stale.json["theirs"] as? [String: Any])?["version"] as? Int == 2)
        #expect(stale.json["yours"] is [String: Any])
        #expect(try await routes.ask(.delete, one, headers: [.ifMatch: #""v1""#], token: token).status == 412)
        #expect(try await routes.ask(.delete, one, headers: [.ifMatch: #""v2""#], token: token).status == 204)
        for method in [HTTPRequest.Method.get, .patch, .delete] {
            #expect(try await routes.ask(method, one, sample.change, token: token).status == 404, "\(method)")
        }
        #expect((try await routes.ask(.get, path).json["items"] as? [Any])?.isEmpty == true)
        let back = try await routes.ask(.post, one + "/restore", #"{"version":1}"#, token: token)
        #expect(back.status == 200 && back.headers[.eTag] == #""v4""#)
        for (name, value) in made.json where !["version", "updated_at"].contains(name) {
            #expect(back.json[name] as? NSObject == value as? NSObject, "\(name)")
        }
        let history = try await routes.ask(.get, one + "/history", token: token)
        let versions = history.json["items"] as? [[String: Any]] ?? []
        #expect(versions.map { $0["version"] as? Int } == [4, 3, 2, 1])
        #expect(versions.map { $0["kind"] as? String } == ["created", "deleted", "changed", "created"])
        #expect(versions.allSatisfy { $0["by"] as? String == "101" && $0["through"] as? String == "api" })
        let field = try #require(sample.change.firstMatch(of: /"(\w+)"/)?.1)
        #expect((versions[2]["changes"] as? [[String: Any]])?.map { $0["field"] as? String } == [String(field)])
        #expect(history.json["deleted"] as? Bool == false)
        let page = try await routes.ask(.get, one + "/history?limit=2")
        #expect(page.json["next"] as? String == "3")
        #expect(try await routes.ask(.post, one + "/restore", #"{"version":3}"#).status == 404)
        #expect(try await routes.ask(.post, one + "/restore", #"{"version":0}"#).status == 400)
    }

    @Test(arguments: samples) func theLeastIsEnoughAndNothingElseIs(_ sample: Sample) async throws {
        let routes = try routes(), path = try await customer(routes) + "/" + sample.path
        let made = try await routes.ask(.post, path, sample.least)
        #expect(made.status == 201, "\(made.text)")
        for body in ["", "[]", "{}", #"{"nonsense":1}"#, #"{"id":1}"#, sample.body.replacing(":", with: ";")] {
            let refused = try await routes.ask(.post, path, body)
            #expect(refused.status == 400, "\(body): \(refused.text)")
            if body.contains("nonsense") { #expect(refused.detail.contains("nonsense")) }
        }
        #expect(try await routes.ask(.patch, path + "/1", #"{"nonsense":null}"#).status == 400)
        #expect(try await routes.ask(.patch, path + "/1", "{}").headers[.eTag] == #""v1""#)
        for gone in ["/v1/customers/99/\(sample.path)", "/v1/customers/x/\(sample.path)", path + "/9", path + "/x"] {
            #expect(try await routes.ask(.get, gone).status == 404, "\(gone)")
        }
        #expect(try await routes.ask(.post, "/v1/customers/99/\(sample.path)", sample.body).status == 404)
    }

    @Test(arguments: samples) func aListHasPages(_ sample: Sample) async throws {
        let routes = try routes(), path = try await customer(routes) + "/" + sample.path
        for _ in 0..<5 {
            routes.clock.advance(by: 1_000)
            #expect(try await routes.ask(.post, path, sample.least).status == 201)
        }
        var ids: [Int] = [], after = ""
        repeat {
            let page = try await routes.ask(.get, path + "?limit=2" + after)
            #expect(page.status == 200)
            ids += (page.json["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
            after = (page.json["next"] as? String).map { "&after=\($0)" } ?? ""
        } while !after.isEmpty && ids.count < 10
        #expect(ids == [5, 4, 3, 2, 1])
        for bad in ["after=1", "after=x", "after=1.-1", "after=9223372036854775808.1", "limit=0", "limit=1001", "x=1"] {
            #expect(try await routes.ask(.get, path + "?" + bad).status == 400, "\(bad)")
        }
    }

    @Test(arguments: [
        ("purchases", #""quantity":1.5"#, "quantity", "1.5"), ("purchases", #""quantity":"3""#, "quantity", "3"),
        ("purchases", #""amount":"-19.90","currency":"EUR""#, "amount", #""-19.90""#),
        ("purchases", #""quantity":3,"unit_price":"0.10","currency":"EUR""#, "amount", #""0.30""#),
        ("purchases", #""quantity":3,"unit_price":"0.10","amount":null,"currency":"EUR""#, "amount", "null"),
        ("purchases", #""at":"2026-11-20T08:00:00+09:00""#, "at", #""2026-11-19T23:00:00.000Z""#),
        ("purchases", #""order":"""#, "order", "null"), ("contracts", #""renews":false"#, "renews", "false"),
        ("contracts", #""renews":"2027-04-01""#, "renews", #""2027-04-01""#),
        ("contracts", #""expires":"2024-02-29""#, "expires", #""2024-02-29""#),
        ("contacts", #""summary":"a\r\nb""#, "summary", #""a\nb""#),
        ("contacts", #""duration_ms":31622400000"#, "duration_ms", "31622400000"),
        ("notes", #""seconds":0.0004"#, "seconds", "0.0"), ("notes", #""seconds":1.0005"#, "seconds", "1.001"),
    ]) func aValueIsKeptExactly(path: String, member: String, name: String, shown: String) async throws {
        let routes = try routes(), least = try #require(Self.samples.first { $0.path == path }).least
        let made = try await routes.ask(
            .post, try await customer(routes) + "/" + path, least.dropLast() + "," + member + "}")
        #expect(made.status == 201 && made.text.contains("\"\(name)\":\(shown),"), "\(made.text)")
    }

    @Test(arguments: [
        ("purchases", #""amount":"100""#, "currency"), ("purchases", #""unit_price":"1""#, "currency"),
        ("purchases", #""amount":100,"currency":"JPY""#, "amount"),
        ("purchases", #""amount":"1e3","currency":"JPY""#, "amount"),
        ("purchases", #""amount":"1","currency":"jpy""#, "currency"),
        ("purchases", #""amount":"1","currency":"JPYX""#, "currency"),
        ("purchases", #""amount":"1000000000000000","currency":"JPY""#, "amount"),
        ("purchases", #""quantity":-1"#, "quantity"), ("purchases", #""quantity":1e300"#, "quantity"),
        ("purchases", #""quantity":0.0000001"#, "quantity"), ("purchases", #""quantity":true"#, "quantity"),
        ("purchases", #""state":"sold""#, "state"), ("purchases", #""state":null"#, "state"),
        ("purchases", #""at":"2026-02-30""#, "at"), ("purchases", #""at":"yesterday""#, "at"),
        ("purchases", #""at":"20261120""#, "at"), ("purchases", #""order":7"#, "order"),
        ("contracts", #""renews":"sometimes""#, "renews"), ("contracts", #""renews":1"#, "renews"),
        ("contracts", #""starts":"2027-01-01","expires":"2026-12-31""#, "expires"),
        ("contracts", #""amount":"5""#, "currency"), ("contracts", #""signed":{}"#, "signed"),
        ("contacts", #""at":"2026-11-20""#, "at"), ("contacts", #""at":"2099-01-01T00:00:00Z""#, "at"),
        ("contacts", #""direction":"sideways""#, "direction"), ("contacts", #""duration_ms":-1"#, "duration_ms"),
        ("contacts", #""duration_ms":9223372036854775808"#, "duration_ms"),
        ("contacts", #""duration_ms":1.5"#, "duration_ms"),
        ("contacts", #""summary":"\u0007""#, "summary"), ("contacts", #""operator":["101"]"#, "operator"),
        ("notes", #""seconds":-1"#, "seconds"), ("notes", #""seconds":1e300"#, "seconds"),
        ("notes", #""seconds":"5""#, "seconds"), ("notes", #""operator":"102""#, "operator"),
    ]) func aWrongValueIsNamed(path: String, member: String, name: String) async throws {
        let routes = try routes(), least = try #require(Self.samples.first { $0.path == path }).least
        let answer = try await routes.ask(
            .post, try await customer(routes) + "/" + path, least.dropLast() + "," + member + "}")
        #expect(answer.status == 400 && answer.detail.contains(name), "\(answer.text)")
    }

    @Test(arguments: ["note", "purchase", "contract", "", " ", String(repeating: "x", count: 129)])
    func aContactHasAChannelOfItsOwn(channel: String) async throws {
        let routes = try routes(), path = try await customer(routes)
        #expect(try await routes.ask(.post, path + "/contacts", #"{"channel":"\#(channel)"}"#).status == 400)
    }

    @Test func textsAreBounded() async throws {
        let routes = try routes(), path = try await customer(routes)
        func status(_ kind: String, _ name: String, _ count: Int) async throws -> Int {
            let text = String(repeating: "x", count: count), extra = kind == "contacts" ? #","channel":"visit""# : ""
            return try await routes.ask(.post, "\(path)/\(kind)", "{\"\(name)\":\"\(text)\"\(extra)}").status
        }
        for (kind, name, most) in [
            ("purchases", "product", 1_024), ("contracts", "service", 1_024), ("contacts", "summary", 16_384),
            ("notes", "text", 16_384),
        ] {
            #expect(try await status(kind, name, most) == 201, "\(name)")
            #expect(try await status(kind, name, most + 1) == 400, "\(name)")
        }
    }

    @Test func theRecordSaysWhatPurchasesComeTo() async throws {
        let routes = try routes(), path = try await customer(routes)
        let none = try await routes.ask(.get, path).json["purchases"] as? [String: Any]
        #expect(none?["count"] as? Int == 0 && none?["next_expected"] is NSNull)
        for (at, amount, state) in [
            ("2026-09-01", "0.10", "ordered"), ("2026-10-01", "0.20", "shipped"), ("2026-10-31", "99", "returned"),
        ] {
            let made = try await routes.ask(
                .post, path + "/purchases",
                #"{"at":"\#(at)","product":"x","amount":"\#(amount)","currency":"EUR","state":"\#(state)"}"#)
            #expect(made.status == 201)
        }
        let some = try await routes.ask(.get, path)
        #expect(
            some.text.contains(
                #""purchases":{"count":2,"last_at":"2026-10-01","totals":[{"amount":"0.30","currency":"EUR"}],"#
                    + #""frequency_days":30,"next_expected":"2026-10-31"}"#), "\(some.text)")
    }

    @Test func whoChangedWhatIsInTheAudit() async throws {
        let routes = try routes(), path = try await customer(routes), token = try routes.token(.operator)
        for sample in Self.samples {
            _ = try await routes.ask(.post, "\(path)/\(sample.path)", sample.least, token: token)
        }
        _ = try await routes.ask(.delete, path + "/notes/4", token: token)
        for target in ["/v1/audit?kind=change&customer=1", "/v1/audit?kind=change"] {
            let lines = try await routes.ask(.get, target).json["items"] as? [[String: Any]] ?? []
            let fields = lines.map { ($0["fields"] as? [String])?.first ?? "" }
            #expect(
                fields == ["note.text", "note.text", "contact.at", "contract.service", "purchase.at", "name"])
            #expect(lines.dropLast().allSatisfy { $0["by"] as? String == "101" && $0["version"] is NSNull })
        }
        var paged = 0, after = ""
        repeat {
            let page = try await routes.ask(.get, "/v1/audit?kind=change&customer=1&limit=1" + after)
            paged += (page.json["items"] as? [Any])?.count ?? 0
            after = (page.json["next"] as? String).map { "&after=\($0)" } ?? ""
        } while !after.isEmpty && paged < 20
        #expect(paged == 6)
    }

    @Test func theTimelineHasThemAll() async throws {
        let routes = try routes(), path = try await customer(routes), token = try routes.token(.operator)
        _ = try routes.parts.accounts.set(
            "101", role: .operator, name: "Tanaka", password: "long enough", now: routes.clock.now)
        for sample in Self.samples {
            _ = try await routes.ask(.post, "\(path)/\(sample.path)", sample.body, token: token)
        }
        func items(_ query: String) async throws -> [[String: Any]] {
            let answer = try await routes.ask(.get, path + "/timeline" + query)
            #expect(answer.status == 200, "\(answer.text)")
            return answer.json["items"] as? [[String: Any]] ?? []
        }
        let purchase = try #require(try await items("?channel=purchase").first)
        #expect(purchase["at"] as? String == "2026-11-20" && purchase["summary"] as? String == "Coffee machine")
        #expect(purchase["operator_name"] as? String == "Tanaka" && purchase["outcome"] as? String == "ordered")
        #expect((purchase["purchase"] as? [String: Any])?["amount"] as? String == "12800")
        let contract = try await items("?channel=contract")
        #expect(contract.map { $0["outcome"] as? String } == ["started", "signed"], "it has not ended yet")
        #expect(contract.map { $0["at"] as? String } == ["2026-04-01", "2026-03-20"])
        #expect(try await items("?q=coffee").count == 1)
        for bad in ["?after=1", "?after=1.9.1", "?after=a.b.c", "?limit=0", "?chanel=x"] {
            #expect(try await routes.ask(.get, path + "/timeline" + bad).status == 400, "\(bad)")
        }
        #expect(try await routes.ask(.get, "/v1/customers/99/timeline").status == 404)
    }
}
