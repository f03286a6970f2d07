/// One connection to the event socket, from its greeting to its end: login, subscription, lists of what is alive, then
/// events. Pure: its inputs are frames and the time, its outputs are bytes to send and facts.
public struct SwitchSession: Sendable {
    /// A step for the caller to perform.
    public enum Step: Sendable {
        /// The bytes are to be written to the connection.
        case send(String)
        /// The password was right, and events are subscribed to; the lists were requested.
        case loggedIn
        /// The complete lists. Events follow, including those received before.
        case alive(SwitchLists)
        /// Agents and tiers alone, asked for now and then.
        case polled(SwitchLists)
        /// - Parameters:
        ///   - event: nil for a body that is none.
        ///   - ageMs: how long ago it was read, where it had to wait for the lists.
        case event(SwitchEvent?, ageMs: Int64)
        /// The answer to a command of the caller's.
        case answer(id: String, text: String)
        /// The session ended; the connection is to be closed.
        case failed(Failure)
    }

    /// Why a session ended.
    public enum Failure: Error, Equatable, Sendable {
        /// The password is wrong.
        case refused(String)
        /// The address is not permitted.
        case notPermitted
        /// No answer in time.
        case silent
        /// FreeSWITCH ends the connection.
        case closed
        /// What is alive cannot be asked for.
        case noLists(String)
    }

    private enum Question: Equatable {
        case auth, subscription, ping
        case agents, tiers, queues, members, channels
        case facts(String)
        case polledAgents, polledTiers
        case command(String)
    }

    private enum State: Equatable { case greeting, login, lists, up, failed }

    /// What the bridge reads; CUSTOM last, as what follows it is taken for subclasses.
    static let events = """
        CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE \
        CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY HEARTBEAT SHUTDOWN BACKGROUND_JOB \
        CUSTOM callcenter::info
        """

    /// After this time without data a question is sent. Milliseconds.
    public static let pingAfterMs: Int64 = 10_000
    /// After this time without data the connection is closed. Milliseconds.
    public static let silentAfterMs: Int64 = 30_000
    /// Agents that were deleted and tiers that were changed have no events: they are asked for so often. Milliseconds.
    static let pollAfterMs: Int64 = 30_000
    /// The event socket is there a moment before mod_callcenter is: the lists are asked for again after this time.
    /// Milliseconds.
    static let retryAfterMs: Int64 = 300
    private static let retriesMax = 10
    /// Maximum of channels whose facts are asked for.
    private static let factsMax = 2_000
    /// Maximum of events that wait for the lists.
    private static let waitingMax = 200_000

    private let password: String
    private var state = State.greeting
    private var heardAt: Int64
    private var pingedAt: Int64
    private var polledAt: Int64 = 0
    /// Questions without an answer, oldest first: FreeSWITCH answers in their order.
    private var open: [Question] = []
    private var lists = SwitchLists()
    private var polled = SwitchLists()
    private var retries = 0
    private var retryAt: Int64?
    /// Events received before the lists were complete: they are returned after them.
    private var waiting: [(event: SwitchEvent?, readMs: Int64)] = []

    /// - Parameter nowMs: a monotonic clock.
    public init(password: String, nowMs: Int64) {
        self.password = password
        heardAt = nowMs
        pingedAt = nowMs
    }

    /// Logged in, and the lists are complete: commands may be sent.
    public var isUp: Bool { state == .up }

    /// Handles a received frame.
    public mutating func handle(_ frame: SwitchFrame, nowMs: Int64) -> [Step] {
        heardAt = nowMs
        switch frame.type {
        case "auth/request":
            guard state == .greeting else { return [] }
            state = .login
            return [ask(.auth, "auth \(password)")]
        case "text/rude-rejection": return fail(.notPermitted)
        case "text/disconnect-notice": return fail(.closed)
        case "text/event-json": return event(SwitchEvent(json: frame.body), nowMs)
        case "text/event-plain": return event(SwitchEvent(plain: frame.text), nowMs)
        case "command/reply", "api/response":
            guard !open.isEmpty else { return [] }
            return answered(open.removeFirst(), frame, nowMs)
        default: return []
        }
    }

    /// Handles the passing of time.
    public mutating func tick(nowMs: Int64) -> [Step] {
        guard state != .failed else { return [] }
        if nowMs - heardAt >= SwitchSession.silentAfterMs { return fail(.silent) }
        if let at = retryAt, nowMs >= at {
            retryAt = nil
            return askForLists()
        }
        guard state == .up else { return [] }
        if nowMs - polledAt >= SwitchSession.pollAfterMs, lists.hasQueues {
            polledAt = nowMs
            return [ask(.polledAgents, "api callcenter_config agent list"), ask(.polledTiers, Self.tierList)]
        }
        guard nowMs - heardAt >= SwitchSession.pingAfterMs, nowMs - pingedAt >= SwitchSession.pingAfterMs else {
            return []
        }
        pingedAt = nowMs
        return [ask(.ping, "api status")]
    }

    /// A command of the caller's; its answer is told with `id`.
    public mutating func command(_ text: String, id: String) -> Step { ask(.command(id), text) }

    private static let tierList = "api callcenter_config tier list"

    private mutating func ask(_ question: Question, _ text: String) -> Step {
        open.append(question)
        return .send(text + "\n\n")
    }

    private mutating func fail(_ failure: Failure) -> [Step] {
        state = .failed
        return [.failed(failure)]
    }

    private mutating func event(_ event: SwitchEvent?, _ nowMs: Int64) -> [Step] {
        if state == .up { return [.event(event, ageMs: 0)] }
        guard waiting.count < SwitchSession.waitingMax else { return fail(.silent) }
        waiting.append((event, nowMs))
        return []
    }

    // MARK: Answers

    private mutating func answered(_ question: Question, _ frame: SwitchFrame, _ nowMs: Int64) -> [Step] {
        switch question {
        case .auth:
            guard frame.answer.hasPrefix("+OK") else { return fail(.refused(frame.answer)) }
            return [ask(.subscription, "event json \(SwitchSession.events)")]
        case .subscription:
            guard frame.answer.hasPrefix("+OK") else { return fail(.refused(frame.answer)) }
            state = .lists
            return [.loggedIn] + askForLists()
        case .ping: return []
        case .command(let id): return [.answer(id: id, text: frame.answer)]
        case .polledAgents:
            polled.agents = SwitchLists.rows(frame.text) ?? []
            return []
        case .polledTiers:
            guard let tiers = SwitchLists.rows(frame.text), !polled.agents.isEmpty else { return [] }
            polled.tiers = tiers
            return [.polled(polled)]
        case .agents: return agents(frame, nowMs)
        case .tiers:
            lists.tiers = SwitchLists.rows(frame.text) ?? []
            return []
        case .queues: return queues(frame)
        case .members:
            lists.members += SwitchLists.rows(frame.text) ?? []
            return []
        case .channels: return channels(frame, nowMs)
        case .facts(let id):
            if let event = SwitchEvent(json: frame.body) { lists.facts[id] = event }
            return completeIfAll(nowMs)
        }
    }

    // MARK: Lists

    private mutating func askForLists() -> [Step] {
        lists = SwitchLists()
        return [ask(.agents, "api callcenter_config agent list")]
    }

    private mutating func agents(_ frame: SwitchFrame, _ nowMs: Int64) -> [Step] {
        guard let rows = SwitchLists.rows(frame.text) else {
            retries += 1
            guard retries > SwitchSession.retriesMax else {
                retryAt = nowMs + SwitchSession.retryAfterMs
                return []
            }
            // No mod_callcenter: ring groups alone.
            lists.hasQueues = false
            return [ask(.channels, "api show channels as json")]
        }
        lists.agents = rows
        return [ask(.tiers, Self.tierList), ask(.queues, "api callcenter_config queue list")]
    }

    private mutating func queues(_ frame: SwitchFrame) -> [Step] {
        let names = (SwitchLists.rows(frame.text) ?? []).compactMap { $0["name"] }
        lists.queues = names.filter { name in
            !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        }
        // Channels last: a caller who is in the list of members and not in theirs has gone meanwhile.
        return lists.queues.map { ask(.members, "api callcenter_config queue list members \($0)") } + [
            ask(.channels, "api show channels as json")
        ]
    }

    private mutating func channels(_ frame: SwitchFrame, _ nowMs: Int64) -> [Step] {
        guard let rows = SwitchLists.channels(frame.body) else { return fail(.noLists(frame.answer)) }
        lists.channels = rows
        // The list does not say whether a number is withheld.
        let callers = rows.filter { $0["direction"] == "inbound" }.compactMap { $0["uuid"] }.filter { id in
            id.utf8.count <= 100 && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        let steps = callers.prefix(SwitchSession.factsMax).map { ask(.facts($0), "api uuid_dump \($0) json") }
        return steps.isEmpty ? complete(nowMs) : steps
    }

    private mutating func completeIfAll(_ nowMs: Int64) -> [Step] {
        let isOpen = open.contains { if case .facts = $0 { true } else { false } }
        return isOpen ? [] : complete(nowMs)
    }

    private mutating func complete(_ nowMs: Int64) -> [Step] {
        state = .up
        polledAt = nowMs
        defer { waiting = [] }
        return [.alive(lists)] + waiting.map { .event($0.event, ageMs: nowMs - $0.readMs) }
    }
}
