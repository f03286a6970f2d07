import CallCenter
import Logging
import Settings
import Storage
import Synchronization

/// One webhook: reads the log from where it was, sends what it wants of it, and stores how far it is.
///
/// A position is stored behind what was accepted, so a crash loses nothing; what was accepted since the last time it
/// was stored is sent again.
final class WebhookRunner: Sendable {
    /// How it tries, and how often it stores its position; tests have less patience.
    struct Pace: Sendable {
        /// The pause after the first attempt, doubled after each further one. Milliseconds.
        var firstPause: Int64 = 1_000
        /// The longest pause. Milliseconds.
        var pauseMax: Int64 = 300_000
        /// Events that are sent at once.
        var atOnce = 4
        /// Attempts that fail one after the other before one event is tried at a time.
        var failuresMax = 3
        /// Events that may be given up before it waits for somebody to look.
        var deadMax: Int64 = 10_000
        /// How often its position is stored. Milliseconds.
        var storeEvery: Int64 = 1_000
        /// Entries of others behind which a position is stored although nothing was sent.
        var passedMax: Int64 = 10_000
    }

    private struct State {
        /// nil before the start, and on a node that does not send.
        var queue: DeliveryQueue?
        /// Changes whenever `queue` begins again: an attempt of before has no effect any more.
        var round = 0
        /// The leadership that `queue` is of.
        var term: Int64?
        var active = 0
        var stored: Int64 = 0
        var storedAt: Int64 = 0
        /// Something was delivered or given up since the position was stored.
        var hasProgress = false
        var failures = 0
        var isHeld = false
        var delivered: Int64 = 0
        var deliveredAt: Timestamp?
        var problem: String?
    }

    let request: OutwardRequest
    private let source: OutwardSource
    private let writer: RecordWriter
    private let pace: Pace
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let send: Webhook.Send
    private let state = Mutex(State())
    /// Held while one is given up, so that there are never more than `deadMax`.
    private let givingUp = Mutex(())
    private var settings: Settings.Webhook { request.settings }

    init(
        _ request: OutwardRequest, source: OutwardSource, writer: RecordWriter, pace: Pace = Pace(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp, send: Webhook.Send? = nil
    ) {
        self.request = request
        self.source = source
        self.writer = writer
        self.pace = pace
        self.logger = logger
        self.now = now
        self.send = send ?? Webhook.sending(within: request.settings.timeout)
    }

    /// A monotonic clock. Milliseconds.
    private static func clock() -> Int64 {
        let time = started.duration(to: .now)
        return time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
    }
    private static let started = ContinuousClock.now

    // MARK: The loop

    /// Sends until the task is cancelled. Reads the log and writes records on the calling thread.
    ///
    /// - Parameter leads: whether this machine sends.
    func run(leads: @escaping @Sendable () -> Bool) async { await run(term: { leads() ? 0 : nil }) }

    /// Sends until the task is cancelled. Reads the log and writes records on the calling thread.
    ///
    /// - Parameter term: which leadership this is, of several machines that share a log: the one that leads sends. nil
    ///   while another one does. Each begins at the position that the log has, as others have sent since the last one.
    func run(term: @escaping @Sendable () -> Int64?) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                guard let now = term() else {
                    rest()
                    try? await Task.sleep(for: .milliseconds(500))
                    continue
                }
                if state.withLock({ $0.term != now }) {
                    rest()
                    state.withLock { $0.term = now }
                }
                do {
                    guard let hasMore = try await fill() else { break }
                    startAttempts(in: &group, term)
                    try store(atOnce: false, term)
                    if !hasMore { await pause() }
                } catch {
                    note(
                        problem: "\(error)",
                        "the webhook \(settings.name) waits, as the log cannot be read or written: \(error)")
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            group.cancelAll()
        }
        try? store(atOnce: true, term)
    }

    /// Another machine sends now, from the position that the log has.
    private func rest() {
        state.withLock { state in
            guard state.queue != nil else { return }
            state.queue = nil
            state.round += 1
            state.hasProgress = false
        }
    }

    /// Reads what there is room for.
    ///
    /// - Returns: whether there may be more to read at once; nil when the daemon stops.
    private func fill() async throws -> Bool? {
        guard let place = try await begun() else { return nil }
        guard state.withLock({ $0.queue?.hasRoom ?? false }) else { return false }
        var batch: OutwardBatch
        do {
            let types = settings.types.isEmpty ? nil : Set(settings.types)
            batch = try source.read(place, types, settings.role, 64)
        } catch LogWindowError.cutOff(let first) {
            logger.error(
                """
                the webhook \(settings.name) has lost the events from \(place + 1) to \(first - 1): they were deleted \
                after [retention] events, before its receiver took them
                """)
            batch = OutwardBatch(reached: first - 1)
        }
        if request.needsCall { batch.events = await completed(batch.events) }
        let events = batch.events.filter(request.wants)
        let reached = batch.reached
        state.withLock { state in
            if state.queue != nil { state.queue?.add(events, reached: reached) }
        }
        return batch.reached > place
    }

    /// Where the log was read up to; begins where that was stored, or now.
    private func begun() async throws -> Int64? {
        if let reached = state.withLock({ $0.queue?.reached }) { return reached }
        var position = try writer.store.position(ofWebhook: settings.name)
        if position == nil {
            guard let newest = await source.committed() else { return nil }
            // A crash before the first delivery must not skip what comes now.
            try writer.note(webhook: settings.name, at: newest, now: now())
            position = newest
        }
        let start = position ?? 0
        state.withLock { state in
            state.queue = DeliveryQueue(reached: start)
            state.stored = start
        }
        return start
    }

    /// Adds what the events themselves do not say.
    private func completed(_ events: [OutwardEvent]) async -> [OutwardEvent] {
        let calls = await source.calls(Set(events.compactMap(\.call)))
        return events.map { event in
            var event = event
            if let call = event.call.flatMap({ calls[$0] }) {
                event.queue = event.queue ?? call.queue
                event.tier = event.tier ?? call.tier
                event.customer = event.customer ?? call.customer
            }
            if event.tier == nil, let customer = event.customer {
                event.tier = (try? writer.store.customer(customer))?.fields.tier
            }
            return event
        }
    }

    /// Until there is something to read or to send.
    private func pause() async {
        let clock = WebhookRunner.clock()
        let (reached, hasRoom, due) = state.withLock { state -> (Int64, Bool, Int64?) in
            // While no more attempts may run, those that do go on by themselves.
            let mayStart = state.active < most(state)
            return (state.queue?.reached ?? 0, state.queue?.hasRoom ?? true, mayStart ? state.queue?.nextDue : nil)
        }
        let wait = Duration.milliseconds(min(max((due ?? clock + 1_000) - clock, 20), 1_000))
        if hasRoom {
            // What waits for an erase is there, and cannot be read yet.
            try? await Task.sleep(for: .milliseconds(20))
            await source.wait(reached, wait)
        } else {
            try? await Task.sleep(for: min(wait, .milliseconds(200)))
        }
    }

    /// Stores how far it is, when it is time.
    private func store(atOnce: Bool, _ term: () -> Int64?) throws {
        let clock = WebhookRunner.clock(), term = term()
        let position = state.withLock { state -> Int64? in
            guard state.term == term, let position = state.queue?.position, position > state.stored else { return nil }
            let isWorthIt = state.hasProgress || position - state.stored >= pace.passedMax
            guard isWorthIt, atOnce || clock - state.storedAt >= pace.storeEvery else { return nil }
            state.storedAt = clock
            return position
        }
        guard let position else { return }
        try writer.note(webhook: settings.name, at: position, now: now())
        state.withLock { state in
            state.stored = position
            state.hasProgress = false
        }
    }

    // MARK: Attempts

    private func startAttempts(in group: inout DiscardingTaskGroup, _ term: @escaping @Sendable () -> Int64?) {
        while let round = begin() { group.addTask { await self.attempts(round, term) } }
    }

    /// How many attempts may run at once.
    private func most(_ state: State) -> Int { state.failures >= pace.failuresMax ? 1 : pace.atOnce }

    /// Whether one more attempt may run beside the others: the round that it is of.
    private func begin() -> Int? {
        state.withLock { state -> Int? in
            guard state.active < most(state), let due = state.queue?.nextDue, due <= WebhookRunner.clock()
            else { return nil }
            state.active += 1
            return state.round
        }
    }

    /// One event after the other, until none has its turn.
    private func attempts(_ round: Int, _ term: @Sendable () -> Int64?) async {
        defer { state.withLock { $0.active -= 1 } }
        while !Task.isCancelled {
            // Another machine may send since the last one.
            let term = term()
            let next = state.withLock { state -> DeliveryQueue.Item? in
                guard state.round == round, state.term == term else { return nil }
                if state.failures >= pace.failuresMax, state.active > 1 { return nil }
                return state.queue?.next(at: WebhookRunner.clock())
            }
            guard let next else { return }
            let problem = await send(request.request(next.event, at: now()))
            if Task.isCancelled { return }
            guard let problem else {
                accepted(next.event, round)
                continue
            }
            failed(next, problem, round)
        }
    }

    private func accepted(_ event: OutwardEvent, _ round: Int) {
        let wasFailing = state.withLock { state -> Bool in
            defer {
                state.failures = 0
                state.problem = nil
                state.isHeld = false
            }
            state.delivered += 1
            state.deliveredAt = now()
            if state.round == round { state.queue?.remove(event) }
            state.hasProgress = true
            return state.failures >= pace.failuresMax
        }
        if wasFailing { logger.notice("the webhook \(settings.name) is accepted again") }
    }

    private func failed(_ item: DeliveryQueue.Item, _ problem: String, _ round: Int) {
        note(problem: problem, "the webhook \(settings.name) is not accepted: \(problem)")
        let tries = item.tries + 1
        guard state.withLock({ $0.round == round }) else { return }
        if tries >= settings.tries, giveUp(item.event, tries: tries, problem) {
            state.withLock { state in
                if state.round == round { state.queue?.remove(item.event) }
                state.hasProgress = true
            }
            return
        }
        let doubled = pace.firstPause << Int64(min(tries - 1, 20))
        let pause = Double(min(doubled, pace.pauseMax)) * Double.random(in: 0.8...1.2)
        let due = WebhookRunner.clock() + Int64(pause)
        state.withLock { state in
            // One that cannot be given up is tried as often as the last one before that.
            guard state.round == round else { return }
            state.queue?.retry(item.event, counts: tries < settings.tries, notBefore: due)
        }
    }

    /// - Returns: false when so many were given up already, or that cannot be stored: it is tried again.
    private func giveUp(_ event: OutwardEvent, tries: Int, _ problem: String) -> Bool {
        givingUp.withLock { _ in giveUpLocked(event, tries: tries, problem) }
    }

    private func giveUpLocked(_ event: OutwardEvent, tries: Int, _ problem: String) -> Bool {
        let name = settings.name
        do {
            let isHeld = try writer.store.deadDeliveryCount(of: name) >= pace.deadMax
            let wasHeld = state.withLock { state in
                defer { state.isHeld = isHeld }
                return state.isHeld
            }
            if isHeld {
                if !wasHeld {
                    logger.error(
                        """
                        the webhook \(name) waits: \(pace.deadMax) events were given up; see: \
                        screenpop webhooks dead \(name)
                        """)
                }
                return false
            }
            try writer.note(
                DeadDelivery(
                    webhook: name, seq: event.seq, part: event.part, type: event.type, tries: Int64(tries), at: now(),
                    problem: String(problem.prefix(500))))
            logger.error("the webhook \(name) gave up event \(event.id) after \(tries) attempts: \(problem)")
            return true
        } catch {
            logger.error("the webhook \(name) could not store that it gave up event \(event.id): \(error)")
            return false
        }
    }

    /// Remembers what went wrong, and logs the first of several failures.
    private func note(problem: String, _ text: String) {
        let isFirst = state.withLock { state in
            state.failures += 1
            state.problem = problem
            return state.failures == pace.failuresMax
        }
        if isFirst { logger.warning("\(text)") }
    }

    // MARK: Questions

    /// How it does.
    ///
    /// - Parameter leads: whether this machine sends.
    func status(leads: Bool) throws -> WebhookStatus {
        let stored = try writer.store.position(ofWebhook: settings.name)
        let dead = try writer.store.deadDeliveryCount(of: settings.name)
        return state.withLock { state in
            let condition: WebhookStatus.State =
                !leads ? .elsewhere : state.isHeld ? .held : state.failures >= pace.failuresMax ? .failing : .running
            return WebhookStatus(
                name: settings.name, url: settings.url, types: settings.types, queues: settings.queues,
                tiers: settings.tiers, isSigned: settings.keyFile != nil, state: condition,
                position: state.queue?.position ?? stored, waiting: state.queue?.count ?? 0, dead: dead,
                deliveredAt: state.deliveredAt, delivered: state.delivered, problem: state.problem)
        }
    }

    /// Sends an event once.
    ///
    /// - Returns: what went wrong; nil when it was accepted.
    func sendOnce(_ event: OutwardEvent) async -> String? {
        let event = request.needsCall ? await completed([event]).first ?? event : event
        return await send(request.request(event, at: now()))
    }

    /// The newest event that it would send, among the newest entries of the log; nil where there is none.
    func newest() async throws -> OutwardEvent? {
        guard let last = await source.committed() else { return nil }
        let types = settings.types.isEmpty ? nil : Set(settings.types)
        var found: OutwardEvent?, place = max(0, last - 5_000)
        while place < last {
            let batch: OutwardBatch
            do { batch = try source.read(place, types, settings.role, 512) } catch LogWindowError.cutOff(let first) {
                place = first - 1
                continue
            }
            let events = request.needsCall ? await completed(batch.events) : batch.events
            found = events.last(where: request.wants) ?? found
            guard batch.reached > place else { break }
            place = batch.reached
        }
        return found
    }
}
