import HTTPTypes
import Hummingbird
import Storage

/// Authenticates requests. Without a token or a session, TCP clients only get `/healthz` and what signing in needs.
struct Authentication: RouterMiddleware {
    let identities: Identities
    let accounts: AccountStore
    let settings: WebSettings
    let streams: OpenStreams

    /// Requests that need no authentication: whether the daemon is alive, the sign-in page with its files, and signing
    /// in.
    private static func isOpen(_ request: Request) -> Bool {
        switch request.uri.path {
        case "/healthz", "/", "/wall", "/supervisor": true
        case "/v1/session": request.method == .post
        case let path: Pages.open.contains(path)
        }
    }

    /// A request of a PBX, a messenger or a form: it has no token of ours, and `IntakeRoutes` asks for its own.
    static func isIntake(_ request: Request) -> Bool {
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false)
        return request.method == .post && parts.count == 4 && parts[1] == "v1" && parts[2] == "intake"
    }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        var context = context
        switch context.listener {
        case .local:
            context.who = .local
            context.permit = StreamPermit(streams: streams, owner: nil) { true }
        case .network where Authentication.isIntake(request): break
        case .network:
            context.who = try who(request, context) ?? .nobody
            context.isBrowser = Authentication.token(request) == nil
            context.permit = permit(request, context.who)
            if context.who == .nobody, !Authentication.isOpen(request) { throw Problem.noToken }
        }
        return try await next(request, context)
    }

    private func who(_ request: Request, _ context: WebContext) throws -> Who? {
        if let token = Authentication.token(request) { return identities.verify(token) }
        // Other sites can make a browser send requests: one that changes something, signing in included, has to come
        // from our own pages.
        if request.method != .get, request.method != .head, !Authentication.isOurs(request) {
            throw Problem(.forbidden, "This request was made by another site's page.")
        }
        return Cookie.read(request).flatMap(identities.verify(cookie:)) ?? namedByProxy(request, context)
    }

    /// Whether a token or a session is still in force, for as long as a stream of it is open. One that a proxy opened
    /// stays: the daemon does not learn of its end.
    private func permit(_ request: Request, _ who: Who) -> StreamPermit {
        let identities = self.identities
        let owner: String =
            switch who {
            case .token(let id, _, _, _): "token \(id)"
            case .person(let who, _), .enrolling(let who, _): StreamPermit.account + who
            case .nobody, .local: ""
            }
        if let token = Authentication.token(request) {
            return StreamPermit(streams: streams, owner: owner) { identities.isInForce(token: token) }
        }
        guard let cookie = Cookie.read(request), identities.isInForce(cookie: cookie) else {
            return StreamPermit(streams: streams, owner: owner) { true }
        }
        return StreamPermit(streams: streams, owner: owner) { identities.isInForce(cookie: cookie) }
    }

    static func token(_ request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// By Fetch Metadata if the browser sends it, else by the origin (OWASP, Cross-Site Request Forgery Prevention).
    private static func isOurs(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == request.head.authority
    }

    /// The operator that a trusted reverse proxy names, if there is an account with this number.
    private func namedByProxy(_ request: Request, _ context: WebContext) -> Who? {
        guard let who = ForwardedClient(request, context, settings.desk).operator, let account = accounts.account(who)
        else { return nil }
        return .person(account.operator, account.role)
    }
}

extension WebContext {
    /// - Throws: `Problem` 403 when the caller lacks the right.
    func require(_ right: Who.Right) throws(Problem) {
        if who.may(right) { return }
        if who.isEnrolling { throw .factorMissing }
        throw who == .nobody ? .noToken : .forbidden(right)
    }
}

/// The session cookie.
enum Cookie {
    static let name = "screenpop"

    static func read(_ request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].filter({ $0 != " " }) == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// - Parameters:
    ///   - seconds: how long the browser keeps it; 0 deletes it.
    ///   - isSecure: the request came over TLS, so the cookie must only be sent over TLS.
    static func set(_ value: String, seconds: Int64, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(seconds)\(isSecure ? "; Secure" : "")"
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
