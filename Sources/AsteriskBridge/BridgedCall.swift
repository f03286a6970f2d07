import CallCenter

/// A call with somebody outside, as the bridge has told screenpopd of it.
struct BridgedCall {
    /// The caller's channel; of a dialed call, the channel of the phone that dials.
    let id: String
    let startedAt: Timestamp
    /// The line called; of a dialed call, the number.
    var line: String?
    /// The queue that the dialplan means it for, before it is in any.
    var meantFor: String?
    var caller = CallerIdentity()
    /// Whether the caller's channel shows its own events; without the right to class `call` only the queue's are seen.
    var channelIsSeen: Bool

    // MARK: Of a dialed call

    /// Who dialed it; nil for a call that came in.
    var dialedBy: String?
    /// The phone that dials, as long as it is there.
    var phone: String?
    /// Channels of those outside: the caller's; of a dialed call each line that was tried.
    var parties: [String]
    /// The far end of a dialed call has answered.
    var isReached = false
    /// Why the last try of a dialed call ended.
    var partyCause: String?

    // MARK: What was told

    var isOffered = false
    /// As it was told: replayed, it is answered again.
    var offer: BridgeEvent?
    var queue: String?
    /// It waits in that queue.
    var isQueued = false
    /// How long it had waited there when the lists were read; nil when its joining was seen. Milliseconds.
    var waitingSince: Int64?
    /// Phones that ring, by channel.
    var rings: [String: Ring] = [:]
    /// At whom a queue is trying, by interface, whether or not the phone rings.
    var calling: Set<String> = []
    /// Who talks, in the order in which they came.
    var talks: [Talk] = [] {
        didSet { if let who = talks.last?.who { lastTalking = who } }
    }
    private(set) var lastTalking: String?
    /// Somebody outside talks with the caller.
    var isOutside = false
    var isHeld = false
    /// It was handed on to a number, and no phone inside the centre has it since.
    var isSentOn = false
    /// It waits on a parking place.
    var isParked = false
    var slot: String?

    // MARK: What is not settled yet

    /// The queue gave the call up, and nobody knows yet whether the caller did.
    var leftQueueAt: Timestamp?
    /// It left its queue and is not yet anywhere else.
    var tookExitAt: Timestamp?
    /// A queue said that this operator has it; the bridge of the two is not seen yet.
    var connecting: (who: String, channel: String?, at: Timestamp)?
    /// Nobody who talked is with the caller any more.
    var lostAt: Timestamp?
    /// Handed on, and not yet anywhere else.
    var handedOn: HandedOn?
    /// Rings that ended without a word on why: a caller who gives up ends them as well.
    var endedRings: [EndedRing] = []
    var endedBy: String?
    /// The PBX hangs it up while it waits: it stops, or somebody throws the caller out.
    var isThrownOut = false
    /// Frames that were of it had to be refused.
    var isDoubtful = false
    var counts: [String: Int] = [:]
    /// When it is looked at next, to settle what time alone tells.
    var lookedAt: Timestamp?
    /// The newest time that was told of it.
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
