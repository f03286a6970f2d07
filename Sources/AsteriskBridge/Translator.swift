import AMI
import BridgeCore
import CallCenter

/// Translates Asterisk's manager events into events of the protocol. Pure and deterministic: the same stream gives the
/// same events with the same ids, however it is split into reads.
public struct Translator: Sendable {
    /// How a stream is translated; does not change while it lasts.
    public struct Options: Sendable {
        /// Which endpoints are operators' phones, and by which contexts calls come in.
        public var endpointRules: EndpointRules

        /// Suffix of each id: a bridge that starts in the middle of a call does not know the events of an earlier one.
        /// Empty for recordings, which give the same ids at each reading.
        public var run = ""
        /// The connection is live: no state is known before its lists.
        public var isLive = false

        /// A recording's options: no suffix, not live.
        public init(endpointRules: EndpointRules) { self.endpointRules = endpointRules }
    }

    /// Counts of translated, ignored and refused frames.
    public struct Counts: Equatable, Sendable {
        /// Frames that were whole, whether they meant something or not.
        public var frames = 0
        /// Frames that the parser dropped.
        public var refused = 0
        /// Events without the headers that Asterisk always writes: forged, or cut by a forged one.
        public var incomplete = 0

        /// All 0.
        public init() {}
    }

    let options: Options
    var endpointRules: EndpointRules { options.endpointRules }
    /// Since this translator began.
    public internal(set) var counts = Counts()
    var channels: [String: Channel] = [:]
    /// Halves of Local channels, by name.
    var localHalves: [String: String] = [:]
    var bridges: [String: Bridge] = [:]
    var calls: [String: BridgedCall] = [:]
    /// The call of each channel outside.
    var callOfParty: [String: String] = [:]
    /// The call that each phone dials.
    var callOfPhone: [String: String] = [:]
    /// Calls without events of their own channel: without the right to class `call` that is every call.
    var unseen: Set<String> = []
    /// The call that each channel of an operator talks with.
    var callOfTalk: [String: String] = [:]
    /// When each call is to be checked.
    var due = DueQueue()
    /// Phones that are off the hook for an unknown reason.
    var undecided: Set<String> = []
    /// Channels of each operator in use by something that is no customer's call.
    var busy: [String: Set<String>] = [:]
    /// Operators who were reported as busy.
    var toldBusy: Set<String> = []
    /// Of them, those whose phones are free again, and since when; `free` is not sent yet.
    var freeSince: [String: Timestamp] = [:]
    /// The call that each phone rings for.
    var callOfRing: [String: String] = [:]
    var members: [String: Member] = [:]
    /// The memberships of each operator, the last ones after a logout.
    var seats: [String: [String: Seat]] = [:]
    /// Time of the newest event of each operator, and how many had the same millisecond.
    var toldOf: [String: (time: Timestamp, count: Int)] = [:]
    /// Operators who are being logged out by an order: their earlier membership is reported.
    var leaving: Set<String> = []
    /// The context of each known endpoint: a list only has the channel's position in the dialplan.
    var contexts: [String: String] = [:]
    /// The operator of an interface.
    var operators: [String: String] = [:]
    /// Of them, those whose phone is not known by their state.
    var vague: [String: String] = [:]
    /// The call an interface was last connected to: AgentComplete does not always say.
    var connected: [String: String] = [:]
    /// Calls that the PBX hung up while they waited, with their ends: if the PBX is shutting down, their outcome is
    /// unknown.
    var thrownOut: [(call: BridgedCall, cause: String?, at: Timestamp)] = []
    /// Channels that only refused frames were about, the oldest first.
    var doubtful: [String] = []
    var linkIsUp = true
    var linkChanges = 0
    /// How far our clock is ahead of the PBX's, from the newest event. Milliseconds.
    var aheadMs: Int64 = 0
    var out: [BridgeEvent] = []

    /// Knows no call yet; a live one needs its lists (`resync`) first.
    public init(options: Options) {
        self.options = options
        linkIsUp = !options.isLive
    }

    /// Translates a received part.
    ///
    /// - Parameters:
    ///   - arrivedAt: when its last byte was read; the frame's own timestamp is used if it has one.
    /// - Returns: the resulting events, in order.
    public mutating func translate(_ part: AMIParser.Part, arrivedAt: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        switch part {
        case .banner: break
        case .refused: counts.refused += 1
        case .suspect(let ids, let isEnd):
            for id in ids { doubt(id) }
            if isEnd, let id = ids.first { hangup(id, cause: nil, exten: nil, arrivedAt - aheadMs) }
        case .frame(let frame):
            counts.frames += 1
            let time = frame.timestampUs.map { Timestamp(ms: $0 / 1000) } ?? arrivedAt
            aheadMs = arrivedAt - time
            if let name = frame.event {
                settleAll(time)
                let event = ManagerEvent(named: name)
                meetDoubtful(event, frame, time)
                if let event { handle(event, frame, time) }
            } else if frame["Response"] == nil, let id = frame["Uniqueid"] {
                // The end of a frame that a caller has cut in two.
                doubt(id)
            }
        }
        return out
    }

    /// Handles the passing of time: offers calls after their delay, and decides what no further event will decide.
    public mutating func settle(_ now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        settleAll(now - aheadMs)
        return out
    }

    /// The connection to the PBX ended.
    public mutating func linkLost(at time: Timestamp) -> [BridgeEvent] {
        thrownOut = []
        guard linkIsUp else { return [] }
        linkIsUp = false
        linkChanges += 1
        return [BridgeEvent(type: "pbx.disconnected", id: "link.\(time.ms).down\(options.run)", time: time)]
    }

    /// The previous bridge process ended without a clean stop. `time` is the last time at which it had a connection to
    /// the PBX.
    public mutating func wasLost(since time: Timestamp) -> [BridgeEvent] {
        [BridgeEvent(type: "pbx.disconnected", id: "link.\(time.ms).lost\(options.run)", time: time)]
    }

    private mutating func handle(_ event: ManagerEvent, _ frame: AMIFrame, _ time: Timestamp) {
        switch event {
        case .fullyBooted: booted(frame, time)
        case .newchannel: if isWhole(frame) { newChannel(frame, time) }
        case .newstate: if isWhole(frame) { newState(frame, time) }
        case .rename: rename(frame)
        case .userEvent: if isWhole(frame) { noteCaller(frame, time, isNewNumber: false) }
        case .newCallerid: if isWhole(frame) { noteCaller(frame, time, isNewNumber: true) }
        case .localBridge: localBridge(frame)
        case .dialBegin: dialBegin(frame, time)
        case .dialState: dialState(frame, time)
        case .dialEnd: dialEnd(frame, time)
        case .bridgeEnter: if isWhole(frame) { bridgeEnter(frame, time) }
        case .bridgeLeave: if isWhole(frame) { bridgeLeave(frame, time) }
        case .hangupRequest: if isWhole(frame) { hangupRequest(frame) }
        case .softHangupRequest: if isWhole(frame) { softHangup(frame) }
        case .shutdown: thrownOut = []
        case .hangup: if isWhole(frame) { hangup(frame, time) }
        case .hold: if isWhole(frame) { hold(frame, time, true) }
        case .unhold: if isWhole(frame) { hold(frame, time, false) }
        case .blindTransfer: blindTransfer(frame, time)
        case .attendedTransfer: attendedTransfer(frame, time)
        case .parkedCall: parked(frame, time)
        case .unparkedCall: unparked(frame, time)
        case .parkedCallTimeOut: parkingTimedOut(frame, time)
        case .queueCallerJoin: if isWhole(frame) { join(frame, time) }
        case .queueCallerAbandon: if isWhole(frame) { abandon(frame, time) }
        case .queueCallerLeave: if isWhole(frame) { leave(frame, time) }
        case .agentCalled: if isWhole(frame) { agentCalled(frame, time) }
        case .agentConnect: if isWhole(frame) { agentConnect(frame, time) }
        case .agentRingNoAnswer: if isWhole(frame) { agentRingNoAnswer(frame, time) }
        case .agentComplete: agentComplete(frame, time)
        case .agentLogin: agentLogin(frame, time)
        case .agentLogoff: agentLogoff(frame, time)
        case .queueMemberAdded, .queueMemberStatus, .queueMember, .queueMemberPause: member(event, frame, time)
        case .queueMemberRemoved: memberRemoved(frame, time)
        }
    }

    /// A frame about a channel has all headers of the channel, which is more than a caller can write into a number (79
    /// bytes): a frame that lacks one is forged, or the rest of a forged one.
    mutating func isWhole(_ frame: AMIFrame) -> Bool {
        if frame.has(Translator.channelBlock) { return true }
        counts.incomplete += 1
        return false
    }

    /// In Asterisk's order.
    private static let channelBlock: [StaticString] = [
        "Privilege", "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum",
        "ConnectedLineName", "Context", "Exten", "Priority", "Uniqueid", "Linkedid",
    ]

    // MARK: Telling

    mutating func emit(
        _ type: String, _ call: inout BridgedCall, _ time: Timestamp,
        _ fields: [(name: String, value: BridgeEvent.Value)] = []
    ) {
        offer(&call)
        // A caller who hangs up ends the rings; otherwise they had ended before.
        if type != "call.ended" { emitEndedRings(&call) }
        append(type, &call, time, fields)
    }

    mutating func append(
        _ type: String, _ call: inout BridgedCall, _ time: Timestamp,
        _ fields: [(name: String, value: BridgeEvent.Value)]
    ) {
        call.toldUpTo = max(call.toldUpTo ?? time, time)
        let count = call.counts[type, default: 0]
        call.counts[type] = count + 1
        out.append(
            BridgeEvent(
                type: type, id: "\(call.id).\(type.dropFirst(5)).\(count)\(options.run)", time: time, call: call.id,
                fields: fields))
    }

    /// The offer waits for the next event of the call: until then the dialplan may clean the number, or mark it as
    /// withheld.
    mutating func offer(_ call: inout BridgedCall) {
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
        fields.append(("to", call.line.flatMap { $0.isEmpty ? nil : .text($0) } ?? .null))
        if let queue = call.meantFor { fields.append(("queue", .text(queue))) }
        append("call.offered", &call, call.startedAt, fields)
        call.offer = out.last
    }

    /// Removes a call from the dictionary for a change; nil for a channel that is no incoming call.
    mutating func with(_ id: String?, _ body: (inout Translator, inout BridgedCall) -> Void) {
        guard let id, var call = calls.removeValue(forKey: id) else { return }
        let talks = call.talks
        body(&self, &call)
        schedule(&call)
        if call.talks != talks {
            removeTalks(talks, of: id)
            for talk in call.talks { if let channel = talk.channel { callOfTalk[channel] = id } }
        }
        calls[id] = call
    }

    private mutating func removeTalks(_ talks: [BridgedCall.Talk], of id: String) {
        for talk in talks { if let channel = talk.channel, callOfTalk[channel] == id { callOfTalk[channel] = nil } }
    }

    mutating func add(_ call: BridgedCall) {
        var call = call
        if !doubtful.isEmpty, doubtful.contains(where: { $0 == call.id || call.parties.contains($0) }) {
            call.isDoubtful = true
        }
        schedule(&call)
        calls[call.id] = call
        for party in call.parties { callOfParty[party] = call.id }
        if let phone = call.phone { callOfPhone[phone] = call.id }
        if !call.channelIsSeen { unseen.insert(call.id) }
    }

    /// Removes an ended call.
    mutating func drop(_ id: String) {
        guard let call = calls.removeValue(forKey: id) else { return }
        for party in call.parties where callOfParty[party] == id { callOfParty[party] = nil }
        if let phone = call.phone, callOfPhone[phone] == id { callOfPhone[phone] = nil }
        for ring in call.rings.keys where callOfRing[ring] == id { callOfRing[ring] = nil }
        // Who consulted a colleague when the caller gave up talks on.
        for talk in call.talks { if let channel = talk.channel { channels[channel]?.hasServed = false } }
        removeTalks(call.talks, of: id)
        unseen.remove(id)
    }
}
