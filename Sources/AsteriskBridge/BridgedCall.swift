import CallCenter

/// An incoming call, as the bridge has told screenpopd of it.
struct BridgedCall {
    /// The caller's channel.
    let id: String
    let startedAt: Timestamp
    /// The line called.
    var line: String?
    /// The queue that the dialplan means it for, before it is in any.
    var meantFor: String?
    var caller = CallerIdentity()
    /// Whether the caller's channel shows its own events; without the right to class `call` only the queue's are seen.
    var channelIsSeen: Bool

    var isOffered = false
    /// As it was told: told again, it is answered again.
    var offer: BridgeEvent?
    var queue: String?
    /// It waits in that queue.
    var isQueued = false
    /// How long it had waited there when the lists were read; nil when its joining was seen. Milliseconds.
    var waitingSince: Int64?
    /// The queue gave the call up, and nobody knows yet whether the caller did.
    var leftQueueAt: Timestamp?
    var ringing: Set<String> = []
    /// At whom a queue is trying, by interface, whether or not the phone rings.
    var calling: Set<String> = []
    var talking: String?
    /// The channel of who talks.
    var talkingChannel: String?
    var isHeld = false
    /// The operator's leg ended and the caller's goes on.
    var operatorLeftAt: Timestamp?
    var endedBy: String?
    /// The PBX hangs it up while it waits: it stops, or somebody throws the caller out.
    var isThrownOut = false
    var counts: [String: Int] = [:]

    init(id: String, startedAt: Timestamp, channelIsSeen: Bool) {
        self.id = id
        self.startedAt = startedAt
        self.channelIsSeen = channelIsSeen
    }
}
