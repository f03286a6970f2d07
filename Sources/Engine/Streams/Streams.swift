import CallCenter
import EventWire
import Synchronization

/// The fan-out: encodes each effect once, and enqueues the frame for the clients concerned.
///
/// Frames are enqueued on the engine's thread alone, so a client's initial snapshot and the later frames are one
/// sequence without gaps.
public final class Streams: Sendable {
    static let supervisors = "\u{0}supervisors"
    static let everybody = "\u{0}everybody"
    /// How long missed frames are kept after a client left. Seconds.
    static let keptS: Int64 = 600
    /// http-api.md: "A heartbeat comment every 15 s".
    static let heartbeatS: Int64 = 15

    private struct State {
        var place: UInt64 = 0
        var rings: [String: Ring] = [:]
        var byOperator: [String: [Subscription]] = [:]
        var supervisors: [Subscription] = []
        var everybody: [Subscription] = []
        var readers = Readers()
        var beatS: Int64 = 0
        var hasEnded = false
        /// The operators whose pops a client receives, or received recently.
        var audience = Centre.Audience.operators([])

        mutating func noteAudience() {
            audience = rings[Streams.everybody] != nil ? .everybody : .operators(Set(rings.keys))
        }

        /// The frames that a client has missed since `place`; nil when some were dropped.
        static func missed(_ state: State, by watch: Watch, after place: UInt64) -> Missed? {
            guard place <= state.place else { return nil }
            var missed: [(place: UInt64, bytes: [UInt8], customers: [Int64])] = []
            for name in watch.rings {
                guard let found = state.rings[name]?.frames(after: place) else { return nil }
                missed += found
            }
            missed.sort { $0.place < $1.place }
            // A frame that concerned several watched operators is in the ring of each: it is sent once.
            let each = missed.indices.filter { $0 == 0 || missed[$0 - 1].place != missed[$0].place }
            return Missed(
                frames: each.map { missed[$0].bytes }, customers: each.flatMap { missed[$0].customers })
        }
    }

    /// What a client has missed, with the customers whose data are in it.
    private struct Missed {
        var frames: [[UInt8]]
        var customers: [Int64]
    }
    private let state = Mutex(State())
    /// Distinguishes starts of the daemon: frames of an earlier one cannot be resumed.
    private let epoch: Int64

    /// - Parameter epoch: a different number at each start, such as the time.
    public init(epoch: Int64) { self.epoch = epoch }

    /// Clients that are connected.
    public var count: Int {
        state.withLock { state in
            state.supervisors.count + state.everybody.count
                + state.byOperator.values.reduce(0) { sum, list in
                    sum + list.lazy.filter { if case .own = $0.watch { true } else { false } }.count
                }
        }
    }

    /// The daemon is stopping: no new client is accepted.
    public var haveEnded: Bool { state.withLock { $0.hasEnded } }

    private let popTimes = Mutex(Durations())

    /// From the reading of an event to the write of its pop to a screen's socket. Frames that are written together
    /// count once, by the oldest.
    public var popWrites: Durations { popTimes.withLock { $0 } }

    private let firstTimes = Mutex(Durations())

    /// From the reading of an event to its pop in the queues of the screens, of pops that are new on them: what a
    /// screen shows first, without what comes later.
    public var firstPops: Durations { firstTimes.withLock { $0 } }

    /// Records that the frames of a delivery were written.
    ///
    /// - Parameter since: of `Subscription.Delivery.frames`.
    public func written(since: Int64?) {
        guard let since else { return }
        popTimes.withLock { $0.add(Engine.microseconds() - since) }
    }

    /// Whether anybody is connected.
    var areWatched: Bool { state.withLock { !($0.byOperator.isEmpty && $0.everybody.isEmpty) } }

    /// The operators whose pops a client would receive.
    var audience: Centre.Audience { state.withLock { $0.audience } }

    // MARK: Clients

    /// - Parameter lastID: the `Last-Event-ID` of a client that reconnects.
    /// - Returns: nil when the daemon is stopping.
    func attach(_ watch: Watch, lastID: String?, now: Timestamp, centre: Centre) -> Subscription? {
        let subscription = Subscription(watch: watch)
        let admission: Admission = state.withLock { state in
            if state.hasEnded { return .refused }
            let missed = lastID.flatMap(place).flatMap { State.missed(state, by: watch, after: $0) }
            for name in watch.rings { state.rings[name, default: Ring(after: state.place)].watchers += 1 }
            state.noteAudience()
            switch watch {
            case .own(let who): state.byOperator[who, default: []].append(subscription)
            case .operators(let list):
                for who in list { state.byOperator[who, default: []].append(subscription) }
                state.supervisors.append(subscription)
            case .everybody: state.everybody.append(subscription)
            }
            return missed.map { .resumed($0) } ?? .anew
        }
        switch admission {
        case .refused: return nil
        case .resumed(let missed):
            subscription.restart(with: missed.frames, customers: missed.customers, nowS: now.ms / 1000)
        case .anew: restart(subscription, isNew: lastID == nil, now: now, centre: centre)
        }
        return subscription
    }

    private enum Admission {
        case refused, anew
        case resumed(Missed)
    }

    /// Sends a client the live state, after a `reset` unless the client is new.
    func restart(_ subscription: Subscription, isNew: Bool, now: Timestamp, centre: Centre) {
        let id = state.withLock { "\(epoch)-\($0.place)" }
        var frames: [[UInt8]] = [], customers: [Int64] = []
        if !isNew { frames.append(Streams.frame("reset", id) { $0.object { _ in } }) }
        let operators: [String] =
            switch subscription.watch {
            case .own(let who): [who]
            case .operators(let list): list
            case .everybody: centre.operators.keys.sorted()
            }
        for who in operators {
            if let one = centre.operators[who] {
                frames.append(Streams.frame("operator", id) { Streams.encode(OperatorStatus(of: one), into: &$0) })
            }
            for pop in centre.livePops(of: who, at: now) {
                frames.append(Streams.frame("pop", id) { PopEncoder.pop(pop, into: &$0) })
                customers += pop.customers
            }
        }
        subscription.restart(with: frames, customers: customers, nowS: now.ms / 1000)
    }

    /// The state was rebuilt, and clients may show outdated pops: all get a `reset`, those too that reconnect later.
    func restartAll(now: Timestamp, centre: Centre) {
        let all = state.withLock { state in
            state.place += 1
            for name in Array(state.rings.keys) { state.rings[name]?.removeAll(through: state.place) }
            var all: [ObjectIdentifier: Subscription] = [:]
            for list in state.byOperator.values { for one in list { all[ObjectIdentifier(one)] = one } }
            for one in state.supervisors + state.everybody { all[ObjectIdentifier(one)] = one }
            return Array(all.values)
        }
        for subscription in all { restart(subscription, isNew: false, now: now, centre: centre) }
    }

    /// The client has gone.
    public func detach(_ subscription: Subscription, nowS: Int64) {
        subscription.end()
        state.withLock { state in
            for name in subscription.watch.rings {
                state.rings[name]?.watchers -= 1
                state.rings[name]?.leftS = nowS
            }
            func without(_ list: [Subscription]?) -> [Subscription]? {
                let rest = (list ?? []).filter { $0 !== subscription }
                return rest.isEmpty ? nil : rest
            }
            switch subscription.watch {
            case .own(let who): state.byOperator[who] = without(state.byOperator[who])
            case .operators(let list):
                for who in list { state.byOperator[who] = without(state.byOperator[who]) }
                state.supervisors = without(state.supervisors) ?? []
            case .everybody: state.everybody = without(state.everybody) ?? []
            }
        }
    }

    /// Ends every stream: the daemon stops.
    public func end() {
        let all = state.withLock { state -> [Subscription] in
            state.hasEnded = true
            return state.byOperator.values.flatMap { $0 } + state.supervisors + state.everybody
        }
        for subscription in all { subscription.end() }
    }

    private func place(_ lastID: String) -> UInt64? {
        let parts = lastID.split(separator: "-")
        guard parts.count == 2, Int64(parts[0]) == epoch else { return nil }
        return UInt64(parts[1])
    }

    // MARK: Frames

    /// Enqueues the frames of effects for the clients concerned.
    ///
    /// - Parameter since: when the event that caused them was read, for `popWrites`; nil when time alone was the cause.
    func show(_ effects: [Effect], since: Int64? = nil, now: Timestamp) {
        let nowS = now.ms / 1000
        state.withLock { state in
            for effect in effects {
                switch effect {
                case .pop(let pop, .new):
                    enqueue("pop", to: pop.operator, &state, nowS, since: since, of: pop.customers) {
                        PopEncoder.pop(pop, into: &$0)
                    }
                    if let since { firstTimes.withLock { $0.add(Engine.microseconds() - since) } }
                case .pop(let pop, .update):
                    enqueue("pop.update", to: pop.operator, &state, nowS, since: since, of: pop.customers) {
                        PopEncoder.pop(pop, into: &$0)
                    }
                case .popWithdrawn(let gone):
                    enqueue("pop.withdrawn", to: gone.operator, &state, nowS) { Streams.encode(gone, into: &$0) }
                case .operatorChanged(let one):
                    enqueue("operator", to: one.operator, &state, nowS) { Streams.encode(one, into: &$0) }
                case .alert(let alert):
                    enqueue("alert", to: nil, &state, nowS, of: alert.customer.map { [$0.id] } ?? []) {
                        Streams.encode(alert, into: &$0)
                    }
                case .history:
                    continue
                }
            }
        }
    }

    func announce(_ alarms: [Alarm], language: Language, now: Timestamp) {
        state.withLock { state in
            for alarm in alarms {
                enqueue("alarm", to: nil, &state, now.ms / 1000) { out in
                    out.object { alarm.write(language, into: &$0) }
                }
            }
        }
    }

    func deliver(_ message: DeskMessage, now: Timestamp) -> Bool {
        state.withLock { state in
            switch message.to {
            case .operator(let who):
                enqueue("message", to: who, &state, now.ms / 1000, message.write)
                return state.byOperator[who]?.isEmpty == false
            case .operators:
                let all = state.byOperator.keys.sorted()
                enqueue("message", toAll: all, &state, now.ms / 1000, message.write)
                return !all.isEmpty
            case .supervisors:
                enqueue("message", to: nil, &state, now.ms / 1000, message.write)
                return !state.supervisors.isEmpty || !state.everybody.isEmpty
            }
        }
    }

    /// Records that somebody opened a customer's record, to be notified of later changes.
    ///
    /// - Parameter reader: the operator; nil for a supervisor or a program, which have no screen of their own.
    public func note(customer: Int64, openedBy reader: String?) {
        state.withLock { $0.readers.note(reader ?? Streams.supervisors, opened: customer) }
    }

    /// Sends a warning to operators, each once, and to clients that watch everybody.
    ///
    /// - Parameters:
    ///   - withSupervisors: to supervisors as well.
    ///   - withReaders: to everybody who opened the customer's record as well.
    func warn(
        of alert: SupervisorAlert, _ operators: Set<String>, withSupervisors: Bool = true, withReaders: Bool = false,
        now: Timestamp
    ) {
        state.withLock { state in
            var audiences = operators
            if withSupervisors { audiences.insert(Streams.supervisors) }
            if withReaders, let customer = alert.customer?.id {
                audiences.formUnion(state.readers.readers(of: customer))
            }
            enqueue(
                "alert", toAll: audiences.sorted(), &state, now.ms / 1000, of: alert.customer.map { [$0.id] } ?? []
            ) { Streams.encode(alert, into: &$0) }
        }
    }

    /// Sends one frame to all who have the customer on the screen, and to clients that watch everybody. It is not
    /// stored in the rings of other operators, where it would displace frames that they may have missed.
    ///
    /// - Parameter operators: who has the customer in a pop.
    func customerChanged(_ id: Int64, version: Int64, on operators: Set<String>, now: Timestamp) {
        state.withLock { state in
            let concerned = operators.union(state.readers.readers(of: id)).sorted()
            enqueue("customer", toAll: concerned, &state, now.ms / 1000) { out in
                out.object { out in
                    out.field("id", id)
                    out.field("version", version)
                }
            }
        }
    }

    /// Notifies the open desks concerned, and supervisors, that the list of what is to be done changed; the desk then
    /// asks for its own. A desk that comes back asks anyway, so the frame is in no ring, where it would displace
    /// others. A client that watches several of the operators gets it once.
    func workChanged(of concerned: WorkConcerned, now: Timestamp) {
        state.withLock { state in
            let frame = Streams.frame("work", "\(epoch)-\(state.place)") { $0.object { $0.field("at", now) } }
            let desks = (concerned.names ?? Set(state.byOperator.keys)).flatMap { state.byOperator[$0] ?? [] }
            var given: Set<ObjectIdentifier> = []
            for one in desks + state.supervisors + state.everybody
            where given.insert(ObjectIdentifier(one)).inserted { one.enqueue(frame, nowS: now.ms / 1000) }
        }
    }

    /// - Parameters:
    ///   - who: the operator concerned; nil for the supervisors.
    ///   - customers: whose data are in the frame.
    private func enqueue(
        _ name: StaticString, to who: String?, _ state: inout State, _ nowS: Int64, since: Int64? = nil,
        of customers: @autoclosure () -> [Int64] = [], _ data: (inout ByteBuilder) -> Void
    ) {
        enqueue(
            name, toAll: CollectionOfOne(who ?? Streams.supervisors), &state, nowS, since: since, of: customers(), data)
    }

    /// Enqueues one frame, at one position, for each audience concerned and for clients that watch everybody.
    ///
    /// - Parameter audiences: operators, or `supervisors`; each once.
    private func enqueue(
        _ name: StaticString, toAll audiences: some Collection<String>, _ state: inout State, _ nowS: Int64,
        since: Int64? = nil, of customers: @autoclosure () -> [Int64] = [], _ data: (inout ByteBuilder) -> Void
    ) {
        state.place += 1
        let isKeptForAll = state.rings[Streams.everybody] != nil
        // No client is connected, and none was recently.
        guard isKeptForAll || audiences.contains(where: { state.rings[$0] != nil }) else { return }
        let frame = Streams.frame(name, "\(epoch)-\(state.place)", data), whose = customers()
        // A client that watches several of the audiences gets the frame once.
        var given: Set<ObjectIdentifier> = []
        for audience in audiences {
            state.rings[audience]?.append(frame, at: state.place, customers: whose)
            for subscription in audience == Streams.supervisors ? state.supervisors : state.byOperator[audience] ?? [] {
                guard audiences.count == 1 || given.insert(ObjectIdentifier(subscription)).inserted else { continue }
                subscription.enqueue(frame, nowS: nowS, since: since, customers: whose)
            }
        }
        if isKeptForAll { state.rings[Streams.everybody]?.append(frame, at: state.place, customers: whose) }
        for subscription in state.everybody {
            subscription.enqueue(frame, nowS: nowS, since: since, customers: whose)
        }
    }

    private static func frame(_ name: StaticString, _ id: String, _ data: (inout ByteBuilder) -> Void) -> [UInt8] {
        var out = ByteBuilder(capacity: 1_024)
        SSEFrame.event(name, id: id, into: &out, data: data)
        return out.bytes
    }

    /// Sends heartbeats, so that clients and proxies know that an idle stream is open, and removes rings that no client
    /// came back for.
    func beat(now: Timestamp) {
        let nowS = now.ms / 1000
        state.withLock { state in
            guard nowS != state.beatS else { return }
            state.beatS = nowS
            for list in state.byOperator.values { Streams.beat(list, nowS) }
            Streams.beat(state.supervisors, nowS)
            Streams.beat(state.everybody, nowS)
            guard state.rings.contains(where: { $0.value.watchers == 0 && nowS - $0.value.leftS >= Streams.keptS })
            else { return }
            for (name, ring) in state.rings where ring.watchers == 0 && nowS - ring.leftS >= Streams.keptS {
                state.rings[name] = nil
                state.readers.remove(name)
            }
            state.noteAudience()
        }
    }

    private static let heartbeat: [UInt8] = {
        var out = ByteBuilder()
        SSEFrame.comment(into: &out)
        return out.bytes
    }()

    private static func beat(_ list: [Subscription], _ nowS: Int64) {
        for subscription in list where nowS - subscription.lastPutS >= heartbeatS {
            subscription.enqueue(heartbeat, nowS: nowS)
        }
    }
}
