import BridgeCore
import CallCenter

/// Translates events of FreeSWITCH's event socket into events of the protocol. Pure and deterministic: the same events
/// give the same events with the same ids.
public struct Translator: Sendable {
    /// How a stream is translated; does not change while it lasts.
    public struct Options: Sendable {
        /// Which legs are operators' phones, and by which contexts calls come in.
        public var legRules: LegRules
        /// Suffix of each id: a bridge that starts in the middle of a call does not know the events of an earlier one.
        /// Empty for recordings, which give the same ids at each reading.
        public var run = ""
        /// The connection is live: no state is known before its lists.
        public var isLive = false

        /// A recording's options: no suffix, not live.
        public init(legRules: LegRules = LegRules()) { self.legRules = legRules }
    }

    /// What was read.
    public struct Counts: Equatable, Sendable {
        /// Bodies that are events, whether they meant something or not.
        public var events = 0
        /// Lines and bodies that are no event.
        public var refused = 0

        /// All 0.
        public init() {}
    }

    let options: Options
    /// Since this translator began.
    public internal(set) var counts = Counts()
    var legs: [String: Leg] = [:]
    var calls: [String: SwitchCall] = [:]
    /// The call of each leg outside.
    var callOfParty: [String: String] = [:]
    /// The call that each phone dials.
    var callOfPhone: [String: String] = [:]
    /// The call that each leg was dialled for.
    var callOfTarget: [String: String] = [:]
    /// The call that each leg of an operator talks in.
    var callOfTalk: [String: String] = [:]
    /// When each call is to be checked.
    var due = DueQueue()
    /// Legs of phones that called the PBX for an unknown reason.
    var undecided: Set<String> = []
    /// Legs of each operator in use by something that is no customer's call.
    var busy: [String: Set<String>] = [:]
    /// By name.
    var agents: [String: Agent] = [:]
    /// The operator of each phone's user, where the two have different names.
    var phoneOwners: [String: String] = [:]
    /// Time of the newest event of each operator, and how many had the same millisecond.
    var toldOf: [String: (time: Timestamp, count: Int)] = [:]
    /// `Core-UUID`: another one after each start of FreeSWITCH.
    var core: String?
    var linkIsUp = true
    /// When the newest event happened.
    var newest: Timestamp?
    /// How far our clock is ahead of the PBX's, from the newest event. Milliseconds.
    var aheadMs: Int64 = 0
    var out: [BridgeEvent] = []

    /// Knows no call yet; a live one needs its lists (`resync`) first.
    public init(options: Options) {
        self.options = options
        linkIsUp = !options.isLive
    }

    /// Translates an event.
    ///
    /// - Parameters:
    ///   - event: nil for a body that could not be read as one.
    ///   - arrivedAt: when it was read; its own time is used where it has one.
    /// - Returns: the resulting events, in order.
    public mutating func translate(_ event: SwitchEvent?, arrivedAt: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        guard let event else {
            counts.refused += 1
            return []
        }
        counts.events += 1
        let time = event.time ?? arrivedAt
        aheadMs = arrivedAt - time
        settleAll(time)
        noteCore(event, time)
        newest = max(newest ?? time, time)
        handle(event, time)
        return out
    }

    /// Handles the passing of time: offers calls after their delay, and decides what no further event will decide.
    public mutating func settle(_ now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        settleAll(now - aheadMs)
        return out
    }

    private mutating func handle(_ event: SwitchEvent, _ time: Timestamp) {
        switch event.name {
        case "CHANNEL_CREATE": create(event, time)
        case "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA": progress(event, time)
        case "CHANNEL_ANSWER": answered(event, time)
        case "CHANNEL_BRIDGE": bridged(event, time)
        case "CHANNEL_UNBRIDGE": unbridged(event, time)
        case "CHANNEL_HOLD": hold(event, time, true)
        case "CHANNEL_UNHOLD": hold(event, time, false)
        case "CHANNEL_HANGUP_COMPLETE", "CHANNEL_DESTROY": hangup(event, time)
        case "CUSTOM": if event["Event-Subclass"] ?? "callcenter::info" == "callcenter::info" { queue(event, time) }
        default: break
        }
    }

    private mutating func queue(_ event: SwitchEvent, _ time: Timestamp) {
        switch event["CC-Action"] {
        case "member-queue-start", "member-queue-resume": queueStart(event, time)
        case "member-queue-end": queueEnd(event, time)
        case "agent-offering": agentOffering(event, time)
        case "bridge-agent-start": agentStart(event, time)
        case "agent-status-change": agentStatus(event, time)
        case "agent-max-no-answer": if let name = event["CC-Agent"] { agents[name]?.failedAt = time }
        case "agent-contact-change": agentContact(event)
        default: break
        }
    }

    // MARK: Telling

    mutating func emit(
        _ type: String, _ call: inout SwitchCall, _ time: Timestamp,
        _ fields: [(name: String, value: BridgeEvent.Value)] = []
    ) {
        offer(&call)
        // A caller who hangs up ends the rings; otherwise they had ended before.
        if type != "call.ended" { emitEndedRings(&call) }
        append(type, &call, time, fields)
    }

    mutating func append(
        _ type: String, _ call: inout SwitchCall, _ time: Timestamp,
        _ fields: [(name: String, value: BridgeEvent.Value)]
    ) {
        let count = call.counts[type, default: 0]
        call.counts[type] = count + 1
        out.append(
            BridgeEvent(
                type: type, id: "\(call.id).\(type.dropFirst(5)).\(count)\(options.run)", time: time, call: call.id,
                fields: fields))
    }

    /// The offer waits for the next event of the call: until then the dialplan may clean the number, or ask for a
    /// route and name the queue.
    mutating func offer(_ call: inout SwitchCall) {
        guard !call.isOffered else { return }
        call.isOffered = true
        if let who = call.dialedBy {
            var fields: [(name: String, value: BridgeEvent.Value)] = [
                ("operator", .text(who)), ("to", .text(call.line ?? "")),
            ]
            if let shown = call.caller.number, shown != who { fields.append(("from", .text(shown))) }
            return append("call.dialed", &call, call.startedAt, fields)
        }
        var fields = call.caller.fields
        fields.append(("to", call.line.map { .text($0) } ?? .null))
        if let queue = call.meantFor { fields.append(("queue", .text(queue))) }
        append("call.offered", &call, call.startedAt, fields)
        call.offer = out.last
    }

    /// Removes a call from the dictionary for a change; nothing for a leg that is no call.
    mutating func with(_ id: String?, _ body: (inout Translator, inout SwitchCall) -> Void) {
        guard let id, var call = calls.removeValue(forKey: id) else { return }
        let talks = call.talks
        body(&self, &call)
        schedule(&call)
        if call.talks != talks {
            for talk in talks where callOfTalk[talk.leg] == id { callOfTalk[talk.leg] = nil }
            for talk in call.talks { callOfTalk[talk.leg] = id }
        }
        calls[id] = call
    }

    mutating func add(_ call: SwitchCall) {
        var call = call
        schedule(&call)
        calls[call.id] = call
        for party in call.parties { callOfParty[party] = call.id }
        if let phone = call.phone { callOfPhone[phone] = call.id }
    }

    /// Removes an ended call.
    mutating func drop(_ id: String, _ time: Timestamp) {
        guard let call = calls.removeValue(forKey: id) else { return }
        for party in call.parties where callOfParty[party] == id { callOfParty[party] = nil }
        if let phone = call.phone, callOfPhone[phone] == id { callOfPhone[phone] = nil }
        for leg in call.targets where callOfTarget[leg] == id { callOfTarget[leg] = nil }
        for talk in call.talks {
            if callOfTalk[talk.leg] == id { callOfTalk[talk.leg] = nil }
            // Who asked a colleague when the caller gave up talks on.
            guard let leg = legs[talk.leg], leg.mates.contains(where: { legs[$0]?.owner != nil }) else { continue }
            legs[talk.leg]?.isServing = false
            setBusy(talk.leg, time)
        }
    }
}
