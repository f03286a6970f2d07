import Foundation
import Testing

extension ProcessTests {
    /// Who may do what over TCP, asked of a daemon route by route and role by role.
    @Suite(.serialized) struct RightsTests {
        static let roles = ["ingest", "operator", "supervisor", "admin"]

        struct Asker {
            let http: HTTP
            let token: String?

            func ask(_ method: String, _ path: String, _ body: String = "", headers: String = "") throws -> (
                status: Int, body: String
            ) {
                let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                return try http.ask(method, path, body: body, headers: authorization + headers)
            }

            /// The status alone: a stream has no end to wait for.
            func status(_ method: String, _ path: String) throws -> Int {
                let client = try http.connect()
                let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                let type = "Content-Type: application/json\r\nContent-Length: 2\r\n"
                client.send("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(type)\(authorization)\r\n{}")
                let head = try client.read(until: "\r\n\r\n")
                return Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
            }
        }

        /// A token of each role; the operator's is 101's.
        static func askers(_ daemon: Daemon) throws -> [String: Asker] {
            let local = HTTP(path: daemon.api), network = HTTP(port: try daemon.port)
            var askers = ["": Asker(http: network, token: nil)]
            for role in roles {
                let whose = role == "operator" ? #","operator":"101""# : ""
                let made = try local.ask("POST", "/v1/tokens", body: #"{"role":"\#(role)","name":"test"\#(whose)}"#)
                let token = try #require(made.body.firstMatch(of: /"token":"([^"]+)"/)?.1)
                askers[role] = Asker(http: network, token: String(token))
            }
            return askers
        }

        @Test func everyRouteLetsInTheRolesItIsDescribedWithAndNoOther() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let askers = try Self.askers(daemon)
            let document = try HTTP(path: daemon.api).json("/v1/openapi.json")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            var asked = 0
            for (path, item) in paths.sorted(by: { $0.key < $1.key }) {
                for (method, operation) in item {
                    guard ["get", "put", "post", "patch", "delete"].contains(method),
                        let operation = operation as? [String: Any]
                    else { continue }
                    let security = (operation["security"] ?? document["security"]) as? [[String: [String]]] ?? []
                    let may = security.flatMap { $0["token"] ?? [] }
                    let target = path.replacing("{id}", with: path.contains("/operators/") ? "101" : "999.101")
                        .replacing("{name}", with: "style.css").replacing(/{\w+}/, with: "999")
                    for (role, asker) in askers {
                        let status = try asker.status(method.uppercased(), target)
                        asked += 1
                        // The session that it would be given would open nothing.
                        if role == "ingest", target == "/v1/session" { continue }
                        if security.isEmpty || !role.isEmpty && (may.isEmpty || may.contains(role)) {
                            // Signing in with nothing is a 400, and a page for whoever may not see it is the one to
                            // sign in.
                            #expect(
                                ![401, 403].contains(status) && status < 500, "\(role) \(method) \(path): \(status)")
                        } else {
                            #expect(status == (role.isEmpty ? 401 : 403), "\(role) \(method) \(path): \(status)")
                        }
                    }
                }
            }
            #expect(asked > 250)
        }

        @Test func anOperatorChangesNoTier() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let askers = try Self.askers(daemon), one = try #require(askers["operator"]),
                chief = try #require(askers["supervisor"])
            let made = try one.ask("POST", "/v1/customers", #"{"name":"山田 太郎"}"#)
            #expect(made.status == 201 && made.body.contains(#""tier":"regular""#), "\(made)")
            let path = "/v1/customers/\(try #require(made.body.firstMatch(of: /"id":(\d+)/)?.1))",
                any = "If-Match: *\r\n"
            for (method, body) in [
                ("PATCH", #"{"tier":"vip"}"#), ("PUT", #"{"name":"山田","tier":"vip"}"#),
                ("PATCH", #"{"name":"x","tier":"prospect"}"#),
            ] {
                let refused = try one.ask(method, path, body, headers: any)
                #expect(refused.status == 403 && refused.body.contains("tier"), "\(refused)")
            }
            #expect(try one.ask("POST", "/v1/customers", #"{"name":"鈴木","tier":"vip"}"#).status == 403)
            #expect(try one.ask("POST", "/v1/customers", #"{"name":"鈴木","tier":"prospect"}"#).status == 201)
            #expect(try one.ask("GET", path).body.contains(#""tier":"regular""#))
            // What is said as it is, is no change.
            #expect(try one.ask("PUT", path, #"{"name":"山田 次郎","tier":"regular"}"#, headers: any).status == 200)
            #expect(try chief.ask("PATCH", path, #"{"tier":"vip"}"#, headers: any).status == 200)
            // Nor takes it away by leaving it out.
            #expect(try one.ask("PUT", path, #"{"name":"山田"}"#, headers: any).status == 403)
            #expect(try one.ask("PATCH", path, #"{"company":"例"}"#, headers: any).status == 200)
        }

        @Test func anOperatorClosesNobodyElsesCase() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let askers = try Self.askers(daemon), one = try #require(askers["operator"]),
                chief = try #require(askers["supervisor"])
            _ = try one.ask("POST", "/v1/customers", #"{"name":"山田 太郎"}"#)
            func open(_ owner: String?) throws -> String {
                let made = try chief.ask(
                    "POST", "/v1/customers/1/cases", #"{"title":"t"\#(owner.map { #","owner":"\#($0)""# } ?? "")}"#)
                return "/v1/cases/\(try #require(made.body.firstMatch(of: /"id":(\d+)/)?.1))/close"
            }
            let others = try open("102"), own = try open("101"), nobodys = try open(nil)
            let refused = try one.ask("POST", others)
            #expect(refused.status == 403 && refused.body.contains("102"), "\(refused)")
            #expect(try one.ask("POST", own).status == 200)
            #expect(try one.ask("POST", nobodys).status == 200)
            #expect(try chief.ask("POST", others).status == 200)
            // Of one that is closed already, the answer is the same.
            #expect(try one.ask("POST", others).status == 403)
        }
    }
}
