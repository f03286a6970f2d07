import CallCenter
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Web

/// `/v1/audit`: who may ask, what is answered, and how views and changes are one list.
@Suite struct AuditTests {
    private func items(_ answer: Answer) -> [[String: Any]] { answer.json["items"] as? [[String: Any]] ?? [] }

    /// Three views of two customers: by 101, by a program of this machine, and an export by a token of an admin.
    private func seen(_ changes: ChangeLines = .none) async throws -> (routes: Routes, admin: String) {
        let routes = try Routes(changes: changes)
        for name in ["A", "B"] { _ = try await routes.ask(.post, "/v1/customers", #"{"name":"\#(name)"}"#) }
        let admin = try routes.token(.admin)
        routes.clock.advance(by: 1_000)
        _ = try await routes.ask(.get, "/v1/customers/1", token: routes.token(.operator))
        routes.clock.advance(by: 1_000)
        _ = try await routes.ask(.get, "/v1/customers/2")
        routes.clock.advance(by: 1_000)
        _ = try await routes.ask(.get, "/v1/customers/export", token: admin)
        return (routes, admin)
    }

    @Test(arguments: ["/v1/audit", "/v1/audit/verify", "/v1/customers/1/views"])
    func onlyAnAdministratorMayAsk(target: String) async throws {
        let routes = try Routes()
        for role in [Role.operator, .supervisor, .ingest] {
            #expect(try await routes.ask(.get, target, token: routes.token(role)).status == 403)
        }
        #expect(try await routes.ask(.get, target, token: "").status == 401)
        #expect(try await routes.ask(.get, target, token: routes.token(.admin)).status == 200)
        #expect(try await routes.ask(.get, target).status == 200)
    }

    @Test func theNewestViewsAreFirst() async throws {
        let (routes, admin) = try await seen()
        let all = items(try await routes.ask(.get, "/v1/audit", token: admin))
        #expect(all.map { $0["through"] as? String } == ["export", "command", "api", "command", "command"])
        #expect(all.map { $0["customer"] as? Int } == [nil, 2, 1, 2, 1])
        #expect(all.map { $0["everybody"] as? Bool } == [true, false, false, false, false])
        #expect(all.allSatisfy { $0["kind"] as? String == "view" })
        #expect(all[0]["by_kind"] as? String == "token" && all[0]["by_name"] as? String == "t")
        #expect(all[1]["by"] as? String == "local" && all[1]["by_kind"] as? String == "local")
        #expect(all[2]["by"] as? String == "101" && all[2]["by_kind"] as? String == "operator")
        #expect(all[2]["at"] as? String == "2026-11-23T00:00:01.000Z")
        #expect(!all.description.contains("\"A\""), "no names of customers")
    }

    @Test(arguments: [
        ("by=101", 1), ("by=local", 3), ("by=t", 1), ("by=nobody", 0), ("customer=1", 3), ("customer=2", 3),
        ("customer=3", 1), ("customer=1&by=101", 1), ("from=2026-11-23T00:00:02Z", 2), ("to=2026-11-23T00:00:01Z", 2),
        ("from=2026-11-23T00:00:01Z&to=2026-11-23T00:00:02Z", 1), ("kind=change", 0), ("kind=view&limit=2", 2),
    ]) func isFiltered(query: String, count: Int) async throws {
        let (routes, admin) = try await seen()
        let answer = try await routes.ask(.get, "/v1/audit?\(query)", token: admin)
        #expect(answer.status == 200 && items(answer).count == count, "\(answer.text)")
    }

    @Test(arguments: [
        "/v1/audit?limit=0", "/v1/audit?limit=1001", "/v1/audit?after=x", "/v1/audit?after=1.-2", "/v1/audit?who=101",
        "/v1/audit?kind=look", "/v1/audit?customer=x", "/v1/audit?from=today", "/v1/customers/1/views?by=101",
        "/v1/audit/verify?expect=abc", "/v1/audit/verify?expect=ghijklmnopqrstuvw",
    ]) func whatIsNoneIsRefused(target: String) async throws {
        let answer = try await Routes().ask(.get, target)
        #expect(answer.status == 400 && !answer.detail.isEmpty, "\(answer.text)")
    }

    @Test func aCustomersViewsAreListedPageByPageAndAlsoWithoutARecord() async throws {
        let (routes, admin) = try await seen()
        var lines: [[String: Any]] = [], next: String? = ""
        repeat {
            let after = next.map { $0.isEmpty ? "" : "&after=\($0)" } ?? ""
            let answer = try await routes.ask(.get, "/v1/customers/1/views?limit=1\(after)", token: admin)
            lines += items(answer)
            next = answer.json["next"] as? String
        } while next != nil && lines.count < 10
        #expect(lines.map { $0["through"] as? String } == ["export", "api", "command"])
        #expect(lines.allSatisfy { $0["customer"] as? Int == 1 })
        // The record may be gone: an export may have had it.
        let gone = items(try await routes.ask(.get, "/v1/customers/99/views", token: admin))
        #expect(gone.map { $0["everybody"] as? Bool } == [true])
        #expect(try await routes.ask(.get, "/v1/customers/0/views").status == 404)
        #expect(try await routes.ask(.get, "/v1/customers/x/views").status == 404)
    }

    @Test func theChainIsCheckedOverTheInterface() async throws {
        let (routes, admin) = try await seen()
        let verdict = try await routes.ask(.get, "/v1/audit/verify", token: admin).json
        #expect(verdict["intact"] as? Bool == true && verdict["entries"] as? Int == 5)
        let hash = try #require(verdict["hash"] as? String)
        #expect(hash.count == 64)
        _ = try await routes.ask(.get, "/v1/customers/1", token: admin)
        let later = try await routes.ask(.get, "/v1/audit/verify?expect=\(hash.prefix(16))", token: admin).json
        #expect(later["intact"] as? Bool == true && later["last"] as? Int == 6)
        let other = String(repeating: "0", count: 64)
        let missing = try await routes.ask(.get, "/v1/audit/verify?expect=\(other)", token: admin).json
        let faults = missing["faults"] as? [[String: Any]] ?? []
        #expect(missing["intact"] as? Bool == false && faults.map { $0["kind"] as? String } == ["expected"])
    }

    // MARK: Views and changes

    private static func change(_ place: Int64, at ms: Int64) -> ChangeLines.Line {
        ChangeLines.Line(
            place: place, at: Timestamp(ms: ms), by: "101", through: "desk", customer: 1, version: place,
            fields: ["name"])
    }

    @Test func changesStandAmongTheViews() async throws {
        let asked = Mutexed<[ChangeLines.Asked]>([])
        let time = TestClock().now
        let (routes, admin) = try await seen(
            ChangeLines { question in
                asked.change { $0.append(question) }
                return [Self.change(7, at: time.ms + 1_500), Self.change(6, at: time.ms + 500)]
            })
        let answer = try await routes.ask(.get, "/v1/audit?by=t&customer=1&limit=5", token: admin)
        #expect(items(answer).map { $0["kind"] as? String } == ["view", "change", "change"])
        #expect(items(answer)[1]["fields"] as? [String] == ["name"] && items(answer)[1]["version"] as? Int == 7)
        let question = try #require(asked.value.first)
        let id = try #require(routes.parts.tokens.list().first { $0.role == .admin }?.id)
        #expect(question.by?.isSuperset(of: ["t", id]) == true && question.customer == 1)
        #expect(question.limit == 6 && question.below == nil)
        _ = try await routes.ask(.get, "/v1/audit?kind=view", token: admin)
        #expect(asked.value.count == 1)
        let only = items(try await routes.ask(.get, "/v1/audit?kind=change&after=.7", token: admin))
        #expect(only.count == 2 && asked.value.last?.below == 7)
    }

    @Test func changesOfCasesAreListed() async throws {
        let routes = try Routes(), admin = try routes.token(.admin)
        _ = try await routes.ask(.post, "/v1/customers", #"{"name":"A"}"#)
        routes.clock.advance(by: 1_000)
        _ = try await routes.ask(.post, "/v1/cases", #"{"customer":1,"title":"It leaks"}"#)
        routes.clock.advance(by: 1_000)
        let changed = try await routes.ask(
            .patch, "/v1/cases/1", #"{"priority":"high"}"#, token: routes.token(.operator))
        #expect(changed.status == 200, "\(changed.text)")
        for query in ["kind=change", "kind=change&customer=1"] {
            var all: [[String: Any]] = [], after = ""
            repeat {
                let page = try await routes.ask(.get, "/v1/audit?\(query)&limit=1\(after)", token: admin)
                all += items(page)
                after = (page.json["next"] as? String).map { "&after=\($0)" } ?? ""
            } while !after.isEmpty && all.count < 9
            #expect(all.count == 3, "\(all)")
            #expect(all.first?["fields"] as? [String] == ["case.priority"] && all.first?["by"] as? String == "101")
            #expect((all.dropFirst().first?["fields"] as? [String])?.contains("case.title") == true)
            #expect((all.last?["fields"] as? [String])?.contains("name") == true, "\(all)")
        }
        let by = items(try await routes.ask(.get, "/v1/audit?kind=change&by=101", token: admin))
        #expect(by.count == 1)
    }

    private static func views(_ all: [(seq: Int64, at: Int64)], next: Int64? = nil, reached: Int64? = nil) -> ViewPage {
        var page = ViewPage()
        page.lines = all.map { seq, at in
            ViewPage.Line(
                seq: seq,
                view: RecordView(at: Timestamp(ms: at), by: .operator("101"), through: .pop, customer: 1))
        }
        page.next = next
        page.reached = reached.map { Timestamp(ms: $0) }
        return page
    }

    struct Merge: Sendable {
        var views: ViewPage
        var changes: [(place: Int64, at: Int64)]
        var limit: Int
        /// `v3` for the view with position 3, `c7` for the change at place 7.
        var lines: [String]
        var next: String?
    }

    static let merges: [Merge] = [
        Merge(views: views([]), changes: [], limit: 3, lines: [], next: nil),
        Merge(
            views: views([(3, 30), (2, 20)]), changes: [(7, 25), (6, 5)], limit: 9, lines: ["v3", "c7", "v2", "c6"],
            next: nil),
        Merge(views: views([(3, 30), (2, 20)]), changes: [(7, 25), (6, 5)], limit: 2, lines: ["v3", "c7"], next: "3.7"),
        Merge(views: views([(3, 30)]), changes: [(7, 30)], limit: 1, lines: ["v3"], next: "3."),
        Merge(views: views([]), changes: [(7, 30), (6, 20)], limit: 1, lines: ["c7"], next: ".7"),
        // The page of views is full: what is older is not known yet.
        Merge(
            views: views([(9, 90), (8, 80)], next: 8, reached: 80), changes: [(7, 85), (6, 10)], limit: 5,
            lines: ["v9", "c7", "v8"], next: "8.7"),
        // A search that looked at much and found nothing: changes behind the place that it reached have to wait.
        Merge(
            views: views([], next: 50, reached: 500), changes: [(7, 600), (6, 400)], limit: 5, lines: ["c7"],
            next: "50.7"),
    ]

    @Test(arguments: merges) func areMergedByTime(_ one: Merge) {
        let page = AuditLines.merged(
            one.views, one.changes.map { Self.change($0.place, at: $0.at) }, after: .newest, limit: one.limit)
        let lines = page.lines.map { line in
            switch line {
            case .view(let view): "v\(view.seq)"
            case .change(let change): "c\(change.place)"
            }
        }
        #expect(lines == one.lines)
        #expect(page.next?.text == one.next)
        if let next = page.next { #expect(AuditCursor(next.text) == next) }
    }
}

extension ChangeLines {
    /// Where nothing was ever changed.
    static let none = ChangeLines { _ in [] }
}
