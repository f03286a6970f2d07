import Foundation
import HTTPTypes
import Hummingbird

/// Refuses query parameters that `/v1/openapi.json` does not describe: a misspelt filter would show everything, and
/// look as if it had filtered.
struct KnownParameters: RouterMiddleware {
    /// By method, the described paths with the names of their query parameters.
    private let described: [HTTPRequest.Method: [Operation]]

    private struct Operation: Sendable {
        /// The parts of the path; nil for one that a value stands for.
        var parts: [String?]
        var names: Set<String>

        func matches(_ path: [Substring]) -> Bool {
            guard parts.count == path.count else { return false }
            return zip(parts, path).allSatisfy { part, given in part.map { $0 == given } ?? true }
        }
    }

    init() {
        var described: [HTTPRequest.Method: [Operation]] = [:]
        let document = (try? JSONDecoder().decode(Document.self, from: Data(OpenAPI.document.utf8))) ?? Document(paths: [:])
        for (path, methods) in document.paths {
            let parts = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
            for (name, operation) in methods {
                guard let method = HTTPRequest.Method(rawValue: name.uppercased()) else { continue }
                let names = (operation.parameters ?? []).filter { $0.in == "query" }.map(\.name)
                described[method, default: []].append(Operation(parts: parts, names: Set(names)))
            }
        }
        self.described = described
    }

    private struct Document: Decodable {
        struct Parameter: Decodable { var name, `in`: String }
        struct Described: Decodable { var parameters: [Parameter]? }
        var paths: [String: [String: Described]]
    }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        if request.uri.query != nil { try check(request) }
        return try await next(request, context)
    }

    private func check(_ request: Request) throws(Problem) {
        let path = request.uri.path.split(separator: "/")
        let matching = (described[request.method] ?? []).filter { $0.matches(path) }
        // Where a value and a word are possible at one place, the word is meant.
        guard let operation = matching.min(by: { $0.parts.count { $0 == nil } < $1.parts.count { $0 == nil } }) else { return }
        let unknown = request.uri.queryParameters.map { String($0.key) }.filter { !operation.names.contains($0) }
        guard let first = unknown.first else { return }
        let known = operation.names.isEmpty ? "it has none" : "it has \(operation.names.sorted().joined(separator: ", "))"
        throw .bad("\(request.uri.path) has no query parameter \(first.prefix(64)): \(known).")
    }
}
