import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Cases and what somebody has to do, over HTTP.
@Suite struct CaseRouteTests {
    /// Routes with one customer and a clock at a Monday noon in UTC.
    static func routes() async throws -> Routes {
        let routes = try Routes()
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#).status == 201)
        return routes
    }

    static func open(_ routes: Routes, _ body: String, token: String? = nil) async throws -> [String: Any] {
        let made = try await routes.ask(.post, "/v1/cases", body, token: token)
        #expect(made.status == 201, "\(made.text)")
        return made.json
    }

    static func ids(_ routes: Routes, _ query: String, token: String? = nil) async throws -> [Int] {
        let answer = try await routes.ask(.get, "/v1/cases?\(query)", token: token)
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["items"] as? [[String: Any]]).compactMap { $0["id"] as? Int }
    }

    func token(_ routes: Routes, _ who: String) throws -> String {
        try routes.parts.tokens.create(
            role: .operator, name: who, operator: who, source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
    }

    @Test func aComplaintMayNameAnOperator() async throws {
        let routes = try await Self.routes()
        let plain = try await Self.open(routes, #"{"customer":1,"title":"It leaks"}"#)
        #expect(plain["complaint"] as? Bool == false && plain["complaint_about"] is NSNull)
        let made = try await Self.open(
            routes, #"{"customer":1,"title":"Rude","complaint":true,"complaint_about":"101"}"#)
        #expect(made["complaint"] as? Bool == true && made["complaint_about"] as? String == "101")
        for (body, word) in [
            (#"{"customer":1,"title":"x","complaint_about":"101"}"#, "complaint: true"),
            (#"{"customer":1,"title":"x","complaint":"yes"}"#, "true or false"),
            (#"{"customer":1,"title":"x","kind":"promise","complaint":true}"#, "A promise is no complaint"),
        ] {
            let refused = try await routes.ask(.post, "/v1/cases", body)
            #expect(refused.status == 400 && refused.text.contains(word), "\(refused.text)")
        }
        let cleared = try await routes.ask(.patch, "/v1/cases/2", #"{"complaint":false}"#)
        #expect(cleared.json["complaint"] as? Bool == false && cleared.json["complaint_about"] is NSNull)
        let history = try await routes.ask(.get, "/v1/cases/2/history").json
        let changes = (history["items"] as? [[String: Any]])?.first?["changes"] as? [[String: Any]]
        #expect(changes?.compactMap { $0["field"] as? String } == ["complaint", "complaint_about"])
    }

    @Test func aCaseWithOpenPromisesIsNotClosedSilently() async throws {
        let routes = try await Self.routes(), token = try self.token(routes, "101")
        _ = try await Self.open(routes, #"{"customer":1,"title":"Leak"}"#, token: token)
        // The case says whose it is.
        let promise = try await Self.open(
            routes, #"{"case":1,"kind":"promise","title":"Call back","due":"2026-11-24T09:00:00Z"}"#, token: token)
        #expect(promise["customer"] as? Int == 1 && promise["case"] as? Int == 1)
        #expect(promise["kind"] as? String == "promise")
        #expect(try await Self.ids(routes, "case=1", token: token) == [2])
        let whole = try await routes.ask(.get, "/v1/cases/1", token: token).json
        #expect(whole["open_parts"] as? Int == 1 && whole["case"] is NSNull)
        for (method, path, body) in [
            (HTTPRequest.Method.post, "/v1/cases/1/close", "{}"), (.patch, "/v1/cases/1", #"{"phase":"closed"}"#),
        ] {
            let refused = try await routes.ask(method, path, body, token: token)
            let open = try #require(refused.json["open_parts"] as? [[String: Any]], "\(refused.text)")
            #expect(refused.status == 409 && open.compactMap { $0["title"] as? String } == ["Call back"])
        }
        for body in [#"{"parts":"refuse"}"#, #"{"parts":"drop"}"#] {
            #expect(try await routes.ask(.post, "/v1/cases/1/close", body, token: token).status == 400)
        }
        let kept = try await routes.ask(.patch, "/v1/cases/1", #"{"phase":"closed","parts":"keep"}"#, token: token)
        #expect(kept.status == 200 && kept.json["phase"] as? String == "closed")
        #expect(try await routes.ask(.get, "/v1/cases/2", token: token).json["closed_at"] is NSNull)
        let again = try await routes.ask(.post, "/v1/cases/1/reopen", token: token)
        #expect(again.status == 200 && again.json["reopened"] as? Int == 1)
        // What is another operator's is not closed by the way.
        #expect(try await routes.ask(.patch, "/v1/cases/2", #"{"owner":"102"}"#).status == 200)
        let closing = #"{"parts":"close"}"#
        #expect(try await routes.ask(.post, "/v1/cases/1/close", closing, token: token).status == 403)
        #expect(try await routes.ask(.post, "/v1/cases/1/close", closing).status == 200)
        #expect(try await routes.ask(.get, "/v1/cases/2", token: token).json["closed_at"] is String)
    }

    @Test func aTaskIsGivenDoneAndUndone() async throws {
        let routes = try await Self.routes(), mine = try token(routes, "101"), theirs = try token(routes, "102")
        let task = try await Self.open(
            routes, #"{"customer":1,"kind":"task","title":"Ask the maker","owner":"102","due":"2026-11-23T15:00:00Z"}"#,
            token: mine)
        #expect(task["kind"] as? String == "task" && task["phase"] is NSNull && task["created_by"] as? String == "101")
        // It is the colleague's work of today, and the colleague is told once, in a message that is read.
        let work = try await routes.ask(.get, "/v1/work", token: theirs).json
        #expect((work["due"] as? [[String: Any]])?.compactMap { $0["title"] as? String } == ["Ask the maker"])
        let told = try await routes.ask(.get, "/v1/messages?unread=true", token: theirs).json
        let line = try #require((told["items"] as? [[String: Any]])?.first)
        #expect((line["text"] as? String)?.contains("Ask the maker") == true && line["case"] as? Int == 1)
        #expect(try await routes.ask(.get, "/v1/messages?unread=true", token: mine).json["unread"] as? Int == 0)
        #expect(try await routes.ask(.post, "/v1/cases/1/close", token: mine).status == 403)
        let done = try await routes.ask(.post, "/v1/cases/1/close", token: theirs)
        #expect(done.status == 200 && done.json["closed_by"] as? String == "102")
        #expect((try await routes.ask(.get, "/v1/work", token: theirs).json["due"] as? [Any])?.isEmpty == true)
        let undone = try await routes.ask(.post, "/v1/cases/1/reopen", token: theirs)
        #expect(undone.json["closed_at"] is NSNull && undone.json["version"] as? Int == 3)
        #expect(try await routes.ask(.post, "/v1/cases/1/reopen", token: theirs).json["version"] as? Int == 3)
        #expect(try await Self.ids(routes, "kind=task", token: theirs) == [1])
        for (body, status) in [
            (#"{"customer":1,"kind":"task","title":"x","case":1}"#, 422),
            (#"{"customer":1,"kind":"case","title":"x","case":1}"#, 400),
            (#"{"kind":"task","title":"x","case":77}"#, 422), (#"{"kind":"task","title":"x"}"#, 400),
            (#"{"customer":1,"kind":"task","title":"x","case":"1"}"#, 400),
            (#"{"customer":1,"kind":"task","title":"x","complaint":true}"#, 400),
            (#"{"customer":1,"kind":"errand","title":"x"}"#, 400),
        ] {
            let answer = try await routes.ask(.post, "/v1/cases", body, token: mine)
            #expect(answer.status == status, "\(body): \(answer.text)")
        }
    }

    @Test func aCaseGoesThroughItsPhases() async throws {
        let routes = try await Self.routes(), token = try routes.token(.operator)
        let made = try await Self.open(
            routes, #"{"customer":1,"title":"水漏れ","came_by":"phone","calls":["c1"],"contacts":[]}"#, token: token)
        #expect(made["phase"] as? String == "受付" && made["owner"] as? String == "101")
        #expect(made["kind"] as? String == "case" && made["priority"] as? String == "normal")
        routes.clock.advance(by: 60_000)
        let changed = try await routes.ask(
            .patch, "/v1/cases/1", #"{"phase":"調査","progress":30,"next_step":"電話","priority":"high","waiting":true}"#,
            headers: [.ifMatch: #""v1""#], token: token)
        #expect(changed.status == 200 && changed.headers[.eTag] == #""v2""#, "\(changed.text)")
        #expect(changed.json["response_ms"] as? Int == 60_000 && changed.json["waiting"] as? Bool == true)
        #expect(changed.json["calls"] as? [String] == ["c1"], "what is absent stays")
        let refused = try await routes.ask(
            .patch, "/v1/cases/1", #"{"title":"x"}"#, headers: [.ifMatch: #""v1""#], token: token)
        #expect(refused.status == 412)
        #expect((refused.json["theirs"] as? [String: Any])?["progress"] as? Int == 30)
        #expect((refused.json["yours"] as? [String: Any])?["title"] as? String == "x")
        #expect(try await Self.ids(routes, "phase=%E8%AA%BF%E6%9F%BB", token: token) == [1])
        #expect(try await Self.ids(routes, "waiting=true", token: token) == [1])
        // Closed, and opened again.
        let closed = try await routes.ask(.patch, "/v1/cases/1", #"{"phase":"closed"}"#, token: token)
        #expect(closed.json["phase"] as? String == "closed" && closed.json["closed_by"] as? String == "101")
        #expect(try await Self.ids(routes, "phase=closed", token: token) == [1])
        #expect(try await Self.ids(routes, "", token: token) == [])
        let again = try await routes.ask(.patch, "/v1/cases/1", #"{"phase":"提案"}"#, token: token)
        #expect(again.json["phase"] as? String == "提案" && again.json["reopened"] as? Int == 1)
        #expect(again.json["closed_at"] is NSNull)
        // The versions say who and what.
        let history = try await routes.ask(.get, "/v1/cases/1/history?limit=3", token: token).json
        let items = try #require(history["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["version"] as? Int } == [4, 3, 2] && history["next"] as? String == "2")
        let changes = try #require(items.last?["changes"] as? [[String: Any]])
        #expect(changes.contains { $0["field"] as? String == "phase" && $0["to"] as? String == "調査" })
        let back = try await routes.ask(.post, "/v1/cases/1/restore", #"{"version":2}"#, token: token)
        #expect(back.json["phase"] as? String == "調査" && back.json["version"] as? Int == 5)
    }

    @Test(arguments: [
        (#"{"title":"x"}"#, "customer"), (#"{"customer":1}"#, "title"), (#"{"customer":1,"title":" "}"#, "title"),
        (#"{"customer":1,"title":"x","phase":"nowhere"}"#, "phase is one of 受付, 調査, 提案, 契約, closed"),
        (#"{"customer":1,"title":"x","progress":101}"#, "progress"),
        (#"{"customer":1,"title":"x","priority":"huge"}"#, "priority is low, normal, high, urgent"),
        (#"{"customer":1,"title":"x","due":"tomorrow"}"#, "due is a time"),
        (#"{"customer":1,"title":"x","kind":"promise","phase":"調査"}"#, "A promise has no phase"),
        (#"{"customer":1,"title":"x","colour":"red"}"#, "colour is no field of a case"),
        (#"{"customer":1,"title":"x","calls":[1]}"#, "calls is a list"),
        (#"{"customer":1,"title":"x","contacts":["a"]}"#, "contacts is a list"),
        (#"{"customer":1,"title":"x","waiting":"yes"}"#, "waiting is true or false"),
        (#"{"customer":1,"title":"x","due_in_ms":-1}"#, "due_in_ms"),
    ]) func whatIsWrongSaysWhatToSend(body: String, advice: String) async throws {
        let routes = try await Self.routes()
        let answer = try await routes.ask(.post, "/v1/cases", body)
        #expect(answer.status == 400 && answer.detail.contains(advice), "\(answer.text)")
    }

    @Test func delaysAreListsWithNumbers() async throws {
        let routes = try await Self.routes()
        func body(_ more: String) -> String { #"{"customer":1,"title":"x"\#(more)}"# }
        _ = try await Self.open(routes, body(#","owner":"101","due":"2026-11-23T00:10:00Z""#))
        _ = try await Self.open(routes, body(#","owner":"102""#))
        _ = try await Self.open(routes, body(""))
        _ = try await Self.open(routes, body(#","owner":"101","kind":"promise","due_in_ms":7200000"#))
        routes.clock.advance(by: 3 * 86_400_000 + 1)
        #expect(try await Self.ids(routes, "overdue=true") == [1, 4])
        #expect(try await Self.ids(routes, "stalled=true") == [1, 2, 3])
        #expect(try await Self.ids(routes, "unowned=true") == [3])
        #expect(try await Self.ids(routes, "stalled=true&unowned=true") == [3])
        let counts = try await routes.ask(.get, "/v1/cases/counts").json
        #expect(counts["open"] as? Int == 4 && counts["overdue"] as? Int == 2 && counts["stalled"] as? Int == 3)
        let kinds = try #require(counts["by_kind"] as? [String: [String: Int]])
        #expect(kinds["case"]?["overdue"] == 1 && kinds["case"]?["open"] == 3 && kinds["case"]?["stalled"] == 3)
        #expect(kinds["promise"] == [
            "open": 1, "overdue": 1, "at_risk": 0, "stalled": 0, "unowned": 0, "waiting": 0])
        #expect(kinds["task"]?.values.reduce(0, +) == 0)
        #expect(try await Self.ids(routes, "overdue=true&kind=promise") == [4], "the list behind the number")
        let metrics = try await routes.ask(.get, "/metrics", token: routes.token(.supervisor)).text
        #expect(metrics.contains(#"screenpop_cases{state="overdue"} 2"#))
        #expect(metrics.contains(#"screenpop_cases_by_kind{kind="promise",state="overdue"} 1"#))
        #expect(metrics.contains(#"screenpop_cases_by_kind{kind="promise",state="at_risk"} 0"#))
        let work = try await routes.ask(.get, "/v1/work?operator=101").json
        let mine = try #require((work["counts"] as? [String: Any])?["by_kind"] as? [String: [String: Int]])
        #expect(mine["promise"]?["overdue"] == 1 && mine["case"]?["open"] == 1 && mine["task"]?["open"] == 0)
        #expect((counts["by_owner"] as? [String: Int]) == ["101": 2, "102": 1])
        #expect((counts["by_phase"] as? [String: Int]) == ["受付": 3, "調査": 0, "提案": 0, "契約": 0])
        // Page by page.
        let page = try await routes.ask(.get, "/v1/cases?limit=3").json
        let next = try #require(page["next"] as? String)
        #expect(try await Self.ids(routes, "limit=3&after=\(next)").count == 1)
        #expect(try await routes.ask(.get, "/v1/cases?after=x").status == 400)
        #expect(try await routes.ask(.get, "/v1/cases?overdu=true").status == 400)
        let one = try await routes.ask(.get, "/v1/cases/1").json
        #expect(one["overdue"] as? Bool == true && one["stalled"] as? Bool == true)
    }

    @Test func whatSomebodyHasNobodyElseGets() async throws {
        let routes = try await Self.routes()
        _ = try await Self.open(routes, #"{"customer":1,"title":"x"}"#)
        let tokens = try (101...108).map { try token(routes, "\($0)") }
        var answers: [Answer] = []
        for token in tokens { answers.append(try await routes.ask(.post, "/v1/cases/1/claim", token: token)) }
        let winners = answers.filter { $0.status == 200 }, losers = answers.filter { $0.status == 409 }
        #expect(winners.count == 1 && losers.count == 7)
        let holder = try #require(winners.first?.json["claimed_by"] as? String)
        for one in losers {
            #expect(one.json["claimed_by"] as? String == holder && one.detail.contains("Operator \(holder) has had"))
            #expect(one.json["claimed_at"] is String)
        }
        // It falls back after a time, and is released by whom it is.
        let other = try token(routes, holder == "101" ? "102" : "101")
        #expect(try await routes.ask(.post, "/v1/cases/1/release", token: other).status == 409)
        routes.clock.advance(by: 1_800_000)
        #expect(try await routes.ask(.get, "/v1/cases/1").json["claimed_by"] is NSNull)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: other).status == 200)
        #expect(try await routes.ask(.post, "/v1/cases/1/release", token: other).json["claimed_by"] is NSNull)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim").status == 400, "a program says for whom")
    }

    /// A claim is more than a sign: of a case that is nobody's, only who has claimed it changes it.
    @Test func whatAColleagueHasClaimedIsLeftAlone() async throws {
        let routes = try await Self.routes(), one = try token(routes, "101"), other = try token(routes, "102")
        _ = try await Self.open(routes, #"{"customer":1,"title":"x"}"#)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: one).status == 200)
        for (path, body) in [
            ("/v1/cases/1/close", ""), ("/v1/cases/1/handover", #"{"to":"103"}"#),
        ] {
            let refused = try await routes.ask(.post, path, body, token: other)
            #expect(refused.status == 409 && refused.json["claimed_by"] as? String == "101", "\(refused.text)")
        }
        let refused = try await routes.ask(.patch, "/v1/cases/1", #"{"progress":5}"#, token: other)
        #expect(refused.status == 409 && refused.json["claimed_by"] as? String == "101", "\(refused.text)")
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":5}"#, token: one).status == 200)
        // A supervisor changes whatever it is.
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":6}"#).status == 200)
        routes.clock.advance(by: 1_800_000)
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":7}"#, token: other).status == 200)
    }

    /// What goes back is kept for whoever offered it and was not there.
    @Test func aHandoverThatGoesBackIsAMessageThatIsKept() async throws {
        let routes = try await Self.routes(), one = try token(routes, "101"), other = try token(routes, "102")
        _ = try await Self.open(routes, #"{"customer":1,"title":"x"}"#, token: one)
        _ = try await routes.ask(.post, "/v1/cases/1/handover", #"{"to":"102","note":"soon"}"#, token: one)
        let note = try await routes.ask(.post, "/v1/cases/1/decline", #"{"note":"a\u0007"}"#, token: other)
        #expect(note.status == 400, "\(note.text)")
        let declined = try await routes.ask(.post, "/v1/cases/1/decline", #"{"note":"away"}"#, token: other)
        #expect(declined.status == 200, "\(declined.text)")
        for (token, end) in [(other, "x: soon"), (one, "x: away")] {
            let page = try await routes.ask(.get, "/v1/messages", token: token).json
            let texts = (page["items"] as? [[String: Any]])?.compactMap { one -> String? in
                one["case"] as? Int == 1 ? one["text"] as? String : nil
            }
            #expect(texts?.contains { $0.hasSuffix(": \(end)") } == true, "\(texts ?? [])")
        }
    }

    @Test func aHandoverIsAcceptedOrGoesBack() async throws {
        let routes = try await Self.routes(), one = try token(routes, "101"), other = try token(routes, "102")
        _ = try await Self.open(routes, #"{"customer":1,"title":"x"}"#, token: one)
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"title":"y"}"#, token: other).status == 403)
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"owner":"102"}"#, token: one).status == 403)
        let path = "/v1/cases/1/handover"
        #expect(try await routes.ask(.post, path, #"{"to":"101"}"#, token: one).status == 409)
        let offered = try await routes.ask(.post, path, #"{"to":"102","note":"急ぎ"}"#, token: one)
        #expect((offered.json["handover"] as? [String: Any])?["note"] as? String == "急ぎ", "\(offered.text)")
        #expect(offered.json["owner"] as? String == "101")
        #expect(try await Self.ids(routes, "handed_to=102", token: other) == [1])
        #expect(try await routes.ask(.post, "/v1/cases/1/accept", token: one).status == 409)
        #expect(try await routes.ask(.post, "/v1/cases/1/decline", token: other).json["handover"] is NSNull)
        #expect(try await routes.ask(.post, "/v1/cases/1/accept", token: other).status == 409)
        _ = try await routes.ask(.post, path, #"{"to":"102","note":"お願い"}"#, token: one)
        let accepted = try await routes.ask(.post, "/v1/cases/1/accept", token: other)
        #expect(accepted.json["owner"] as? String == "102")
        let owners = try #require(
            try await routes.ask(.get, "/v1/cases/1", token: other).json["owners"] as? [[String: Any]])
        #expect(owners.compactMap { $0["owner"] as? String } == ["101", "102"])
        #expect(owners.last?["note"] as? String == "お願い" && owners.last?["by"] as? String == "102")
        // The colleague's is not one's own any more, but whoever claims it may work on it.
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":5}"#, token: one).status == 403)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: one).status == 200)
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":5}"#, token: one).status == 200)
    }

    @Test func workIsInOrderAndTheNextIsClaimed() async throws {
        let routes = try await Self.routes(), one = try token(routes, "101"), other = try token(routes, "102")
        let now = routes.clock.now.ms
        func due(_ hours: Int64) -> String {
            ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(now / 1_000 + hours * 3_600)))
        }
        func body(_ title: String, _ more: String) -> String { #"{"customer":1,"title":"\#(title)"\#(more)}"# }
        _ = try await Self.open(routes, body("later", #","due":"\#(due(72))""#), token: one)
        _ = try await Self.open(routes, body("today", #","kind":"promise","due":"\#(due(2))""#), token: one)
        _ = try await Self.open(routes, body("late", #","due":"\#(due(-1))""#), token: one)
        _ = try await Self.open(routes, body("waits", #","waiting":true"#), token: one)
        _ = try await Self.open(routes, body("nobody's", #","priority":"high""#))
        let work = try await routes.ask(.get, "/v1/work", token: one).json
        func titles(_ name: String) -> [String] {
            (work[name] as? [[String: Any]] ?? []).compactMap { $0["title"] as? String }
        }
        #expect(titles("due") == ["late", "today"] && titles("cases") == ["later", "waits"])
        let counts = try #require(work["counts"] as? [String: Any])
        #expect(["overdue", "today", "unowned", "waiting"].allSatisfy { counts[$0] as? Int == 1 }, "\(counts)")
        #expect((work["lists"] as? [Any])?.isEmpty == true && (work["callbacks"] as? [Any])?.isEmpty == true)
        // One after the other; each is claimed, and what waits for the customer is left alone.
        var picked: [String] = []
        for _ in 0..<4 {
            let next = try await routes.ask(.post, "/v1/work/next", token: one)
            #expect(next.status == 200, "\(next.text)")
            let found = try #require(next.json["case"] as? [String: Any])
            #expect(found["claimed_by"] as? String == "101" && next.json["callback"] is NSNull)
            picked.append(try #require(found["title"] as? String))
        }
        #expect(picked == ["late", "today", "nobody's", "later"])
        let hand = try await routes.ask(.get, "/v1/work", token: one).json["cases"] as? [[String: Any]] ?? []
        #expect(hand.contains { $0["title"] as? String == "nobody's" }, "what is claimed is one's work")
        #expect(try await routes.ask(.post, "/v1/work/next", token: one).status == 404)
        #expect(try await routes.ask(.post, "/v1/work/next", token: other).status == 404, "it is claimed")
        #expect(try await routes.ask(.get, "/v1/work?operator=101", token: other).status == 403)
        #expect(try await routes.ask(.get, "/v1/work").status == 400)
        #expect(try await routes.ask(.get, "/v1/work?operator=101").json["operator"] as? String == "101")
    }

    @Test func aCallbackIsPickedBeforeWhatIsDueToday() async throws {
        let (routes, _) = try await ViewTests.centre(), token = try routes.token(.operator)
        let next = try await routes.ask(.post, "/v1/work/next", token: token)
        #expect(next.json["kind"] as? String == "callback", "\(next.text)")
        #expect((next.json["callback"] as? [String: Any])?["claimed_by"] as? String == "101")
        let work = try await routes.ask(.get, "/v1/work", token: token).json
        #expect((work["callbacks"] as? [[String: Any]])?.first?["claimed_by"] as? String == "101")
        let other = try await routes.ask(.get, "/v1/work?operator=102").json
        #expect((other["callbacks"] as? [Any])?.isEmpty == true, "it is somebody else's")
    }

    @Test func aRuleIsTriedOnThePast() async throws {
        let routes = try await Self.routes()
        _ = try await Self.open(routes, #"{"customer":1,"title":"x","owner":"101"}"#)
        _ = try await Self.open(routes, #"{"customer":1,"title":"y","owner":"101","waiting":true}"#)
        routes.clock.advance(by: 86_400_000)
        _ = try await routes.ask(.patch, "/v1/cases/1", #"{"progress":10}"#)
        routes.clock.advance(by: 5 * 86_400_000)
        let answer = try await routes.ask(.get, "/v1/escalations/try?when=no_progress&after_ms=43200000")
        #expect(answer.status == 200, "\(answer.text)")
        let rule = try #require((answer.json["items"] as? [[String: Any]])?.first)
        #expect(rule["fired"] as? Int == 2 && answer.json["cases"] as? Int == 2)
        let firings = try #require(rule["firings"] as? [[String: Any]])
        #expect(firings.compactMap { $0["case"] as? Int } == [1, 1])
        // Only the days that are asked for; and of other rules none.
        let recent = try await routes.ask(.get, "/v1/escalations/try?when=no_progress&after_ms=43200000&days=5")
        #expect((recent.json["items"] as? [[String: Any]])?.first?["fired"] as? Int == 1)
        let promises = try await routes.ask(.get, "/v1/escalations/try?when=no_progress&kind=promise")
        #expect((promises.json["items"] as? [[String: Any]])?.first?["fired"] as? Int == 0)
        #expect(try await routes.ask(.get, "/v1/escalations/try?when=late").status == 400)
        #expect((try await routes.ask(.get, "/v1/escalations").json["items"] as? [Any])?.isEmpty == true)
        let token = try routes.token(.operator)
        #expect(try await routes.ask(.get, "/v1/escalations/try", token: token).status == 403)
    }
}
