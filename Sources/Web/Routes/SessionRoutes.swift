import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/session`: signing in at the desk, and out.
struct SessionRoutes {
    let engine: Engine
    let tokens: TokenStore
    let accounts: AccountStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let gate: SignInGate
    let identities: Identities

    func add(to router: GuardedRouter) {
        router.post("v1/session", may: .anyone, use: signIn)
        router.get("v1/session", may: .operator, use: session)
        router.delete("v1/session", may: .operator, use: signOut)
    }

    private struct Body: Decodable {
        var `operator`: String?
        var password: String?
        var token: String?
        /// Of the authenticator, or a recovery code.
        var code: String?
    }

    private func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        if let token = Authentication.token(request) { return try exchange(token, request, context) }
        let asked: Body = try await request.json()
        if let token = asked.token { return try exchange(token, request, context) }
        guard let who = asked.operator, let password = asked.password, !who.isEmpty,
            password.utf8.count <= AccountStore.passwordMax
        else {
            throw Problem.bad("Send operator and password, or a token.")
        }
        let account = try await gate.check(
            who, password: password, code: asked.code, from: address(request, context))
        let origin = SessionOrigin(
            address: ForwardedClient(request, context, settings.desk).address, agent: request.headers[.userAgent])
        let session = try self.accounts.signIn(account.operator, from: origin, now: now())
        if identities.lacksSecondFactor(account.operator, account.role) {
            var response = Response.json(.accepted) { $0.object { $0.field("second_factor", "missing") } }
            response.headers[.setCookie] = Cookie.set(
                session.secret, seconds: AccountStore.sessionMs / 1_000, isSecure: isSecure(request, context))
            return response
        }
        return try await answer(
            .person(account.operator, account.role), cookie: (session.secret, AccountStore.sessionMs / 1_000), request,
            context)
    }

    /// http-api.md: "the browser gets an HttpOnly, SameSite=Strict session cookie in exchange". The cookie is not the
    /// token but a session for it: signing out ends the session, and revoking the token ends all of its sessions.
    private func exchange(_ secret: String, _ request: Request, _ context: WebContext) throws -> Response {
        let now = self.now()
        guard let token = tokens.verify(secret, now: now) else {
            throw Problem(.unauthorized, "This token is unknown, revoked or expired.")
        }
        guard Who(token).may(.operator) else { throw Problem.forbidden(.operator) }
        let session = try self.accounts.signIn(with: token, now: now)
        var response = Response(status: .noContent)
        response.headers[.setCookie] = Cookie.set(
            session.secret, seconds: max(1, (session.expiresAt - now) / 1_000), isSecure: isSecure(request, context))
        return response
    }

    /// The signed-in account, and the centre's settings that the desk needs.
    private func session(_ request: Request, _ context: WebContext) async throws -> Response {
        return try await answer(context.who, cookie: nil, request, context)
    }

    private func signOut(_ request: Request, _ context: WebContext) async throws -> Response {
        if let cookie = Cookie.read(request) { try self.accounts.signOut(cookie, now: self.now()) }
        var response = Response(status: .noContent)
        response.headers[.setCookie] = Cookie.set("", seconds: 0, isSecure: isSecure(request, context))
        return response
    }

    private func answer(
        _ who: Who, cookie: (secret: String, seconds: Int64)?, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let person = who.person, settings = self.settings, now = self.now()
        guard
            let rules = await engine.ask({ centre, _ in
                (
                    names: centre.operators.compactMapValues(\.name), tiers: centre.policy.tiers,
                    language: person.map(centre.policy.language(of:)), dispositions: centre.policy.dispositions,
                    queues: centre.policy.queues.mapValues(\.dispositionRequired),
                    isRequired: centre.policy.queueDefault.dispositionRequired
                )
            })
        else { throw Problem.stopping }
        // What the account says goes before what the PBX says.
        let names = accounts.list().reduce(into: rules.names) { names, one in
            if let name = one.name { names[one.operator] = name }
        }
        let name = person.flatMap { names[$0] }
        let reading = request.language ?? rules.language ?? settings.language
        var headers: HTTPFields = [:]
        if let cookie {
            headers[.setCookie] = Cookie.set(
                cookie.secret, seconds: cookie.seconds, isSecure: isSecure(request, context))
        }
        return .json(headers: headers) { out in
            out.object { out in
                out.field("operator", person)
                out.field("name", name)
                out.field("role", who.role?.rawValue)
                out.field("language", rules.language?.rawValue)
                out.field("timezone", settings.timezone)
                out.field("day_start", settings.periods?.dayStartText ?? "00:00")
                out.field("today", settings.date(at: now))
                let codes = rules.dispositions.map(\.code)
                out.field("dispositions", codes.isEmpty ? settings.desk.dispositions : codes)
                out.key("disposition_labels")
                out.object { out in
                    for one in rules.dispositions where one.label(.ja) != nil {
                        out.key(text: one.code)
                        out.object { out in
                            for language in Language.allCases {
                                out.key(text: language.rawValue)
                                out.value(one.label(language) ?? one.code)
                            }
                        }
                    }
                }
                let isRequired = settings.desk.isDispositionRequired
                out.field("disposition_required", isRequired || rules.isRequired)
                out.key("disposition_required_in")
                out.object { out in
                    for (queue, isOwn) in rules.queues.sorted(by: { $0.key < $1.key }) {
                        out.key(text: queue)
                        out.value(isRequired || isOwn)
                    }
                }
                out.key("disposition_queues")
                out.object { out in
                    for one in rules.dispositions {
                        guard let queues = one.queues else { continue }
                        out.key(text: one.code)
                        out.value(queues)
                    }
                }
                out.field("pause_reasons", settings.desk.pauseReasons)
                out.key("tiers")
                out.object { out in
                    for (tier, rule) in rules.tiers.sorted(by: { $0.key < $1.key }) {
                        out.key(text: tier)
                        out.object { $0.field("vip", rule.vip) }
                    }
                }
                out.key("custom_fields")
                out.object { out in
                    for field in settings.customFieldLabels where who.may(field.right) {
                        out.key(text: field.name)
                        out.value(field.label(reading))
                    }
                }
                out.key("operator_names")
                out.object { out in
                    for (id, name) in names.sorted(by: { $0.key < $1.key }) {
                        out.key(text: id)
                        out.value(name)
                    }
                }
                out.field("currency", settings.lists().currency)
                out.field("purchase_states", settings.purchases.states)
                out.field("case_phases", settings.work().rules.phases)
                out.key("custom_field_rules")
                out.object { out in
                    for field in settings.customFieldLabels where who.may(field.right) {
                        out.key(text: field.name)
                        out.object { out in
                            out.field("type", field.type.rawValue)
                            out.field("choices", field.choices)
                            out.field("required", field.isRequired)
                            out.field("format", field.format.isEmpty ? nil : field.format)
                            out.field("card", field.isOnPops)
                        }
                    }
                }
                if who.may(.supervisor) {
                    let alarms = settings.alarms()
                    out.key("thresholds")
                    out.object { out in
                        out.key("default")
                        SessionRoutes.thresholds(alarms.thresholds, into: &out)
                        out.key("queues")
                        out.object { out in
                            for (queue, one) in alarms.queues.sorted(by: { $0.key < $1.key }) {
                                out.key(text: queue)
                                SessionRoutes.thresholds(one, into: &out)
                            }
                        }
                    }
                }
                out.field("now", now)
            }
        }
    }

    /// A threshold that is switched off is null.
    private static func thresholds(_ one: AlarmThresholds, into out: inout ByteBuilder) {
        out.object { out in
            out.field("waiting", one.waiting > 0 ? one.waiting : nil)
            out.field("longest_wait_ms", one.longestWait > 0 ? one.longestWait : nil)
            out.field("service_level", one.serviceLevel > 0 ? Double(one.serviceLevel) / 100 : nil)
            out.field("abandon_rate", one.abandonRate > 0 ? Double(one.abandonRate) / 100 : nil)
        }
    }

    private func isSecure(_ request: Request, _ context: WebContext) -> Bool {
        ForwardedClient(request, context, settings.desk).isSecure
    }

    /// The client's address; behind a trusted proxy, the address that the proxy sends.
    private func address(_ request: Request, _ context: WebContext) -> String {
        ForwardedClient(request, context, settings.desk).address ?? "local"
    }
}
