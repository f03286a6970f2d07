import CallCenter

/// A channel of FreeSWITCH: one leg, of a caller, of a phone, or half of a loopback.
struct Leg {
    var id: String
    /// `internal` of `sofia/internal/101@192.0.2.1:5060`.
    var profile: String
    var user: String
    /// It called the PBX; otherwise the PBX called it.
    var isIncoming: Bool
    /// What was dialled first, and last: a transfer overwrites it.
    var dialled: String?
    var destination: String?
    var createdAt: Timestamp
    /// The operator whose phone it is; nil for a leg that leads outside.
    var owner: String?
    /// What the PBX dials to reach the phone: `user/101@default`.
    var device: String?
    /// mod_callcenter dialled it for an agent.
    var isAgents = false
    /// Whose name is this: `101@default`.
    var agent: String?
    /// Its own number; of a leg that leads outside, the number dialled.
    var number: String?
    /// The number that it shows to whom it calls.
    var shown: String?

    /// The leg that dialled it.
    var originator: String?
    var isLoopback = false
    /// The other half of a loopback.
    var partner: String?

    var ringAt: Timestamp?
    var answeredAt: Timestamp?
    /// Who picks up has to press a key before the call is theirs.
    var asksToConfirm = false
    /// The legs that it is bridged with, the newest last. Of an operator who consults a colleague it is two.
    var mates: [String] = []

    /// It took part in a customer's call.
    var isServing = false
    /// A colleague was asked by an operator who talks in this call.
    var consultOf: String?
    /// The phone calls a colleague, or a service of the PBX.
    var isInternal = false
    /// The operator who was reported as busy because of this leg.
    var busyAs: String?

    init(id: String, createdAt: Timestamp, isIncoming: Bool) {
        self.id = id
        self.createdAt = createdAt
        self.isIncoming = isIncoming
        profile = ""
        user = ""
    }
}

/// `sofia/internal/101@192.0.2.1:5060`, `loopback/101-a`, `verto.rtc/101@example.org`.
struct LegName {
    var profile: String
    var user: String
    var isLoopback: Bool
    /// Of a loopback: `-a` or `-b`.
    var isSecondHalf: Bool

    init(_ name: String) {
        let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        isLoopback = parts.first == "loopback"
        isSecondHalf = isLoopback && name.hasSuffix("-b")
        let isSofia = parts.first == "sofia" && parts.count == 3
        profile = String(isSofia ? parts[1] : parts[0])
        let rest = isSofia ? parts[2] : parts.dropFirst().first ?? ""
        // The host has no `@`; what a caller is named may have.
        user = String(rest.lastIndex(of: "@").map { rest[..<$0] } ?? rest)
    }
}
