import Foundation
import Testing

/// Who may ask for which route: where it is registered, in `/v1/openapi.json`, and in the table of docs/integrator.md.
/// `Tests/DaemonTests/RightsTests.swift` asks a daemon.
@Suite struct RightsTests {
    /// The roles that a right lets in, as the description and the table name them.
    static let roles: [String: String] = [
        "anyone": "anyone", "known": "any token", "ingest": "ingest, admin", "operator": "operator, supervisor, admin",
        "supervisor": "supervisor, admin", "admin": "admin",
    ]

    /// `get /v1/calls` → `operator, supervisor, admin`.
    static func registered() throws -> [String: String] {
        var found: [String: String] = [:]
        for (_, source) in try sources(under: "Sources/Web") {
            for match in source.matches(of: #/router\.(get|put|post|patch|delete)\("([^"]*)", may: \.(\w+)/#) {
                found["\(match.1) /\(match.2.drop { $0 == "/" })"] = roles[String(match.3)]
            }
        }
        return found
    }

    static func described() throws -> [String: String] {
        let described = try OpenAPITests.Described.read()
        return Dictionary(
            uniqueKeysWithValues: described.operations.map { one in
                let security =
                    (one.operation["security"] ?? described.document["security"]) as? [[String: [String]]] ?? []
                let roles = security.flatMap { $0["token"] ?? [] }
                return (
                    one.name, security.isEmpty ? "anyone" : roles.isEmpty ? "any token" : roles.joined(separator: ", ")
                )
            })
    }

    @Test func everyRouteIsDescribedWithTheRolesThatItIsRegisteredFor() throws {
        let registered = try Self.registered(), described = try Self.described()
        #expect(registered.count > 50)
        for (route, roles) in registered.sorted(by: { $0.key < $1.key }) {
            #expect(described[route] == roles, "\(route)")
        }
        #expect(Set(registered.keys) == Set(described.keys))
    }

    @Test func theTableOfTheGuideIsTheRoutes() throws {
        let whole = try OpenAPITests().text("docs/integrator.md")
        let begin = try #require(whole.range(of: "### Who may ask for what\n")).upperBound
        let guide = whole[begin...].prefix(
            upTo: try #require(whole.range(of: "\n#", range: begin..<whole.endIndex)).lowerBound)
        var table: [String: String] = [:]
        for match in guide.matches(of: #/(?m)^\| `(GET|PUT|POST|PATCH|DELETE) (\/[^`]*)` \| ([^|]+) \|$/#) {
            table["\(match.1.lowercased()) \(match.2)"] = String(match.3)
        }
        let registered = try Self.registered()
        for (route, roles) in registered.sorted(by: { $0.key < $1.key }) {
            #expect(table[route] == roles, "\(route) is \(roles)")
        }
        #expect(Set(table.keys) == Set(registered.keys))
    }
}
