/// One event, as a PBX, a bridge or the desk sent it (protocol.md, version 1).
public struct Event: Equatable, Sendable {
    /// Unique within `source`; sending the same id again changes nothing.
    public var id: String?
    /// The PBX or bridge: equal call ids of two sources are different calls.
    public var source: String
    /// When it happened on the PBX, or when it was read if the PBX did not say.
    public var time: Timestamp
    /// Whether the PBX gave the time. Without it, events of the same millisecond keep the order of their arrival.
    public var timeIsGiven: Bool
    public var body: Body

    public init(id: String? = nil, source: String, time: Timestamp, timeIsGiven: Bool = true, body: Body) {
        self.id = id
        self.source = source
        self.time = time
        self.timeIsGiven = timeIsGiven
        self.body = body
    }

    public enum Body: Equatable, Sendable {
        case call(String, CallEvent)
        case `operator`(String, OperatorEvent)
        case snapshot(PBXSnapshot)
        case pbxDisconnected
        case pbxConnected
        case touchpoint(TouchpointRecorded)
        case popSeen(pop: String, operator: String)
        /// Sent by the desk: a text about a call.
        case remark(call: String, RemarkEvent)
        /// Sent by the desk: an abandoned caller was called back, or need not be.
        case callbackDone(CallbackDone)
        /// Sent by the desk: an operator will call back, or no longer will.
        case callbackClaim(CallbackClaim)
        /// Written by the daemon: what a look-up outside said of a call's caller.
        case outside(call: String, OutsideAnswer)
        case ping
    }
}

/// What happened to one call.
public enum CallEvent: Equatable, Sendable {
    case offered(Offered)
    case dialed(Dialed)
    case identified(Identified)
    case queued(queue: String, position: Int?, priority: Int?)
    /// `device` is what rings; an operator with several devices rings until the last of them stops.
    case ringing(operator: String, device: String?)
    /// Without a `device`, all of the operator's devices stopped.
    case unanswered(operator: String, device: String?, reason: UnansweredReason?)
    /// Without an operator: the far end of a dialed call answered.
    case answered(operator: String?)
    /// Waits on a parking place.
    case parked(operator: String, slot: String?)
    /// Taken off its parking place by this operator.
    case retrieved(operator: String, slot: String?)
    case held
    case resumed
    case transferred(to: TransferTarget, kind: TransferKind)
    case dequeued(queue: String?, reason: DequeueReason)
    case ended(by: EndedBy?, cause: String?)

    /// A call has arrived.
    public struct Offered: Equatable, Sendable, Codable {
        /// The caller's number as the PBX gave it; nil when there was none.
        public var from: String?
        /// The line called.
        public var to: String?
        public var queue: String?
        /// The caller's name as the network gave it.
        public var name: String?
        public var presentation: Presentation

        public init(
            from: String?, to: String? = nil, queue: String? = nil, name: String? = nil,
            presentation: Presentation = .allowed
        ) {
            self.from = from
            self.to = to
            self.queue = queue
            self.name = name
            self.presentation = presentation
        }
    }

    /// An operator calls out.
    public struct Dialed: Equatable, Sendable, Codable {
        public var `operator`: String
        /// The number as it was dialed: the customer is looked up by it.
        public var to: String
        /// The centre's line that the far end sees.
        public var from: String?

        public init(operator: String, to: String, from: String? = nil) {
            self.operator = `operator`
            self.to = to
            self.from = from
        }
    }

    /// The IVR or the operator learned who is calling.
    public enum Identified: Equatable, Sendable {
        /// Our customer's id.
        case customer(Int64)
        /// The id that the centre's CRM has for the customer.
        case externalID(String)
        case account(String)
        case email(String)
        /// Another number to look the caller up by.
        case from(String)
        /// Sent by the desk: the earlier identification was wrong, and the number alone counts again.
        case nobody
    }
}

public enum Presentation: String, Equatable, Sendable, Codable, CaseIterable { case allowed, restricted, unavailable }
public enum UnansweredReason: String, Equatable, Sendable, Codable, CaseIterable {
    case timeout, busy, rejected, unreachable
    /// A colleague answered: no missed ring.
    case elsewhere
}
public enum TransferKind: String, Equatable, Sendable, Codable, CaseIterable { case blind, attended }
public enum DequeueReason: String, Equatable, Sendable, Codable, CaseIterable {
    case overflow, timeout, voicemail, callback, key
}
public enum EndedBy: String, Equatable, Sendable, Codable, CaseIterable { case caller, `operator`, system }

public enum TransferTarget: Equatable, Sendable, Codable {
    case `operator`(String)
    case queue(String)
    /// A number outside the centre.
    case number(String)
}

/// What happened to one operator.
public enum OperatorEvent: Equatable, Sendable {
    /// `queues` nil: not said, so every queue.
    case login(name: String?, device: String?, queues: [String]?)
    case logout
    case paused(reason: String?)
    case resumed
    /// After-call work is done.
    case ready
    /// The phone is in use by something that is no customer's call: a colleague, a consultation.
    case busy(reason: String?)
    case free
}

/// All open calls and present operators of one source at one moment.
public struct PBXSnapshot: Equatable, Sendable {
    public var calls: [LiveCall]
    public var operators: [LiveOperator]
    /// The part, of a snapshot that is too long for one line; nil for a complete one.
    public var part: Part?

    public init(calls: [LiveCall], operators: [LiveOperator], part: Part? = nil) {
        self.calls = calls
        self.operators = operators
        self.part = part
    }

    /// The parts of one snapshot have the same time. What is missing from all of them has ended unseen.
    public struct Part: Equatable, Sendable {
        /// 1 and up.
        public var number: Int
        public var of: Int

        public init(number: Int, of: Int) {
            self.number = number
            self.of = of
        }
    }

    public struct LiveCall: Equatable, Sendable {
        public enum State: String, Equatable, Sendable, CaseIterable {
            case offered, dialing, queued, ringing, answered, held, parked
        }
        public var call: String
        public var state: State
        public var offered: CallEvent.Offered
        public var queue: String?
        public var `operator`: String?
        /// The parking place.
        public var slot: String?
        /// An operator dialed it. Of a call in state `dialing` this goes without saying.
        public var isOutbound: Bool
        /// Since when it is in `state`.
        public var since: Timestamp?

        public init(
            call: String, state: State, offered: CallEvent.Offered, queue: String? = nil, operator: String? = nil,
            slot: String? = nil, isOutbound: Bool = false, since: Timestamp? = nil
        ) {
            self.call = call
            self.state = state
            self.offered = offered
            self.queue = queue
            self.operator = `operator`
            self.slot = slot
            self.isOutbound = isOutbound || state == .dialing
            self.since = since
        }
    }

    public struct LiveOperator: Equatable, Sendable {
        public enum State: String, Equatable, Sendable, CaseIterable {
            case available, busy, paused, loggedOut = "logged_out"
        }
        public var `operator`: String
        public var state: State
        public var name: String?
        public var device: String?
        public var queues: [String]?
        public var reason: String?
        public var since: Timestamp?

        public init(
            operator: String, state: State, name: String? = nil, device: String? = nil, queues: [String]? = nil,
            reason: String? = nil, since: Timestamp? = nil
        ) {
            self.operator = `operator`
            self.state = state
            self.name = name
            self.device = device
            self.queues = queues
            self.reason = reason
            self.since = since
        }
    }
}

/// A contact on another channel: part of the customer's one history.
public struct TouchpointRecorded: Equatable, Sendable {
    public enum Who: Equatable, Sendable {
        case customer(Int64)
        case from(String)
        case email(String)
        case account(String)
    }
    public enum Direction: String, Equatable, Sendable, Codable, CaseIterable { case inbound, outbound }

    public var who: Who
    /// `phone`, `email`, `line`, `sms`, `web`, `visit`, `fax`, or the centre's own.
    public var channel: String
    public var summary: String
    public var direction: Direction?
    public var `operator`: String?
    /// Milliseconds.
    public var duration: Int64?

    public init(
        who: Who, channel: String, summary: String, direction: Direction? = nil, operator: String? = nil,
        duration: Int64? = nil
    ) {
        self.who = who
        self.channel = channel
        self.summary = summary
        self.direction = direction
        self.operator = `operator`
        self.duration = duration
    }
}
