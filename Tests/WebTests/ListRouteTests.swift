import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Lists that somebody works through, over HTTP.
@Suite struct ListRouteTests {
    /// Routes with three customers who bought for 100, 200 and 300, and a clock at a Monday noon in UTC.
    private static func routes() async throws -> Routes {
        let routes = try Routes()
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        for (n, name) in ["=Hanako", "Taro", "Jiro"].enumerated() {
            let body = #"{"name":"\#(name)","tier":"\#(n == 2 ? "vip" : "regular")","phones":["03-0000-010\#(n)"]}"#
            #expect(try await routes.ask(.post, "/v1/customers", body).status == 201)
            let bought = #"{"at":"2026-11-0\#(n + 1)","product":"p","amount":"\#(n + 1)00","currency":"JPY"}"#
            let made = try await routes.ask(.post, "/v1/customers/\(n + 1)/purchases", bought)
            #expect(made.status == 201, "\(made.text)")
        }
        return routes
    }

    private static func entries(
        _ routes: Routes, _ list: String, _ query: String = "", token: String? = nil
    ) async throws -> [[String: Any]] {
        let answer = try await routes.ask(.get, "/v1/lists/\(list)/entries?\(query)", token: token)
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["items"] as? [[String: Any]])
    }

    private static func customers(
        _ routes: Routes, _ list: String, _ query: String = "", token: String? = nil
    ) async throws -> [Int] {
        try await entries(routes, list, query, token: token).compactMap { $0["customer"] as? Int }
    }

    private func token(_ routes: Routes, _ who: String) throws -> String {
        try routes.parts.tokens.create(
            role: .operator, name: who, operator: who, source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
    }

    @Test func theBuiltInListsAreThereWithTheirReasons() async throws {
        let routes = try await Self.routes(), token = try routes.token(.operator)
        let all = try await routes.ask(.get, "/v1/lists", token: token)
        #expect(all.status == 200 && all.json["next"] is NSNull && all.json["behind"] as? Int == 0, "\(all.text)")
        let lists = try #require(all.json["items"] as? [[String: Any]])
        let names = lists.compactMap { $0["name"] as? String }
        #expect(names == ["dormant", "expiring", "overdue_purchase", "at_risk", "best"])
        #expect(lists.compactMap { $0["open"] as? Int } == [0, 0, 0, 0, 3])
        let best = try await Self.entries(routes, "best", "limit=2", token: token)
        #expect(best.compactMap { $0["customer"] as? Int } == [3, 2])
        let first = try #require(best.first)
        #expect(first["customer_name"] as? String == "Jiro" && first["tier"] as? String == "vip")
        #expect(first["sorted_by"] as? String == "spend" && first["figure"] as? String == "300")
        #expect(first["owner"] is NSNull && first["claimed_by"] is NSNull)
        let reason = try #require((first["reasons"] as? [[String: Any]])?.first)
        #expect(reason["kind"] as? String == "best" && reason["text"] as? String == "1 purchase, 300 JPY")
        let page = try await routes.ask(.get, "/v1/lists/best/entries?limit=2", token: token).json
        let next = try #require(page["next"] as? String)
        #expect(try await Self.customers(routes, "best", "after=\(next)", token: token) == [1])
        let ja = try await routes.ask(
            .get, "/v1/lists/best", headers: [.acceptLanguage: "ja"], token: token)
        #expect(ja.json["title"] as? String == "優良顧客" && ja.json["kind"] as? String == "builtin")
        // A case that is late is a risk, and a contract that ends is near.
        _ = try await routes.ask(
            .post, "/v1/cases", #"{"customer":2,"title":"t","kind":"promise","due":"2026-11-20T00:00:00Z"}"#)
        let risk = try await Self.entries(routes, "at_risk")
        #expect(risk.compactMap { $0["customer"] as? Int } == [2])
        #expect((risk.first?["reasons"] as? [[String: Any]])?.first?["kind"] as? String == "overdue")
        _ = try await routes.ask(.post, "/v1/customers/1/contracts", #"{"service":"S","expires":"2026-12-01"}"#)
        let ending = try await Self.entries(routes, "expiring", "days=60")
        #expect(ending.first?["expires"] as? String == "2026-12-01" && ending.first?["service"] as? String == "S")
        #expect(try await Self.customers(routes, "expiring", "days=1") == [])
    }

    @Test(arguments: [
        "dormant/entries?sort=name", "best/entries?sort=spend", "best/entries?days=3", "expiring/entries?days=x",
        "best/entries?after=x", "best/entries?format=xml", "best/entries?tier=vip", "best/entries?done=maybe",
        "best/measure", "best/measure?before_from=2026-11-01T00:00:00Z&before_to=2026-10-01T00:00:00Z",
    ]) func aWrongParameterIsNamed(_ path: String) async throws {
        let answer = try await Self.routes().ask(.get, "/v1/lists/\(path)")
        #expect(answer.status == 400 && !answer.detail.isEmpty, "\(answer.text)")
    }

    @Test func aListIsSavedAssignedAndInTheWork() async throws {
        let routes = try await Self.routes(), chief = try routes.token(.supervisor), one = try token(routes, "101")
        let body = #"{"name":"win-back","title":"Win back","of":"best","tier":"regular","assigned_to":"101"}"#
        #expect(try await routes.ask(.post, "/v1/lists", body, token: one).status == 403)
        let made = try await routes.ask(.post, "/v1/lists", body, token: chief)
        #expect(made.status == 201 && made.headers[.eTag] == #""v1""#, "\(made.text)")
        #expect(made.json["open"] as? Int == 2 && made.json["assigned_to"] as? [String] == ["101"])
        #expect(made.json["kind"] as? String == "saved" && made.json["of"] as? String == "best")
        #expect(try await routes.ask(.post, "/v1/lists", body, token: chief).status == 409)
        #expect(try await Self.customers(routes, "win-back", token: one) == [2, 1])
        let work = try await routes.ask(.get, "/v1/work", token: one).json
        let mine = try #require(work["lists"] as? [[String: Any]])
        #expect(mine.compactMap { $0["name"] as? String } == ["win-back"] && mine[0]["open"] as? Int == 2)
        let others = try await routes.ask(.get, "/v1/work", token: token(routes, "102")).json
        #expect((others["lists"] as? [Any])?.isEmpty == true)
        let changed = try await routes.ask(
            .patch, "/v1/lists/win-back", #"{"tier":null,"assigned_to":["102","103"]}"#,
            headers: [.ifMatch: #""v1""#], token: chief)
        #expect(changed.status == 200 && changed.json["version"] as? Int == 2, "\(changed.text)")
        #expect(changed.json["title"] as? String == "Win back" && changed.json["tier"] is NSNull)
        let stale = try await routes.ask(
            .patch, "/v1/lists/win-back", #"{"title":"x"}"#, headers: [.ifMatch: #""v1""#], token: chief)
        #expect(stale.status == 412)
        #expect((stale.json["theirs"] as? [String: Any])?["version"] as? Int == 2)
        let filtered = try await routes.ask(.get, "/v1/lists?assigned_to=103", token: one).json
        #expect((filtered["items"] as? [[String: Any]])?.count == 1)
        let history = try await routes.ask(.get, "/v1/lists/win-back/history", token: chief).json
        let items = try #require(history["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["version"] as? Int } == [2, 1])
        let fields = (items[0]["changes"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String }
        #expect(fields == ["tier", "assigned_to"])
        let back = try await routes.ask(.post, "/v1/lists/win-back/restore", #"{"version":1}"#, token: chief)
        #expect(back.json["tier"] as? String == "regular" && back.json["version"] as? Int == 3)
        #expect(try await routes.ask(.post, "/v1/lists/win-back/restore", #"{"version":9}"#).status == 404)
        #expect(try await routes.ask(.delete, "/v1/lists/win-back", token: one).status == 403)
        #expect(try await routes.ask(.delete, "/v1/lists/win-back", token: chief).status == 204)
        #expect(try await routes.ask(.get, "/v1/lists/win-back", token: chief).status == 404)
        #expect(try await routes.ask(.delete, "/v1/lists/best", token: chief).status == 409, "it is built in")
    }

    @Test(arguments: [
        #"{"name":"A b","of":"best"}"#, #"{"name":"dormant","of":"best"}"#, #"{"name":"x"}"#,
        #"{"name":"x","of":"worst"}"#, #"{"name":"x","of":"best","sort":"spend"}"#, #"{"name":"x","tier":"gold"}"#,
        #"{"name":"x","of":"best","colour":"red"}"#, #"{"name":"x","of":"best","days":9}"#,
        #"{"name":"x","status":"gone"}"#, #"{"name":"x","of":"best","assigned_to":["1","1"]}"#,
        #"{"name":"x","min_spent":5}"#,
    ]) func aWrongListIsRefused(_ body: String) async throws {
        let routes = try await Self.routes(), answer = try await routes.ask(.post, "/v1/lists", body)
        #expect(answer.status == 400 && !answer.detail.isEmpty, "\(answer.text)")
    }

    @Test func anEntryIsClaimedAndWorkedOff() async throws {
        let routes = try await Self.routes(), one = try token(routes, "101"), other = try token(routes, "102")
        let path = "/v1/lists/best/entries/3"
        let claimed = try await routes.ask(.post, path + "/claim", token: one)
        #expect(claimed.status == 200 && claimed.json["claimed_by"] as? String == "101", "\(claimed.text)")
        let refused = try await routes.ask(.post, path + "/claim", token: other)
        #expect(refused.status == 409 && refused.json["claimed_by"] as? String == "101")
        #expect(refused.json["claimed_at"] is String && refused.detail.contains("Operator 101 has had this entry"))
        #expect(try await routes.ask(.post, path + "/release", token: other).status == 409)
        #expect(try await routes.ask(.post, path + "/result", #"{"result":"done"}"#, token: other).status == 409)
        #expect(try await routes.ask(.post, path + "/claim").status == 400, "a program says for whom")
        for body in ["{}", #"{"result":"maybe"}"#, #"{"result":"done","colour":1}"#, #"{"result":null,"note":"x"}"#] {
            #expect(try await routes.ask(.post, path + "/result", body, token: one).status == 400, "\(body)")
        }
        // It falls back.
        routes.clock.advance(by: 1_800_000)
        let late = try await routes.ask(.post, path + "/claim", token: other)
        #expect(late.json["claimed_by"] as? String == "102", "\(late.text)")
        let done = try await routes.ask(
            .post, path + "/result", #"{"result":"reached","note":"Buys again\nin May"}"#, token: other)
        #expect(done.status == 200 && done.json["result"] as? String == "reached", "\(done.text)")
        #expect(done.json["worked_by"] as? String == "102" && done.json["claimed_by"] is NSNull)
        #expect(try await Self.customers(routes, "best", token: one) == [2, 1])
        let worked = try await Self.entries(routes, "best", "done=true", token: one)
        #expect(worked.compactMap { $0["customer"] as? Int } == [3])
        #expect(worked[0]["note"] as? String == "Buys again\nin May")
        #expect(worked[0]["sorted_by"] as? String == "worked_at")
        let list = try await routes.ask(.get, "/v1/lists/best", token: one).json
        #expect(list["done"] as? Int == 1 && (list["results"] as? [String: Any])?["reached"] as? Int == 1)
        // A reason that is past is said so, and putting it back lets it wait again.
        let back = try await routes.ask(.post, path + "/result", #"{"result":null}"#, token: other)
        #expect(back.status == 200 && back.json["result"] is NSNull)
        #expect(try await Self.customers(routes, "best") == [3, 2, 1])
        for wrong in ["best/entries/9", "dormant/entries/3", "x/entries/3"] {
            let answer = try await routes.ask(.post, "/v1/lists/\(wrong)/claim", #"{"operator":"101"}"#)
            #expect(answer.status == 404, "\(wrong)")
        }
    }

    @Test func aTableHasNoFormulasAndIsASupervisors() async throws {
        let routes = try await Self.routes(), supervisor = try routes.token(.supervisor)
        let path = "/v1/lists/best/entries?format=csv"
        #expect(try await routes.ask(.get, path, token: try routes.token(.operator)).status == 403)
        let before = try routes.views.all.count
        let table = try await routes.ask(.get, path, token: supervisor)
        #expect(table.headers[.contentType] == "text/csv; charset=utf-8")
        let lines = table.text.split(separator: "\r\n")
        #expect(lines.count == 4 && lines[0].hasPrefix("\u{FEFF}customer,name,company,number"))
        #expect(lines[3].contains("'=Hanako") && lines[3].contains("03-0000-0100"), "\(lines[3])")
        let views = try routes.views.all.dropFirst(before)
        #expect(views.map(\.customer) == [3, 2, 1] && views.allSatisfy { $0.through == .export })
    }

    @Test func whatTheyShareIsCountedWithoutHiddenFields() async throws {
        let routes = try await Self.routes(), token = try routes.token(.supervisor)
        let body = #"{"name":"top","of":"best","min_spent":"300"}"#
        #expect(try await routes.ask(.post, "/v1/lists", body, token: token).status == 201)
        let found = try await routes.ask(.get, "/v1/lists/top/common", token: token).json
        #expect(found["size"] as? Int == 1 && found["rest_size"] as? Int == 2 && found["sampled"] as? Bool == false)
        let items = try #require(found["items"] as? [[String: Any]])
        #expect(
            items.contains {
                $0["field"] as? String == "tier" && $0["value"] as? String == "vip" && $0["count"] as? Int == 1
                    && $0["rest_count"] as? Int == 0 && $0["share"] as? Double == 1
            })
        #expect(try await routes.ask(.get, "/v1/lists/top/common", token: routes.token(.operator)).status == 403)
        let measured = try await routes.ask(
            .get,
            "/v1/lists/top/measure?before_from=2026-10-01T00:00:00Z&before_to=2026-11-02T00:00:00Z"
                + "&after_from=2026-11-02T00:00:00Z&after_to=2026-12-01T00:00:00Z", token: token)
        #expect(measured.status == 200, "\(measured.text)")
        let list = measured.json["list"] as? [String: [String: Any]], rest = measured.json["rest"]
        #expect(list?["after"]?["purchases"] as? Int == 1 && list?["before"]?["purchases"] as? Int == 0)
        let others = try #require(rest as? [String: [String: Any]])
        #expect(others["before"]?["spent"] as? String == "100" && others["after"]?["spent"] as? String == "200")
        #expect(others["after"]?["customers"] as? Int == 2 && others["after"]?["spent_each"] as? Double == 100)
    }
}
