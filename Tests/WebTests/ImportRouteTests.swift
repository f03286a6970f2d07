import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Files of what belongs to customers, over HTTP.
@Suite struct ImportRouteTests {
    /// Two customers, and a clock at a Monday noon in UTC.
    private static func routes() async throws -> Routes {
        let routes = try Routes()
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        for body in [
            #"{"name":"Hanako Example","external_id":"C1","phones":["03-0000-0101"]}"#, #"{"name":"Taro Example"}"#,
        ] { #expect(try await routes.ask(.post, "/v1/customers", body).status == 201) }
        return routes
    }

    /// The report at the end of the answer.
    private static func load(_ routes: Routes, _ query: String, _ file: String) async throws -> [String: Any] {
        let answer = try await routes.ask(.post, "/v1/imports?\(query)", file, token: routes.token(.admin))
        #expect(answer.status == 200, "\(answer.text)")
        let last = try #require(answer.text.split(separator: "\n").last)
        let line = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        return try #require(line?["report"] as? [String: Any], "\(last)")
    }

    @Test func eachKindIsImportedExportedAndUndone() async throws {
        let routes = try await Self.routes(), admin = try routes.token(.admin)
        for (kind, columns, row) in [
            ("purchases", "external_id,at,product,amount", "C1,2026-11-20,Lamp,12800"),
            ("contracts", "external_id,service,expires", "C1,Maintenance,2027-03-31"),
            ("contacts", "external_id,at,channel,summary", "C1,2026-11-20 09:30,visit,In the shop"),
            ("notes", "external_id,at,text", "C1,2026-11-20,Likes blue"),
        ] {
            let file = "\(columns)\n\(row)\nnobody\(row.dropFirst(2))\n"
            let would = try await Self.load(routes, "kind=\(kind)&dry_run=true", file)
            #expect(would["created"] as? Int == 1 && would["import"] is NSNull && would["kind"] as? String == kind)
            let path = "/v1/customers/1/\(kind)"
            #expect((try await routes.ask(.get, path).json["items"] as? [Any])?.isEmpty == true)
            let report = try await Self.load(routes, "kind=\(kind)&file=a.csv", file)
            #expect(report["created"] as? Int == 1 && report["rejected"] as? Int == 1, "\(report)")
            let refused = try #require((report["errors"] as? [[String: Any]])?.first)
            #expect(refused["line"] as? Int == 3 && refused["lost"] as? String == "row")
            #expect((refused["message"] as? String)?.hasPrefix("no customer has the external_id \"nobody\"") == true)
            #expect((try await routes.ask(.get, path).json["items"] as? [Any])?.count == 1)
            let export = try await routes.ask(.get, "/v1/customers/export?kind=\(kind)", token: admin)
            #expect(export.headers[.contentDisposition] == "attachment; filename=\"\(kind).csv\"")
            let again = try await Self.load(routes, "kind=\(kind)", export.text)
            #expect(again["unchanged"] as? Int == 1 && again["rejected"] as? Int == 0, "\(export.text)")
            let id = try #require(report["import"] as? Int)
            let run = try await routes.ask(.get, "/v1/imports/\(id)", token: admin)
            #expect(run.json["kind"] as? String == kind && run.json["file"] as? String == "a.csv")
            let undone = try await routes.ask(.post, "/v1/imports/\(id)/undo", token: admin)
            #expect(undone.json["deleted"] as? Int == 1, "\(undone.text)")
            #expect((try await routes.ask(.get, path).json["items"] as? [Any])?.isEmpty == true)
        }
        for path in ["/v1/imports?kind=calls", "/v1/imports/preview?kind=calls"] {
            #expect(try await routes.ask(.post, path, "x", token: admin).status == 400)
        }
        #expect(try await routes.ask(.get, "/v1/customers/export?kind=x", token: admin).status == 400)
        #expect(
            try await routes.ask(.post, "/v1/imports?kind=notes", "x", token: routes.token(.supervisor)).status == 403)
    }

    /// Two calls of a Wednesday, by Asterisk's own log.
    private static func queueLog(_ from: Int) -> String {
        [
            "\(from)|1.1|support|NONE|ENTERQUEUE||0300000101|1", "\(from + 10)|1.1|support|PJSIP/101|CONNECT|10|x|3",
            "\(from + 70)|1.1|support|PJSIP/101|COMPLETEAGENT|10|60|1",
            "\(from + 80)|2.1|support|NONE|ENTERQUEUE||0300000102|1", "\(from + 90)|2.1|support|NONE|ABANDON|1|1|10",
            "nothing",
        ].joined(separator: "\n")
    }

    @Test func aQueueLogIsImportedAndUndone() async throws {
        let routes = try await Self.routes(), admin = try routes.token(.admin), store = routes.parts.writer.store
        let from = 1_795_392_000 - 5 * 86_400, file = Self.queueLog(from)
        let would = try await Self.load(routes, "kind=queue_log&dry_run=true", file)
        #expect(would["created"] as? Int == 2 && would["import"] is NSNull, "\(would)")
        let report = try await Self.load(routes, "kind=queue_log&source=pbx&file=queue_log", file)
        #expect(report["created"] as? Int == 2 && report["rejected"] as? Int == 1, "\(report)")
        let refused = try #require((report["errors"] as? [[String: Any]])?.first)
        #expect(refused["line"] as? Int == 6 && refused["lost"] as? String == "row")
        let call = try #require(try store.calls(id: "1.1").first)
        #expect(call.key.source == "pbx" && call.customer?.id == 1)
        let again = try await Self.load(routes, "kind=queue_log&source=pbx", file)
        #expect(again["created"] as? Int == 0 && again["unchanged"] as? Int == 2)
        let other = try await Self.load(routes, "kind=queue_log&dry_run=true", file)
        let warning = try #require((other["warnings"] as? [[String: Any]])?.first)
        #expect((warning["message"] as? String)?.contains("source \"pbx\"") == true)
        let id = try #require(report["import"] as? Int)
        let run = try await routes.ask(.get, "/v1/imports/\(id)", token: admin)
        #expect(run.json["kind"] as? String == "queue_log" && run.json["created"] as? Int == 2)
        let undone = try await routes.ask(.post, "/v1/imports/\(id)/undo", token: admin)
        #expect(undone.json["deleted"] as? Int == 2, "\(undone.text)")
        #expect(try store.calls(id: "1.1").isEmpty)
    }

    @Test func whatAQueueLogCannotBeAskedIsSaid() async throws {
        let routes = try await Self.routes(), admin = try routes.token(.admin)
        for path in [
            "/v1/imports/preview?kind=queue_log", "/v1/imports?kind=queue_log&zone=Tokyo",
            "/v1/imports?kind=customers&source=pbx",
        ] { #expect(try await routes.ask(.post, path, "x", token: admin).status == 400, "\(path)") }
        let export = try await routes.ask(.get, "/v1/customers/export?kind=queue_log", token: admin)
        #expect(export.status == 400 && export.text.contains("GET /v1/calls"))
        let file =
            "2026-11-18 09:00:00|1.1|support|NONE|ENTERQUEUE||1|1\n"
            + "2026-11-18 09:00:30|1.1|support|NONE|ABANDON|1|1|30\n"
        let zone = try await Self.load(routes, "kind=queue_log&zone=Asia/Tokyo", file)
        #expect(zone["created"] as? Int == 1, "\(zone)")
        let call = try #require(try routes.parts.writer.store.calls(id: "1.1").first)
        #expect(call.startedAt == Timestamp(ms: (1_795_392_000 - 5 * 86_400) * 1_000))
    }

    @Test func aMappingIsRememberedAndThePreviewSaysSo() async throws {
        let routes = try await Self.routes(), admin = try routes.token(.admin)
        let file = "Who,When,What\n03-0000-0101,2026-11-20,Lamp\n"
        func preview(_ query: String = "") async throws -> [String: Any] {
            let answer = try await routes.ask(.post, "/v1/imports/preview?kind=purchases\(query)", file, token: admin)
            #expect(answer.status == 200, "\(answer.text)")
            return answer.json
        }
        func sources(_ preview: [String: Any]) throws -> [String?] {
            try #require(preview["columns"] as? [[String: Any]]).map { $0["from"] as? String }
        }
        let first = try await preview()
        #expect(try sources(first) == [nil, nil, nil] && first["mapped_by"] is NSNull)
        #expect((first["problem"] as? String)?.contains("columns of purchases are id, customer") == true)
        #expect((first["known_columns"] as? [String])?.contains("unit_price") == true)
        let map = try #require(
            #"{"Who":"phone","When":"at","What":"product"}"#.addingPercentEncoding(
                withAllowedCharacters: .alphanumerics))
        #expect(try sources(await preview("&map=\(map)")) == ["said", "said", "said"])
        let report = try await Self.load(routes, "kind=purchases&map=\(map)", file)
        #expect(report["created"] as? Int == 1 && report["mapped_by"] is NSNull)
        let next = try await preview()
        #expect(try sources(next) == ["remembered", "remembered", "remembered"] && next["problem"] is NSNull)
        #expect(next["mapped_by"] as? Int == report["import"] as? Int)
        #expect(try sources(await preview("&remembered=false")) == [nil, nil, nil])
        let again = try await Self.load(routes, "kind=purchases", file)
        #expect(again["unchanged"] as? Int == 1 && again["mapped_by"] as? Int == report["import"] as? Int)
    }

    @Test func linesOfJSONComeBackAsTheyWere() async throws {
        let routes = try await Self.routes(), admin = try routes.token(.admin)
        let company = try await routes.ask(.post, "/v1/customers", #"{"name":"Example Ltd","kind":"company"}"#)
        let id = try #require(company.json["id"] as? Int)
        let body = """
            {"name":"Jiro","company_id":\(id),"emails":["b@example.com"],"accounts":[{"service":"x","id":"jiro"}],\
            "persona":["a;b"],"preferences":["=late"],"consent":{"news":false},"do_not_call":true,\
            "phones":["03-0000-0111","03-0000-0112","03-0000-0113","03-0000-0114"],"status_reason":"moved"}
            """
        #expect(try await routes.ask(.post, "/v1/customers", body).status == 201)
        #expect(
            try await routes.ask(.post, "/v1/customers/1/notes", #"{"text":"=Likes \"blue\"","seconds":4}"#).status
                == 201)
        for (kind, count) in [("customers", 4), ("notes", 1)] {
            let path = "/v1/customers/export?kind=\(kind)"
            let export = try await routes.ask(.get, "\(path)&format=jsonl", token: admin)
            #expect(export.status == 200 && export.headers[.contentType] == "application/x-ndjson")
            #expect(export.headers[.contentDisposition] == "attachment; filename=\"\(kind).jsonl\"")
            let accepted = try await routes.ask(
                .get, path, headers: [.accept: "application/x-ndjson"], token: admin)
            #expect(accepted.text == export.text)
            let lines = try export.text.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(lines.count == count && lines.allSatisfy { $0["id"] is Int })
            let again = try await Self.load(routes, "kind=\(kind)", export.text)
            #expect(again["unchanged"] as? Int == count && again["bad_cells"] as? Int == 0, "\(again)")
            #expect((again["unknown_columns"] as? [String])?.isEmpty == true, "\(again)")
            #expect(try await routes.ask(.get, "\(path)&format=jsonl", token: admin).text == export.text)
        }
        #expect(try await routes.ask(.get, "/v1/customers/export?format=xml", token: admin).status == 400)
    }
}
