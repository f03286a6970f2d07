import Foundation
import Testing

@testable import Web

/// The description of the interface, and what goes by it.
@Suite struct DescriptionTests {
    private func folder(_ files: [String: String]) throws -> String {
        let path = NSTemporaryDirectory() + "screenpop-openapi-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }
        return path
    }

    @Test func partsAreJoinedAtEveryDepth() throws {
        let path = try folder([
            "a.json": #"{"openapi":"3.1.0","paths":{"/x":{"get":{}}},"components":{"schemas":{"A":{}}}}"#,
            "b.json": #"{"paths":{"/x":{"put":{}},"/y":{}},"components":{"schemas":{"B":{}}}}"#,
            "notes.txt": "no part of it",
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            String(decoding: try InterfaceDescription(folder: path).text, as: UTF8.self)
                == #"{"components":{"schemas":{"A":{},"B":{}}},"openapi":"3.1.0","#
                + #""paths":{"/x":{"get":{},"put":{}},"/y":{}}}"#
        )
    }

    @Test(arguments: [
        (["a.json": #"{"openapi":"3.1.0","paths":{"/x":{"get":1}}}"#, "b.json": #"{"paths":{"/x":{"get":2}}}"#],
            InterfaceDescription.Fault.twice(name: "get", file: "b.json")),
        (["a.json": #"{"openapi":"3.1.0","paths":{}}"#, "b.json": "["], .unreadable(file: "b.json")),
    ]) func whatDoesNotFitIsTold(files: [String: String], fault: InterfaceDescription.Fault) throws {
        let path = try folder(files)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: fault) { try InterfaceDescription(folder: path) }
    }

    @Test func anEmptyFolderHasNone() throws {
        let path = try folder([:])
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: InterfaceDescription.Fault.missing(folder: path)) { try InterfaceDescription(folder: path) }
    }

    @Test func whereItIsMissingTheDaemonSaysSoAndGoesOn() async throws {
        let routes = try Routes(openAPI: nil)
        #expect(try await routes.ask(.get, "/v1/openapi.json").status == 503)
        let ready = try await routes.ask(.get, "/readyz")
        #expect(ready.status == 200 && ready.text.contains("description of the interface is not installed"))
        #expect(try await routes.ask(.get, "/v1/operators?misspelt=1").status == 200)
    }

    @Test func aParameterThatIsNotDescribedIsRefused() async throws {
        let routes = try Routes()
        let answer = try await routes.ask(.get, "/v1/calls?quue=support")
        #expect(answer.status == 400 && answer.detail.contains("has no query parameter quue"))
        #expect(try await routes.ask(.get, "/v1/calls?queue=support").status == 200)
        let served = try await routes.ask(.get, "/v1/openapi.json")
        #expect(served.json["openapi"] as? String == "3.1.0")
    }

    /// Who is told what to do, and who not, without a handler that runs: every route by every role.
    @Test(arguments: ["nobody", "operator", "supervisor", "admin", "ingest"])
    func aRoleThatMayNotIsRefusedAtEveryRoute(name: String) async throws {
        let routes = try Routes(), token = try name == "nobody" ? "" : routes.token(try #require(.init(rawValue: name)))
        let paths = try #require(try await routes.ask(.get, "/v1/openapi.json").json["paths"] as? [String: Any])
        var refused = 0
        for (path, item) in paths {
            for (method, operation) in try #require(item as? [String: Any]) {
                guard let operation = operation as? [String: Any], operation["responses"] != nil else { continue }
                let roles = (operation["security"] as? [[String: [String]]])?.flatMap { $0["token"] ?? [] }
                // Anyone, any token, or who is named.
                let may = operation["security"].map { _ in roles == [] || roles?.contains(name) == true }
                if may ?? (name != "nobody") { continue }
                let target = path.replacing(#/\{\w+\}/#, with: "1")
                let status = try await routes.ask(
                    #require(.init(method.uppercased())), target, headers: [.contentType: "application/json"],
                    token: token
                ).status
                #expect(status == (name == "nobody" ? 401 : 403), "\(method) \(path) as \(name)")
                refused += 1
            }
        }
        #expect(name == "admin" || refused > 3)
    }
}
