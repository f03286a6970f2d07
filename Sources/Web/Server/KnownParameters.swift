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

    /// - Throws: when the description is JSON but no OpenAPI document.
    init(_ description: InterfaceDescription) throws {
        var described: [HTTPRequest.Method: [Operation]] = [:]
        let document = try JSONDecoder().decode(Document.self, from: description.text)
        for (path, item) in document.paths {
            let parts = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
            for (method, names) in item.names {
                described[method, default: []].append(Operation(parts: parts, names: names))
            }
        }
        self.described = described
    }

    private struct Document: Decodable { var paths: [String: PathItem] }

    /// What can be done at a path: a member for each method, and the parameters that all of them have.
    private struct PathItem: Decodable {
        var names: [HTTPRequest.Method: Set<String>] = [:]

        private struct Parameter: Decodable { var name, `in`: String }
        private struct Described: Decodable { var parameters: [Parameter]? }
        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            func inQuery(_ all: [Parameter]?) -> Set<String> {
                Set((all ?? []).filter { $0.in == "query" }.map(\.name))
            }
            let shared = inQuery(try members.decodeIfPresent([Parameter].self, forKey: Key(stringValue: "parameters")))
            for key in members.allKeys {
                let known: [HTTPRequest.Method] = [.get, .put, .post, .patch, .delete]
                guard let method = known.first(where: { $0.rawValue.lowercased() == key.stringValue }) else { continue }
                names[method] = shared.union(inQuery(try members.decode(Described.self, forKey: key).parameters))
            }
        }
    }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        // What others' requests carry is theirs to say.
        if request.uri.query != nil, !Authentication.isIntake(request) { try check(request) }
        return try await next(request, context)
    }

    private func check(_ request: Request) throws(Problem) {
        let path = request.uri.path.split(separator: "/")
        let matching = (described[request.method] ?? []).filter { $0.matches(path) }
        // Where a value and a word are possible at one place, the word is meant.
        guard let operation = matching.min(by: { $0.parts.count { $0 == nil } < $1.parts.count { $0 == nil } }) else {
            return
        }
        let unknown = request.uri.queryParameters.map { String($0.key) }.filter {
            !$0.isEmpty && !operation.names.contains($0)
        }
        guard let first = unknown.first else { return }
        let known =
            operation.names.isEmpty ? "it has none" : "it has \(operation.names.sorted().joined(separator: ", "))"
        throw .bad("\(request.uri.path) has no query parameter \(first.prefix(64)): \(known).")
    }
}
