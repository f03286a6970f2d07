import CallCenter
import HTTPTypes
import Storage
import Testing

@testable import Web

/// The versions of a customer over HTTP: listed, put back, deleted and brought back, each by who may.
@Suite struct VersionTests {
    private func customer(_ routes: Routes) async throws -> String {
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example","custom":{}}"#)
        #expect(made.status == 201)
        return "/v1/customers/\(made.json["id"] as? Int ?? 0)"
    }

    @Test func theHistorySaysWhoChangedWhat() async throws {
        let routes = try Routes(), path = try await customer(routes), token = try routes.token(.supervisor)
        let edit = try await routes.ask(
            .patch, path, #"{"tier":"vip","tags":["a","b"]}"#, headers: [.ifMatch: "*"], token: token)
        #expect(edit.status == 200)
        let history = try await routes.ask(.get, path + "/history")
        let items = history.json["items"] as? [[String: Any]] ?? []
        #expect(items.map { $0["version"] as? Int } == [2, 1])
        #expect(items.map { $0["kind"] as? String } == ["changed", "created"])
        #expect(items.map { $0["through"] as? String } == ["api", "command"])
        let changes = items.first?["changes"] as? [[String: Any]] ?? []
        #expect(changes.map { $0["field"] as? String } == ["tier", "tags"])
        #expect(changes.first?["from"] as? String == "regular" && changes.first?["to"] as? String == "vip")
        #expect(changes.last?["from"] as? [String] == [] && changes.last?["to"] as? [String] == ["a", "b"])
        let page = try await routes.ask(.get, path + "/history?limit=1")
        #expect(page.json["next"] as? String == "2")
        let rest = try await routes.ask(.get, path + "/history?limit=1&after=2")
        #expect((rest.json["items"] as? [[String: Any]])?.first?["version"] as? Int == 1)
        #expect(try await routes.ask(.get, "/v1/customers/99/history").status == 404)
        #expect(try await routes.ask(.get, path + "/history?after=0").status == 400)
    }

    @Test func aVersionIsPutBackByWhoMayChangeTheTier() async throws {
        let routes = try Routes(), path = try await customer(routes), token = try routes.token(.operator)
        _ = try await routes.ask(.patch, path, #"{"company":"A"}"#, headers: [.ifMatch: "*"])
        let back = try await routes.ask(.post, path + "/restore", #"{"version":1}"#, token: token)
        #expect(back.status == 200 && back.headers[.eTag] == "\"v3\"" && back.text.contains(#""company":null"#))
        _ = try await routes.ask(.patch, path, #"{"tier":"vip"}"#, headers: [.ifMatch: "*"])
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":1}"#, token: token).status == 403)
        let stale = try await routes.ask(
            .post, path + "/restore", #"{"version":1}"#, headers: [.ifMatch: "\"v3\""])
        #expect(stale.status == 412)
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":1}"#).status == 200)
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":77}"#).status == 404)
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":0}"#).status == 400)
    }

    @Test func aDeletedCustomerIsGoneAndComesBack() async throws {
        let routes = try Routes(), path = try await customer(routes), token = try routes.token(.operator)
        #expect(try await routes.ask(.delete, path, token: token).status == 403)
        #expect(try await routes.ask(.delete, path, headers: [.ifMatch: "\"v9\""]).status == 412)
        #expect(try await routes.ask(.delete, path, headers: [.ifMatch: "\"v1\""]).status == 204)
        #expect(try await routes.ask(.get, path).status == 404)
        #expect(try await routes.ask(.delete, path).status == 404)
        let gone = try await routes.ask(.get, "/v1/deleted-customers")
        #expect((gone.json["items"] as? [[String: Any]])?.first?["name"] as? String == "Hanako Example")
        #expect(try await routes.ask(.get, path + "/history").json["deleted"] as? Bool == true)
        #expect(try await routes.ask(.post, path + "/undelete").status == 200)
        #expect(try await routes.ask(.get, path).status == 200)
        // A second time it changes nothing.
        #expect(try await routes.ask(.post, path + "/undelete").headers[.eTag] == "\"v3\"")
        #expect(try await routes.ask(.post, "/v1/customers/99/undelete").status == 404)
    }

    @Test func importsAreListedAndUnknownOnesRefused() async throws {
        let routes = try Routes()
        #expect((try await routes.ask(.get, "/v1/imports").json["items"] as? [Any])?.isEmpty == true)
        #expect(try await routes.ask(.get, "/v1/imports/3").status == 404)
        #expect(try await routes.ask(.post, "/v1/imports/3/undo").status == 404)
        #expect(try await routes.ask(.post, "/v1/imports/x/undo").status == 404)
    }
}

/// A list of changes has every version once, whatever its pages end with.
@Suite struct ChangePageTests {
    @Test func twoVersionsOfOneTimeAreOnTwoPages() async throws {
        let routes = try Routes()
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example","custom":{}}"#)
        let path = "/v1/customers/\(made.json["id"] as? Int ?? 0)"
        _ = try await routes.ask(.patch, path, #"{"company":"A"}"#, headers: [.ifMatch: "*"])
        #expect(try await routes.ask(.delete, path).status == 204)
        // The customer is brought back, and another version put back: versions 4 and 5, at one time.
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":1}"#).status == 200)
        for limit in 1...3 {
            var seen: [Int] = [], next: String?
            repeat {
                let page = try await routes.ask(
                    .get, "/v1/audit?kind=change&limit=\(limit)\(next.map { "&after=\($0)" } ?? "")")
                let items = page.json["items"] as? [[String: Any]] ?? []
                #expect(!items.isEmpty)
                seen += items.compactMap { $0["version"] as? Int }
                next = page.json["next"] as? String
            } while next != nil && seen.count < 20
            #expect(seen == [5, 4, 3, 2, 1], "pages of \(limit)")
        }
    }
}

/// Erasing over HTTP: who may, and what is answered. Nobody finishes it in the log here.
@Suite struct EraseRouteTests {
    @Test func anAdministratorErases() async throws {
        let routes = try Routes()
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example","custom":{}}"#)
        let path = "/v1/customers/\(made.json["id"] as? Int ?? 0)"
        for role in [Role.operator, .supervisor, .ingest] {
            #expect(try await routes.ask(.post, path + "/erase", token: routes.token(role)).status == 403)
        }
        #expect(try await routes.ask(.post, "/v1/customers/99/erase").status == 404)
        #expect(try await routes.ask(.post, "/v1/customers/x/erase").status == 404)
        #expect(try await routes.ask(.post, path + "/erase", #"{"reason":"a\nb"}"#).status == 400)
        let token = try routes.token(.admin)
        let answer = try await routes.ask(.post, path + "/erase", #"{"reason":"asked"}"#, token: token)
        #expect(answer.status == 202 && answer.json["state"] as? String == "running")
        #expect(answer.json["already"] as? Bool == false && answer.json["reason"] as? String == "asked")
        #expect((answer.json["erased"] as? [String: Any])?["versions"] as? Int == 1)
        #expect(!answer.text.contains("Hanako"))
        #expect(try await routes.ask(.get, path).status == 404)
        #expect(try await routes.ask(.get, path + "/history").detail.contains("was erased"))
        #expect(try await routes.ask(.post, path + "/erase").json["already"] as? Bool == true)
        let audit = try await routes.ask(.get, "/v1/audit?kind=change")
        let line = (audit.json["items"] as? [[String: Any]])?.first
        #expect(line?["erased"] as? Bool == true && line?["version"] as? Int == 2)
    }
}
