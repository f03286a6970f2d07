import Hummingbird

/// Says who asks. Without a token nothing is answered on TCP but `/healthz`, on any address.
struct Authentication: RouterMiddleware {
    let house: House

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var context = context
        switch context.door {
        case .local: context.who = .local
        case .network:
            if request.uri.path == "/healthz" { return try await next(request, context) }
            guard let token = Authentication.token(request), let who = house.verify(token) else { throw Problem.noToken }
            context.who = who
        }
        return try await next(request, context)
    }

    private static func token(_ request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

extension WebContext {
    /// - Throws: `Problem` when whoever asks may not.
    func require(_ right: Who.Right) throws(Problem) {
        guard who.may(right) else { throw .forbidden(right) }
    }
}
