/// What one machine tells of its daemon. nil: not known, and then nothing is said of it.
public struct MachineFacts: Equatable, Sendable {
    /// Events can be acknowledged.
    public var isLogWritable = true
    /// Why the last checkpoint could not be written.
    public var checkpointProblem: String?
    /// Why views of records cannot be written.
    public var viewsProblem: String?
    /// Absolute path of the folder that the daemon writes to.
    public var stateDirectory: String
    /// Of the state directory, as the kernel names it: `ext4`, `nfs4`, `tmpfs`.
    public var fileSystem: String?
    /// Bytes that the daemon may still write there.
    public var freeBytes: Int64?
    /// Bytes of the whole file system.
    public var sizeBytes: Int64?
    /// The machine's clock follows a time server.
    public var isClockSynchronised: Bool?
    /// Of backups.
    public var backups: Backups?
    /// Of the daemon's own TLS; nil when it has none.
    public var certificate: CertificateFacts?
    /// Of the file of holidays; nil when the centre has none.
    public var holidays: HolidayFacts?

    /// What is known of the backups.
    public struct Backups: Equatable, Sendable {
        /// The folder that was looked into.
        public var folder: String
        /// Milliseconds since the newest was begun; nil when there is none.
        public var newestAge: Int64?
        /// The nightly timer is enabled.
        public var hasTimer: Bool

        /// Copies its values.
        public init(folder: String, newestAge: Int64?, hasTimer: Bool) {
            self.folder = folder
            self.newestAge = newestAge
            self.hasTimer = hasTimer
        }
    }

    /// A machine of which nothing else is known yet; `isLogWritable` is true.
    public init(stateDirectory: String) { self.stateDirectory = stateDirectory }
}

/// What a node of a cluster knows of the others and of the database.
public struct ClusterFacts: Equatable, Sendable {
    /// The node that leads; nil while there is none.
    public var leader: String?
    /// The node that was asked.
    public var asked: String
    /// All that have been there, the one that was asked included.
    public var nodes: [Node]
    /// nil when the database cannot be reached.
    public var database: DatabaseFacts?
    /// Why it cannot be reached, in libpq's words.
    public var databaseProblem: String?
    /// `[cluster] peers` of the node that was asked; empty where nobody has named them.
    public var peers: [String] = []

    /// One node, as the shared database has it.
    public struct Node: Equatable, Sendable {
        /// The node's name in the cluster.
        public var name: String
        /// Where other nodes reach it.
        public var address: String
        /// Of its program.
        public var version: String
        /// Seen within the last seconds.
        public var isAlive: Bool
        /// How long its newest entry is behind the leader's. Milliseconds; nil when not known.
        public var lag: Int64?
        /// How far its clock is ahead of the database's. Milliseconds, negative when behind; nil when not known.
        public var clockAhead: Int64?

        /// Copies its values.
        public init(
            name: String, version: String, isAlive: Bool, lag: Int64?, clockAhead: Int64?, address: String = ""
        ) {
            self.name = name
            self.address = address
            self.version = version
            self.isAlive = isAlive
            self.lag = lag
            self.clockAhead = clockAhead
        }
    }

    /// Copies its values; `peers` are set afterwards.
    public init(
        leader: String?, asked: String, nodes: [Node], database: DatabaseFacts?, databaseProblem: String? = nil
    ) {
        self.leader = leader
        self.asked = asked
        self.nodes = nodes
        self.database = database
        self.databaseProblem = databaseProblem
    }
}

/// What the PostgreSQL says that a node is connected with, of itself and for this connection.
public struct DatabaseFacts: Equatable, Sendable {
    /// `synchronous_commit`: `on`, `remote_apply`, `remote_write`, `local`, `off`.
    public var synchronousCommit: String
    /// `synchronous_standby_names`, as it is set.
    public var standbyNames: String
    /// Standbys that are connected and count for that setting now; nil when this user may not see it.
    public var synchronousStandbys: Int?
    /// All standbys that are connected; nil when this user may not see it.
    public var standbys: Int?
    /// `fsync` is on: without it a crash of the server's machine can lose what was acknowledged.
    public var hasFsync: Bool
    /// `full_page_writes` is on: without it a crash can leave half-written pages.
    public var hasFullPageWrites: Bool
    /// It is a standby, on which nothing can be written.
    public var isInRecovery: Bool
    /// The standbys that are connected, and how far each is behind; empty when this user may not see it.
    public var behind: [StandbyLag] = []

    /// How much of the database's log a standby has not got yet.
    public struct StandbyLag: Equatable, Sendable {
        /// The standby's `application_name`.
        public var name: String
        /// Not on its disk. Bytes; nil when not known.
        public var unwritten: Int64?
        /// Not in its tables, as who would ask it would see. Bytes; nil when not known.
        public var unapplied: Int64?

        /// Copies its values.
        public init(name: String, unwritten: Int64?, unapplied: Int64?) {
            self.name = name
            self.unwritten = unwritten
            self.unapplied = unapplied
        }
    }

    /// An acknowledgement is on the disks of two machines: a standby is synchronous, and commits wait for its disk.
    public var waitsForStandbysDisk: Bool {
        !standbyNames.isEmpty && ["on", "remote_apply"].contains(synchronousCommit)
    }

    /// Copies its values; `behind` is set afterwards.
    public init(
        synchronousCommit: String, standbyNames: String, synchronousStandbys: Int?, standbys: Int?, hasFsync: Bool,
        hasFullPageWrites: Bool, isInRecovery: Bool
    ) {
        self.synchronousCommit = synchronousCommit
        self.standbyNames = standbyNames
        self.synchronousStandbys = synchronousStandbys
        self.standbys = standbys
        self.hasFsync = hasFsync
        self.hasFullPageWrites = hasFullPageWrites
        self.isInRecovery = isInRecovery
    }
}
