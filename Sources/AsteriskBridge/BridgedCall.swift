import BridgeCore
import CallCenter

/// A call with an external party, as the bridge has reported it to screenpopd.
struct BridgedCall {
    /// The caller's channel; of a dialed call, the channel of the phone that dials.
    let id: String
    let startedAt: Timestamp
    /// The line called; of a dialed call, the number.
    var line: String?
    /// The queue that the dialplan intends, before the call has entered one.
    var meantFor: String?
    var caller = CallerIdentity()
    /// Whether events of the caller's channel are received; without the right to class `call` only queue events are.
    var channelIsSeen: Bool

    // MARK: Of a dialed call

    /// Who dialed it; nil for a call that came in.
    var dialedBy: String?
    /// The phone that dials, as long as it is there.
    var phone: String?
    /// External channels: the caller's; of a dialed call, each line that was tried.
    var parties: [String]
    /// The far end of a dialed call has answered.
    var isReached = false
    /// Why the last try of a dialed call ended.
    var partyCause: String?

    // MARK: What was told

    var isOffered = false
    /// The offer that was sent: sent again with the same id, it gets the same reply.
    var offer: BridgeEvent?
    var queue: String?
    /// It waits in that queue.
    var isQueued = false
    /// How long it had waited there when the lists were read; nil when its joining was seen. Milliseconds.
    var waitingSince: Int64?
    /// Phones that ring, by channel.
    var rings: [String: Ring] = [:]
    /// The members that a queue is calling, by interface, whether or not the phone rings.
    var calling: Set<String> = []
    /// The operators who talk, in the order of their answers.
    var talks: [Talk] = [] {
        didSet { if let who = talks.last?.who { lastTalking = who } }
    }
    private(set) var lastTalking: String?
    /// An external party talks with the caller.
    var isOutside = false
    var isHeld = false
    /// It was transferred to an external number, and no internal phone has talked with it since.
    var isSentOn = false
    /// It waits on a parking place.
    var isParked = false
    var slot: String?

    // MARK: What is not settled yet

    /// When the queue reported an abandon; whether the caller hung up is not known yet.
    var leftQueueAt: Timestamp?
    /// When it left its queue without having arrived elsewhere.
    var tookExitAt: Timestamp?
    /// A queue reported the connection with this operator; the bridge of both channels is not seen yet.
    var connecting: (who: String, channel: String?, at: Timestamp)?
    /// Since when no operator is bridged with the caller any more.
    var lostAt: Timestamp?
    /// Transferred, and not arrived anywhere yet.
    var handedOn: HandedOn?
    /// Rings that ended without a reason: a caller who hangs up ends them as well.
    var endedRings: [EndedRing] = []
    var endedBy: String?
    /// The PBX hangs up the waiting call: it is shutting down, or an administrator removed the caller.
    var isThrownOut = false
    /// Frames about it were refused.
    var isDoubtful = false
    var counts: [String: Int] = [:]
    /// When it is checked next for what depends on time alone.
    var lookedAt: Timestamp?
    /// The newest time in its events.
    var toldUpTo: Timestamp?

    struct Ring {
        var who: String
        var device: String?
    }
    struct EndedRing {
        var ring: Ring
        var at: Timestamp
        var reason: String
    }
    struct Talk: Equatable {
        var channel: String?
        var who: String
    }
    struct HandedOn {
        var to: String
        var at: Timestamp
    }

    /// A call that came in.
    init(id: String, startedAt: Timestamp, channelIsSeen: Bool) {
        self.id = id
        self.startedAt = startedAt
        self.channelIsSeen = channelIsSeen
        parties = [id]
    }

    /// A call that `who` dials.
    init(id: String, startedAt: Timestamp, dialedBy who: String, phone: String, to: String) {
        self.id = id
        self.startedAt = startedAt
        channelIsSeen = true
        dialedBy = who
        self.phone = phone
        line = to
        parties = []
    }

    var isDialed: Bool { dialedBy != nil }
    var talking: String? { talks.last?.who }
}
