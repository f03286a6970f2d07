import HTTPTypes
import Hummingbird

/// Registers routes together with the right that they need, so that none can be added without one.
///
/// Rules beyond the role (an operator's own pops, calls and cases) are checked by the handler.
final class GuardedRouter {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    /// A route as it was registered.
    struct Route: Equatable, Sendable {
        var method: HTTPRequest.Method
        /// With a slash before it; a part in braces stands for a value.
        var path: String
        var may: Who.Right
    }

    private let wrapped: Router<WebContext>
    private(set) var routes: [Route] = []

    init(_ wrapped: Router<WebContext>) { self.wrapped = wrapped }

    func get(_ path: String, may right: Who.Right, use handler: @escaping Handler) { on(path, .get, right, handler) }
    func put(_ path: String, may right: Who.Right, use handler: @escaping Handler) { on(path, .put, right, handler) }
    func post(_ path: String, may right: Who.Right, use handler: @escaping Handler) { on(path, .post, right, handler) }
    func patch(_ path: String, may right: Who.Right, use handler: @escaping Handler) {
        on(path, .patch, right, handler)
    }
    func delete(_ path: String, may right: Who.Right, use handler: @escaping Handler) {
        on(path, .delete, right, handler)
    }

    private func on(_ path: String, _ method: HTTPRequest.Method, _ right: Who.Right, _ handler: @escaping Handler) {
        routes.append(Route(method: method, path: path.hasPrefix("/") ? path : "/" + path, may: right))
        wrapped.on(RouterPath(path), method: method) { request, context in
            try context.require(right)
            return try await handler(request, context)
        }
    }
}
