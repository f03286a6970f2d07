import BridgeCore
import CallCenter

/// A call with an external party, as the bridge has reported it to screenpopd.
struct SwitchCall {
    /// The caller's leg; of a dialed call, the leg of the phone that dials.
    let id: String
    let startedAt: Timestamp
    /// The line called; of a dialed call, the number.
    var line: String?
    /// The queue that the dialplan intends, before the call has entered one.
    var meantFor: String?
    var caller = CallerIdentity()

    // MARK: Of a dialed call

    /// Who dialed it; nil for a call that came in.
    var dialedBy: String?
    /// The leg of the phone that dials, as long as it is there.
    var phone: String?
    /// External legs: the caller's; of a dialed call, each line that was tried.
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
    /// The queue's name for it; one caller may enter several.
    var member: String?
    /// It waits in that queue.
    var isQueued = false
    /// How long it had waited there when the lists were read; nil when its joining was seen.
    var queuedAt: Timestamp?
    /// Legs dialled for it that may ring: of phones, by leg.
    var targets: Set<String> = []
    /// Of them, phones that ring.
    var rings: [String: Ring] = [:]
    /// The operators who talk, in the order of their answers.
    var talks: [Talk] = [] {
        didSet { if let who = talks.last?.who { lastTalking = who } }
    }
    private(set) var lastTalking: String?
    /// An external party talks with the caller.
    var isOutside = false
    var isHeld = false
    /// It is held because the operator asks a colleague.
    var isHeldToConsult = false
    /// It was transferred to an external number, and no phone has talked with it since.
    var isSentOn = false

    // MARK: What is not settled yet

    /// Its queue reported that the caller hung up; the end of the caller's leg follows.
    var leftQueueAt: Timestamp?
    /// Since when no operator is connected with the caller any more.
    var lostAt: Timestamp?
    /// Where the caller was sent when that happened; nil when nobody sent it.
    var sentTo: String?
    /// Rings that ended without a reason: a caller who hangs up ends them as well.
    var endedRings: [EndedRing] = []
    var endedBy: String?
    /// The caller's leg is over; who ended it is told by the operator's.
    var ending: (at: Timestamp, cause: String?)?
    var counts: [String: Int] = [:]
    /// When it is checked next for what depends on time alone.
    var lookedAt: Timestamp?

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
        var leg: String
        var who: String
    }

    /// A call that came in.
    init(id: String, startedAt: Timestamp) {
        self.id = id
        self.startedAt = startedAt
        parties = [id]
    }

    /// A call that `who` dials.
    init(id: String, startedAt: Timestamp, dialedBy who: String, phone: String, to: String) {
        self.id = id
        self.startedAt = startedAt
        dialedBy = who
        self.phone = phone
        line = to
        parties = []
    }

    var isDialed: Bool { dialedBy != nil }
}
