import CallCenter

/// Every bound of the event protocol, with the reason beside it.
public enum WireLimits {
    /// The longest line, without its line end (protocol.md, Transport).
    public static let lineBytesMax = 65_536
    /// The longest text, after unescaping (protocol.md, An event).
    public static let stringBytesMax = 1_024
    /// The longest `id`, `source`, `call`, `operator`, `queue` or `pop`, after unescaping.
    public static let idBytesMax = 128
    /// The longest note, after unescaping: some pages.
    public static let noteBytesMax = 16_384
    /// How many unknown attributes a reply names: enough to find a misspelling, and no more than a reply should carry.
    public static let ignoredMax = 8
    /// How many lines one snapshot may have: a hundred thousand calls.
    public static let snapshotPartsMax = 1_000
    /// How deep objects and arrays may nest, the event itself included: one 64-bit word remembers which is which.
    public static let depthMax = 64
    /// How many queues one operator logs into: more than any centre has, and little enough to walk for every call.
    public static let queuesMax = 256
    /// The largest `position` and, either way, `priority`: small enough that no sum of the core's can overflow.
    public static let rankMax = 1_000_000
    /// The longest `duration`, 366 days in milliseconds: beyond it a unit was mixed up.
    public static let durationMax: Int64 = 31_622_400_000
    /// 2000-01-01T00:00:00Z. A PBX that says less has lost its clock: 1970 is what a dead battery gives.
    public static let timeMin = Timestamp(ms: 946_684_800_000)
    /// How far ahead of us a PBX's clock may be, 366 days in milliseconds.
    public static let timeAheadMax: Int64 = 31_622_400_000
}
