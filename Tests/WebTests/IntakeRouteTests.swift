import CallCenter
import Crypto
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Intake
@testable import Settings
@testable import Web

/// Requests of others over HTTP: who may send them, and what they become.
@Suite struct IntakeRouteTests {
    static func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    static func settings(_ toml: String) throws -> [String: Settings.Intake] {
        let path = try file(toml)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Settings.load(file: path, environment: [:], flags: .init()).intakes
    }

    /// A PBX with a token, and a form that signs.
    static func routes() async throws -> Routes {
        let token = try file("secret-token\n"), key = try file("secret-key\n")
        let book = IntakeBook(
            try settings(
                """
                [intake.pbx]
                preset = "zammad"
                token_file = "\(token)"
                [intake.shop]
                signature_file = "\(key)"
                signature_prefix = "sha256="
                each = "messages"
                [[intake.shop.rule]]
                when = { from = "*" }
                [intake.shop.rule.contact]
                id = "{id}"
                channel = "web"
                email = "{from}"
                name = "{name}"
                subject = "{subject}"
                text = "{text}"
                at = "{at}"
                [intake.broken]
                preset = "sipgate"
                token_file = "/nowhere/at/all"
                """), centre: "UTC")
        #expect(book.faults.count == 1 && book.faults[0].contains("[intake.broken] /nowhere/at/all cannot be read"))
        let routes = try Routes { $0.intakes = book }
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        let made = try await routes.ask(
            .post, "/v1/customers", #"{"name":"Hanako Example","email":"hanako@customer.example"}"#)
        #expect(made.status == 201)
        return routes
    }

    static func signed(_ body: String, key: String = "secret-key") -> HTTPFields {
        let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: SymmetricKey(data: Data(key.utf8)))
        let hex = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return [.init("X-Signature")!: "sha256=\(hex)", .contentType: "application/json"]
    }

    @Test func aPBXsRequestIsAnEvent() async throws {
        let routes = try await Self.routes()
        let call = "event=newCall&direction=in&callId=z1&from=4930000101&to=4930000000"
        let answer = try await routes.ask(.post, "/v1/intake/pbx?token=secret-token", call, token: "")
        #expect(answer.status == 200 && answer.text == "{}", "\(answer.text)")
        #expect(try await routes.ask(.get, "/v1/calls").text.contains(#""call":"z1""#))
        // As a bearer token too, and what is not mapped is passed over.
        let other = try await routes.ask(.post, "/v1/intake/pbx", "event=voicemail", token: "secret-token")
        #expect(other.status == 200)
        let wrong = try await routes.ask(
            .post, "/v1/intake/pbx?token=secret-token", "event=newCall&direction=in", token: "")
        #expect(wrong.status == 422 && wrong.text.contains("call is "))
    }

    /// The protocol wants both numbers of an offer, so that a misspelt one is noticed; a sender may know neither.
    @Test func anOfferWithoutNumbersSaysThatItHasNone() {
        func line(_ type: String) -> String? {
            let fields = [("type", type), ("call", "c1")].map { IntakeMapping.Result.Named(name: $0.0, text: $0.1) }
            return IntakeMapping.Result.event(fields).eventLine.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        #expect(line("call.offered") == #"{"type":"call.offered","call":"c1","from":null,"to":null}"#)
        #expect(line("call.ended") == #"{"type":"call.ended","call":"c1"}"#)
    }

    @Test func whoHasNotTheSecretIsRefused() async throws {
        let routes = try await Self.routes(), call = "event=hangup&call_id=z1"
        for path in ["/v1/intake/pbx", "/v1/intake/pbx?token=wrong", "/v1/intake/pbx?token="] {
            #expect(try await routes.ask(.post, path, call, token: "").status == 401, "\(path)")
        }
        #expect(try await routes.ask(.post, "/v1/intake/none?token=secret-token", call, token: "").status == 404)
        #expect(try await routes.ask(.post, "/v1/intake/broken?token=x", call, token: "").status == 503)
        let body = #"{"messages":[]}"#
        func shop(_ body: String, _ headers: HTTPFields) async throws -> Int {
            try await routes.ask(.post, "/v1/intake/shop", body, headers: headers, token: "").status
        }
        #expect(try await shop(body, Self.signed(body)) == 200)
        #expect(try await shop(body, Self.signed(body, key: "another-key")) == 401)
        #expect(try await shop(#"{"messages":[ ]}"#, Self.signed(body)) == 401)
        for header in ["sha256=", "sha256=zz", "md5=00", ""] {
            #expect(try await shop(body, [.init("X-Signature")!: header]) == 401, "\(header)")
        }
        // The secret of one is nobody's token elsewhere.
        #expect(try await routes.ask(.get, "/v1/inbox", token: "secret-token").status == 401)
        #expect(try await routes.ask(.get, "/v1/intake/pbx/requests", token: "").status == 401)
        #expect(try await routes.ask(.get, "/v1/intake/pbx/requests", token: routes.token(.supervisor)).status == 403)
        #expect(try await routes.ask(.post, "/v1/intake/pbx/try?token=secret-token", "{}", token: "").status == 401)
    }

    @Test func aFormsMessagesAreContacts() async throws {
        let routes = try await Self.routes()
        let body = #"{"messages":[{"id":1,"from":"Hanako@customer.example","subject":"Leak","text":"a\r\nb"},"#
            + #"{"id":2,"from":"new@else.example","name":"New","text":"Hello"},{"id":3}]}"#
        let answer = try await routes.ask(.post, "/v1/intake/shop", body, headers: Self.signed(body), token: "")
        #expect(answer.status == 200, "\(answer.text)")
        let results = try #require(answer.json["results"] as? [[String: Any]])
        let outcomes = results.map { ($0["received"] as? [String: Any])?["outcome"] as? String }
        #expect(outcomes == ["recorded", "inbox", nil])
        let contacts = try await routes.ask(.get, "/v1/customers/1/contacts").json["items"] as? [[String: Any]]
        #expect(contacts?.first?["summary"] as? String == "Leak\na\nb")
        #expect(contacts?.first?["channel"] as? String == "web")
        let inbox = try await routes.ask(.get, "/v1/inbox").json["items"] as? [[String: Any]]
        #expect(inbox?.first?["name"] as? String == "New" && inbox?.first?["address"] as? String == "new@else.example")
        // Sent again, as senders do that got no answer.
        let again = try await routes.ask(.post, "/v1/intake/shop", body, headers: Self.signed(body), token: "")
        #expect(again.text.contains(#""outcome":"known""#))
        #expect((try await routes.ask(.get, "/v1/inbox").json["open"] as? Int) == 1)
        let bad = #"{"messages":[{"id":4,"from":"a@b.example","at":"soon"}]}"#
        let refused = try await routes.ask(.post, "/v1/intake/shop", bad, headers: Self.signed(bad), token: "")
        #expect(refused.status == 422 && refused.text.contains("unix, unix_ms and local make one"))
    }

    @Test func aTrialRecordsNothing() async throws {
        let routes = try await Self.routes()
        func attempt(_ name: String, _ request: String) async throws -> Answer {
            let body = String(decoding: try JSONEncoder().encode(["request": request]), as: UTF8.self)
            return try await routes.ask(.post, "/v1/intake/\(name)/try", body, token: routes.token(.admin))
        }
        let one = try await attempt("shop", #"{"messages":[{"id":1,"from":"a@b.example","text":"x"},{"id":2}]}"#)
        #expect(one.status == 200, "\(one.text)")
        let results = try #require(one.json["results"] as? [[String: Any]])
        #expect(results.compactMap { $0["outcome"] as? String } == ["contact", "passed_over"])
        #expect((results[0]["contact"] as? [String: String])?["email"] == "a@b.example")
        let call = try await attempt(
            "pbx", "POST /x HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\nevent=hangup&call_id=9")
        #expect(call.json["reply"] as? String == "{}" && call.text.contains("call.ended"))
        #expect(try await attempt("pbx", "{").status == 400)
        #expect(try await attempt("none", "x").status == 404)
        #expect((try await routes.ask(.get, "/v1/inbox").json["open"] as? Int) == 0)
        #expect(try await routes.ask(.get, "/v1/calls").json["calls"] as? [String] == [])
    }

    @Test func theLastRequestsAreKeptWithTheirAnswersAndWithoutSecrets() async throws {
        let routes = try await Self.routes()
        for n in 0..<60 {
            _ = try await routes.ask(
                .post, "/v1/intake/pbx?token=\(n % 2 == 0 ? "secret-token" : "wrong")&n=\(n)", "event=other", token: "")
        }
        let answer = try await routes.ask(.get, "/v1/intake/pbx/requests", token: routes.token(.admin))
        let items = try #require(answer.json["items"] as? [[String: Any]])
        #expect(items.count == 50 && items[0]["query"] as? String == "n=59" && items[0]["status"] as? Int == 401)
        #expect(items[1]["status"] as? Int == 200 && items[1]["body"] as? String == "event=other")
        #expect(!answer.text.contains("secret-token"))
    }
}
