import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/operators`, their states, and calls from their phones.
struct OperatorRoutes {
    let engine: Engine
    let history: any CallHistory
    let records: CustomerStore
    let recorder: EventRecorder
    let orders: PBXOrders
    let settings: WebSettings

    /// The longest wait for the outcome of an order. Milliseconds.
    static let orderMs: Int64 = 5_000
    /// The longest wait for the outcome of a dial order, the ring of the operator's phone included. Milliseconds.
    static let dialMs: Int64 = 40_000
    /// The longest wait for the PBX's own event after its answer. Milliseconds.
    private static let eventMs = 2_000

    func add(to router: GuardedRouter) {
        router.get("v1/operators", may: .supervisor, use: list)
        router.post("v1/operators/{id}/state", may: .operator, use: set)
        router.post("v1/operators/{id}/dial", may: .operator, use: dial)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let settings = self.settings, language = try Query(request).language ?? request.language ?? settings.language
        guard
            var stats = await engine.ask({ centre, now in
                centre.stats(from: settings.dayStart(now), to: StatsFeed.end(of: now, settings.interval), now: now)
            })
        else { throw Problem.stopping }
        stats.add(past: try history.figures(of: stats))
        return .json { out in
            out.object { out in
                out.key("operators")
                out.array { out in
                    for (id, one) in stats.operators.sorted(by: { $0.key < $1.key }) {
                        out.object { out in
                            out.field("operator", id)
                            StatsEncoder.operatorFields(one, stats.complaints, language, into: &out)
                        }
                    }
                }
            }
        }
    }

    // MARK: State

    fileprivate struct StateBody: Decodable {
        var state: String
        var reason: String?
        var device: String?
        var queues: [String]?
    }

    private enum State {
        case ready, paused, resumed, loggedIn, loggedOut

        init(_ word: String) throws(Problem) {
            switch word {
            case "ready": self = .ready
            case "paused", "pause": self = .paused
            case "resumed", "resume", "available": self = .resumed
            case "logged_in", "login": self = .loggedIn
            case "logged_out", "logout": self = .loggedOut
            default: throw .bad("state is ready, paused, resumed, logged_in or logged_out.")
            }
        }

        /// The order for the PBX; nil for a state that only the daemon knows, after-call work.
        var order: PBXOrder.Action? {
            switch self {
            case .ready: nil
            case .paused: .pause
            case .resumed: .resume
            case .loggedIn: .login
            case .loggedOut: .logout
            }
        }

        /// What goes into the log where no PBX says it.
        ///
        /// - Parameter queues: of an operator who logs in; nil for every queue.
        func event(_ asked: StateBody, queues: [String]?) -> OperatorEvent {
            switch self {
            case .ready: .ready
            case .paused: .paused(reason: asked.reason)
            case .resumed: .resumed
            case .loggedIn: .login(name: nil, device: asked.device, queues: queues)
            case .loggedOut: .logout
            }
        }

        /// After-call work ends with it.
        var endsWrapUp: Bool {
            switch self {
            case .ready, .paused, .loggedOut: true
            case .resumed, .loggedIn: false
            }
        }

        /// As a request names it.
        var word: String {
            switch self {
            case .ready: "ready"
            case .paused: "paused"
            case .resumed: "resumed"
            case .loggedIn: "logged_in"
            case .loggedOut: "logged_out"
            }
        }

        func isReached(by one: Operator?) -> Bool {
            switch self {
            case .ready: true
            case .paused: one?.isPaused == true
            case .resumed: one?.isLoggedIn == true && one?.isPaused == false
            case .loggedIn: one?.isLoggedIn == true
            case .loggedOut: one?.isLoggedIn != true
            }
        }
    }

    /// If a bridge accepts orders, the PBX is asked and its answer is returned. Otherwise the daemon changes the state
    /// on its own.
    private func set(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        if let own = context.who.ownOperator, own != id { throw Problem.forbidden(.supervisor) }
        let asked: StateBody = try await request.json()
        let state = try State(asked.state)
        if asked.device != nil || asked.queues != nil {
            guard state == .loggedIn else { throw Problem.bad("device and queues go with logged_in alone.") }
            // With a free choice of device an operator could make another's phone ring.
            try context.require(.supervisor)
        }
        let known = try await one(id)
        if state != .loggedIn, known?.isLoggedIn != true {
            throw Problem(.conflict, "Operator \(id) is not logged in.")
        }

        if state.endsWrapUp, context.who.ownOperator != nil { try await requireDisposition(id, before: state) }

        var isConfirmed = false
        if let action = state.order {
            let order = PBXOrder(
                action: action, operator: id, device: asked.device ?? known?.device, name: known?.name,
                queues: asked.queues ?? (state == .loggedIn ? known?.queues : nil),
                reason: asked.reason)
            try check(order)
            isConfirmed = try await send(order, to: known?.source, within: OperatorRoutes.orderMs)
        }
        if isConfirmed { try await follow(id, state) } else { try await note(id, state, asked, known) }
        let now = try await one(id)
        return .json { out in
            out.object { out in
                out.field("operator", id)
                out.field("state", now?.state.rawValue)
                out.field("since", now?.since)
                out.field("reason", now?.pauseReason)
                out.field("pbx", isConfirmed ? "confirmed" : state.order == nil ? "not_concerned" : "not_asked")
            }
        }
    }

    /// An operator ends its after-call work with a disposition where the centre requires one, whatever it asks for that
    /// ends it; the clock, the phone and a supervisor end it without.
    private func requireDisposition(_ id: String, before state: State) async throws {
        let found = await engine.ask { centre, _ -> (call: Call?, policy: Policy) in
            let number = centre.operators[id]?.wrapUpCall
            return (number.flatMap { centre.call(number: $0) }, centre.policy)
        }
        guard let found else { throw Problem.stopping }
        guard let call = found.call, call.disposition == nil else { return }
        guard DispositionRules(policy: found.policy, desk: settings.desk).needsOne(call) else { return }
        throw Problem(
            .conflict,
            "Call \(call.key.call) needs a disposition: POST /v1/calls/{call}/disposition, and then \(state.word)."
        ) { out in
            out.key("needs_disposition")
            out.object { out in
                out.field("call", call.key.call)
                out.field("source", call.key.source)
            }
        }
    }

    /// An order has to keep the event protocol's limits: it is one of its lines.
    private func check(_ order: PBXOrder) throws(Problem) {
        var line = ByteBuilder(capacity: 256)
        var numbered = order
        numbered.id = "0"
        numbered.write(into: &line)
        let isGood = line.withUnsafeBytes { OrderLine.read($0) == .order(numbered) }
        guard isGood else { throw .bad("A text is too long, or has control characters.") }
    }

    /// Waits for the PBX's own event, which changes the state.
    private func follow(_ id: String, _ state: State) async throws {
        for _ in 0..<(OperatorRoutes.eventMs / 20) {
            if state.isReached(by: try await one(id)) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func note(_ id: String, _ state: State, _ asked: StateBody, _ known: Operator?) async throws {
        let event = state.event(asked, queues: asked.queues ?? known?.queues)
        try await recorder.record(
            .operator(id, event), source: known?.source ?? EventRecorder.ownSource,
            refused: "The reason is too long, or has control characters.")
    }

    private func one(_ id: String) async throws -> Operator? {
        guard let found = await engine.ask({ centre, _ in centre.operators[id] }) else { throw Problem.stopping }
        return found
    }

    /// - Returns: false when no bridge accepts orders for that PBX.
    /// - Throws: `Problem` when the PBX refused, or did not answer in time.
    private func send(_ order: PBXOrder, to source: String?, within milliseconds: Int64) async throws -> Bool {
        switch await orders.send(order, to: source, within: milliseconds) {
        case .done: return true
        case .nobody: return false
        case .refused(let reason): throw Problem(.conflict, "The PBX refused: \(reason)")
        case .noAnswer:
            throw Problem(
                .gatewayTimeout,
                "The PBX did not answer within \(milliseconds / 1_000) s; whether it did what was asked will show in "
                    + "the operator's state."
            )
        }
    }

    // MARK: Dialling

    private struct Dial: Decodable, ReadsMasks {
        var to: String
        /// Whose number it is: by that a number is found of which the client sees the end alone.
        var customer: Int64?
        /// Call although the customer does not want to be called.
        var override_do_not_call: Bool?
    }

    /// Records that are looked at for who does not want to be called.
    private static let sharersMax = 100

    /// - Throws: `Problem` 409 when a customer with this number does not want to be called, and nobody said otherwise.
    private func checkWish(_ asked: Dial, _ to: String) throws {
        guard asked.override_do_not_call != true, let key = settings.numberReader.dialled(to).key else { return }
        let found = try records.find(number: key, limit: OperatorRoutes.sharersMax).customers
        let those = found.filter(\.fields.details.doNotCall).map(\.id)
        guard let first = those.first else { return }
        throw Problem(
            .conflict,
            "Customer \(first) does not want to be called. To call all the same, send \"override_do_not_call\": true."
        ) { out in
            out.field("do_not_call", true)
            out.key("customers")
            out.array { out in for id in those { out.value(id) } }
        }
    }

    /// Rings the operator's own phone, and connects it with the number once it is picked up.
    private func dial(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        if let own = context.who.ownOperator, own != id { throw Problem.forbidden(.supervisor) }
        let asked: Dial = try await request.json()
        let to = DialledNumber.clean(try whole(asked))
        guard let to else {
            throw Problem.bad(
                "to is a number: digits, with a + before them if need be; spaces, hyphens and brackets are left out.")
        }
        try checkWish(asked, to)
        guard let known = try await one(id), known.isLoggedIn else {
            throw Problem(.conflict, "Operator \(id) is not logged in.")
        }
        guard let device = known.device else {
            throw Problem(.conflict, "It is not known which phone operator \(id) has; the login did not say.")
        }
        guard known.activeCalls.isEmpty else { throw Problem(.conflict, "Operator \(id) is on a call.") }
        let order = PBXOrder(action: .dial, operator: id, device: device, name: known.name, to: to)
        try check(order)
        guard try await send(order, to: known.source, within: OperatorRoutes.dialMs) else {
            throw Problem(.conflict, "No PBX takes orders here; screenpop-asterisk does, once it runs.")
        }
        return .json { out in
            out.object { out in
                out.field("operator", id)
                out.field("device", device)
                out.field("to", to)
            }
        }
    }

    private func whole(_ asked: Dial) throws -> String {
        guard NumberMask.isMask(asked.to) else { return asked.to }
        let phones = try asked.customer.flatMap { try records.customer($0) }?.fields.phones ?? []
        guard let phone = phones.first(where: { NumberMask.masked($0.display) == asked.to }) else {
            throw Problem.bad("to is the end of a number: say whose it is with customer, the number of a record.")
        }
        return phone.e164 ?? phone.display
    }
}

/// A number as a PBX dials it.
enum DialledNumber {
    /// Half-width digits without what people write between them; nil for what is no number, or has feature codes in it.
    static func clean(_ typed: String) -> String? {
        var out = ""
        for character in typed {
            if let digit = character.wholeNumberValue, digit < 10 {
                out += String(digit)
            } else if character == "+" || character == "＋", out.isEmpty {
                out = "+"
            } else if !(character.isWhitespace || "-‐‑‒–—―−－ー()（）./・".contains(character)) {
                return nil
            }
        }
        let digits = out.count - (out.hasPrefix("+") ? 1 : 0)
        return (1...32).contains(digits) ? out : nil
    }
}
