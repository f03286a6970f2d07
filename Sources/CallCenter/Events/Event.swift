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
    /// What happened.
    public var body: Body

    /// Copies its arguments.
    public init(id: String? = nil, source: String, time: Timestamp, timeIsGiven: Bool = true, body: Body) {
        self.id = id
        self.source = source
        self.time = time
        self.timeIsGiven = timeIsGiven
        self.body = body
    }

    /// What an event is about, with what it says.
    public enum Body: Equatable, Sendable {
        /// Something happened to the call with this id at the PBX.
        case call(String, CallEvent)
        /// Something happened to the operator with this id.
        case `operator`(String, OperatorEvent)
        /// All that is alive at the source now, or a part of it.
        case snapshot(PBXSnapshot)
        /// The bridge has lost its PBX: from here on events may be missing.
        case pbxDisconnected
        /// The bridge has its PBX again.
        case pbxConnected
        /// A contact on another channel.
        case touchpoint(TouchpointRecorded)
        /// Sent by the desk: the operator looked at the pop.
        case popSeen(pop: String, operator: String)
        /// Sent by the desk: a text about a call.
        case remark(call: String, RemarkEvent)
        /// Sent by the desk: an abandoned caller was called back, or need not be.
        case callbackDone(CallbackDone)
        /// Sent by the desk: an operator will call back, or no longer will.
        case callbackClaim(CallbackClaim)
        /// Written by the daemon: what a look-up outside said of a call's caller.
        case outside(call: String, OutsideAnswer)
        /// Asks for a reply and changes nothing.
        case ping
    }
}

/// What happened to one call.
public enum CallEvent: Equatable, Sendable {
    /// It has arrived: the reply has the caller and the route.
    case offered(Offered)
    /// An operator calls out.
    case dialed(Dialed)
    /// Somebody learned who is calling: the records are asked again, and the route of a call without an answer is
    /// decided
    /// again.
    case identified(Identified)
    /// It entered a queue: the wait starts. Position and priority are the PBX's own, and nil when it gave none.
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
    /// The operator who talks put it on hold.
    case held
    /// The hold ended.
    case resumed
    /// It leaves the operator who has it.
    case transferred(to: TransferTarget, kind: TransferKind)
    /// It left the queue unanswered and is still alive; without a name, the queue it is in.
    case dequeued(queue: String?, reason: DequeueReason)
    /// It is over; while it waited: abandoned.
    case ended(by: EndedBy?, cause: String?)

    /// A call has arrived.
    public struct Offered: Equatable, Sendable, Codable {
        /// The caller's number as the PBX gave it; nil when there was none.
        public var from: String?
        /// The line called.
        public var to: String?
        /// The queue that it is for; nil when the PBX named none.
        public var queue: String?
        /// The caller's name as the network gave it.
        public var name: String?
        /// Whether the caller shows the number.
        public var presentation: Presentation

        /// Copies its arguments.
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
        /// The id of the operator who dials.
        public var `operator`: String
        /// The number as it was dialed: the customer is looked up by it.
        public var to: String
        /// The centre's line that the far end sees.
        public var from: String?

        /// Copies its arguments.
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
        /// The centre's own account id of the customer.
        case account(String)
        /// A mail address of the customer.
        case email(String)
        /// Another number to look the caller up by.
        case from(String)
        /// Sent by the desk: the earlier identification was wrong, and the number alone counts again.
        case nobody
    }
}

/// What the network says of a number: shown, withheld by the caller, not there.
public enum Presentation: String, Equatable, Sendable, Codable, CaseIterable { case allowed, restricted, unavailable }
/// Why a ring ended without an answer, as the PBX said.
public enum UnansweredReason: String, Equatable, Sendable, Codable, CaseIterable {
    /// Nobody picked up; the phone was in use; the operator refused; the phone was not reached.
    case timeout, busy, rejected, unreachable
    /// A colleague answered: no missed ring.
    case elsewhere
}
/// At once, or after a talk with the one who gets it.
public enum TransferKind: String, Equatable, Sendable, Codable, CaseIterable { case blind, attended }
/// Why a call left a queue without an answer, as the PBX said. `callback`: the caller asked to be called back.
public enum DequeueReason: String, Equatable, Sendable, Codable, CaseIterable {
    /// Too many waited; it waited too long; it left a message; it asked to be called back; it pressed a key.
    case overflow, timeout, voicemail, callback, key
}
/// Who ended a call, as the PBX said.
public enum EndedBy: String, Equatable, Sendable, Codable, CaseIterable { case caller, `operator`, system }

/// Where a call is transferred to.
public enum TransferTarget: Equatable, Sendable, Codable {
    /// An operator, by id.
    case `operator`(String)
    /// A queue, by name.
    case queue(String)
    /// A number outside the centre.
    case number(String)
}

/// What happened to one operator.
public enum OperatorEvent: Equatable, Sendable {
    /// `queues` nil: not said, so every queue.
    case login(name: String?, device: String?, queues: [String]?)
    /// Logged out of all queues.
    case logout
    /// Away from the phone; calls in progress go on.
    case paused(reason: String?)
    /// Back from a pause.
    case resumed
    /// After-call work is done.
    case ready
    /// The phone is in use by something that is no customer's call: a colleague, a consultation.
    case busy(reason: String?)
    /// The end of `busy`.
    case free
}

/// All open calls and present operators of one source at one moment.
public struct PBXSnapshot: Equatable, Sendable {
    /// The calls that are open at the source.
    public var calls: [LiveCall]
    /// The operators who are logged in, and others of whom the PBX knows.
    public var operators: [LiveOperator]
    /// The part, of a snapshot that is too long for one line; nil for a complete one.
    public var part: Part?

    /// Copies its arguments.
    public init(calls: [LiveCall], operators: [LiveOperator], part: Part? = nil) {
        self.calls = calls
        self.operators = operators
        self.part = part
    }

    /// The parts of one snapshot have the same time. What is missing from all of them has ended unseen.
    public struct Part: Equatable, Sendable {
        /// 1 and up.
        public var number: Int
        /// How many parts there are; `number` is never greater.
        public var of: Int

        /// Copies its arguments.
        public init(number: Int, of: Int) {
            self.number = number
            self.of = of
        }
    }

    /// A call that is open at the source.
    public struct LiveCall: Equatable, Sendable {
        /// What the call does now, as the PBX sees it.
        public enum State: String, Equatable, Sendable, CaseIterable {
            /// The states as events would have led to them; `dialing` is of a call that an operator dialed.
            case offered, dialing, queued, ringing, answered, held, parked
        }
        /// The PBX's id of the call.
        public var call: String
        /// What it does now.
        public var state: State
        /// Who called whom, as an offer would have said.
        public var offered: CallEvent.Offered
        /// The queue that it is in; nil outside of queues.
        public var queue: String?
        /// At whom it rings, or who has it; nil for nobody.
        public var `operator`: String?
        /// The parking place.
        public var slot: String?
        /// An operator dialed it. Of a call in state `dialing` this goes without saying.
        public var isOutbound: Bool
        /// Since when it is in `state`.
        public var since: Timestamp?

        /// Copies its arguments; a call in state `dialing` is outbound in any event.
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

    /// An operator of whom the source knows.
    public struct LiveOperator: Equatable, Sendable {
        /// What the operator does, apart from calls.
        public enum State: String, Equatable, Sendable, CaseIterable {
            /// Ready for calls; in something that is no customer's call; away from the phone; not there.
            case available, busy, paused, loggedOut = "logged_out"
        }
        /// The operator's id.
        public var `operator`: String
        /// What the operator does.
        public var state: State
        /// The operator's name; nil when the PBX has none.
        public var name: String?
        /// What the PBX dials, `PJSIP/101`; nil when it is not known.
        public var device: String?
        /// The queues that the operator serves; nil: not said, so every queue.
        public var queues: [String]?
        /// Why the operator is paused or busy; nil when the PBX gave none.
        public var reason: String?
        /// Since when the operator is in `state`; nil when the PBX does not know.
        public var since: Timestamp?

        /// Copies its arguments.
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
    /// By what the customer is found.
    public enum Who: Equatable, Sendable {
        /// The customer's id in our records.
        case customer(Int64)
        /// A telephone number, as it was given.
        case from(String)
        /// A mail address.
        case email(String)
        /// The centre's own account id of the customer.
        case account(String)
    }
    /// Who contacted whom: the customer us, or we the customer.
    public enum Direction: String, Equatable, Sendable, Codable, CaseIterable { case inbound, outbound }

    /// Whose contact it is.
    public var who: Who
    /// `phone`, `email`, `line`, `sms`, `web`, `visit`, `fax`, or the centre's own.
    public var channel: String
    /// What it was about, in a line.
    public var summary: String
    /// Who contacted whom; nil when nobody said so.
    public var direction: Direction?
    /// The operator who had it; nil for none.
    public var `operator`: String?
    /// Milliseconds.
    public var duration: Int64?

    /// Copies its arguments.
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
