import HTTPTypes
import Hummingbird
import Storage

/// Says who asks. Without a token or a session nothing is answered on TCP but `/healthz` and what signing in takes, on
/// any address.
struct Authentication: RouterMiddleware {
    let identities: Identities
    let accounts: AccountStore
    let settings: WebSettings

    /// What is answered to nobody: whether the daemon lives, the page to sign in with what it is made of, and signing
    /// in.
    private static func isOpen(_ request: Request) -> Bool {
        switch request.uri.path {
        case "/healthz", "/", "/wall", "/supervisor": true
        case "/v1/session": request.method == .post
        case let path: Pages.open.contains(path)
        }
    }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        var context = context
        switch context.listener {
        case .local: context.who = .local
        case .network:
            context.who = try who(request, context) ?? .nobody
            if context.who == .nobody, !Authentication.isOpen(request) { throw Problem.noToken }
        }
        return try await next(request, context)
    }

    private func who(_ request: Request, _ context: WebContext) throws -> Who? {
        if let token = Authentication.token(request) { return identities.verify(token) }
        // A browser sends what other sites make it ask, too: what changes something, signing in included, has to come
        // from our own pages.
        if request.method != .get, request.method != .head, !Authentication.isOurs(request) {
            throw Problem(.forbidden, "This request was made by another site's page.")
        }
        return Cookie.read(request).flatMap(identities.verify(cookie:)) ?? namedByProxy(request, context)
    }

    static func token(_ request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Fetch Metadata where the browser has it, else the origin (OWASP, Cross-Site Request Forgery Prevention).
    private static func isOurs(_ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == request.head.authority
    }

    /// Who has signed in at a reverse proxy, if it is one that is believed, and the operator has an account here.
    private func namedByProxy(_ request: Request, _ context: WebContext) -> Who? {
        let desk = settings.desk
        guard !desk.userHeader.isEmpty, context.isBehindProxy(desk.proxies), let name = HTTPField.Name(desk.userHeader),
            let who = request.headers[name], let account = accounts.account(who)
        else { return nil }
        return .person(account.operator, account.role)
    }
}

extension WebContext {
    /// - Throws: `Problem` when whoever asks may not.
    func require(_ right: Who.Right) throws(Problem) {
        guard who.may(right) else { throw who == .nobody ? .noToken : .forbidden(right) }
    }

    /// Whether the connection is that of a reverse proxy that is believed.
    func isBehindProxy(_ proxies: [String]) -> Bool { address.map(proxies.contains) ?? false }
}

/// The cookie by which a browser is known.
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
    ///   - seconds: how long the browser keeps it; 0 forgets it.
    ///   - isSecure: it came over TLS, and is to go over nothing else.
    static func set(_ value: String, seconds: Int64, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(seconds)\(isSecure ? "; Secure" : "")"
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
