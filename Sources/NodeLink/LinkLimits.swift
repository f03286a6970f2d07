import NIOCore

/// The bounds of the link between nodes, each with its reason.
enum LinkLimits {
    // MARK: Bytes

    /// The first line of a connection, and the answer to it: three members, and names that JSON writes with six bytes
    /// for each of theirs.
    static let lineBytesMax = 2_048
    /// A node's name or a source, the limit that the event protocol has for ids.
    static let nameBytesMax = 128
    /// One burst: the largest chunk of an import, twice.
    static let frameBytesMax = 64 << 20
    /// What is encoded for one write to a follower.
    static let writeBytesMax = 1 << 20
    /// A piece of a snapshot's file.
    static let pieceBytesMax = 256 << 10
    /// A line that describes a snapshot's file: its path, and a length.
    static let fileLineBytesMax = 8_192
    static let secretBytesMin = 16, secretBytesMax = 4_096

    // MARK: Counts

    /// Connections whose first line has come. Each request, PBX and follower of the other nodes has one.
    static let connectionsMax = 2_048
    /// Connections whose first line has not come: whoever does not have the secret can have no others.
    static let openingMax = 256
    /// Connections without a request that a client holds for the next one, for each node and kind.
    static let idleMax = 8
    /// Folders in folders of a snapshot.
    static let depthMax = 8
    /// Files of a snapshot: a state directory has about ten.
    static let filesMax = 10_000

    // MARK: Times

    static let connectTimeout = TimeAmount.seconds(1)
    /// Within this node: it only takes long when the machine is overloaded.
    static let ownConnectTimeout = TimeAmount.seconds(3)
    /// From the accepted connection to the end of the handshake.
    static let handshakeTimeout = TimeAmount.seconds(2)
    /// From there to the end of the first line.
    static let lineTimeout = TimeAmount.seconds(2)
    /// What a client waits for the answer to its first line, from the start of the handshake on. The leader may have to
    /// connect to its own interface first.
    static let answerTimeout = TimeAmount.seconds(5)
    /// A follower is sent a keepalive when nothing else was sent for this time.
    static let keepalive = TimeAmount.milliseconds(250)
    /// Keepalives in a row that are missed until the leader counts as gone: 1.5 s.
    static let keepalivesMissedMax = 6
    /// How long the other side has to end its side of TLS.
    static let shutdownTimeout = TimeAmount.milliseconds(500)
    /// How long a connection waits for another request. Less than the interface's own bound for idle connections, so
    /// that it never ends while a request is on its way.
    static let idleTimeout = TimeAmount.seconds(5)
    /// How often a leader that still makes a snapshot says so.
    static let snapshotTick = TimeAmount.seconds(1)
    /// A snapshot without a byte for this time has failed: a disk may be slow, and the leader ticks.
    static let snapshotTimeout = TimeAmount.seconds(30)

    /// When unacknowledged bytes end a connection (`TCP_USER_TIMEOUT`). A follower always reads.
    static let followUnacknowledgedMs: Int = 2_000
    /// The same for the rest. Linux counts a receiver that has no room as one that does not acknowledge, and an
    /// import waits for a disk.
    static let unacknowledgedMs: Int = 15_000
}
