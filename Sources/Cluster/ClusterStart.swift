import Glibc
import NodeLink
import PostgresLog
import Storage

/// Brings a state directory to where the shared log is, before a node starts: founds the log, joins it with a copy of
/// another node's directory, or catches up.
public struct ClusterStart: Sendable {
    let directory: String
    let place: PostgresPlace
    let node: String
    let address: String
    let version: String
    let client: LinkClient
    /// Called with what the start waits for or does, in a sentence; several times while it lasts.
    let say: @Sendable (String) -> Void
    /// Called repeatedly while something takes long.
    let working: @Sendable () -> Void

    /// Copies its arguments; nothing is opened or connected before `run`.
    public init(
        directory: String, place: PostgresPlace, node: String, address: String, version: String, client: LinkClient,
        say: @escaping @Sendable (String) -> Void, working: @escaping @Sendable () -> Void
    ) {
        self.directory = directory
        self.place = place
        self.node = node
        self.address = address
        self.version = version
        self.client = client
        self.say = say
        self.working = working
    }

    /// Returns when the directory has what the log has, or nearly: the node follows from there.
    ///
    /// - Throws: `ClusterStartError` when the directory cannot be part of this cluster, or the database refuses.
    public func run() async throws {
        let heart = JoiningHeart(place, node: node, address: address, version: version)
        heart.start()
        defer { heart.stop() }
        while !Task.isCancelled {
            do {
                if try await step(heart) { return }
            } catch let error as PostgresError {
                guard case .unavailable(let why) = error else { throw ClusterStartError.database("\(error)") }
                say("the cluster's database does not answer, waiting for it: \(why)")
            } catch let error as LinkError {
                say("no copy of another node's files yet: \(error)")
            }
            try await Task.sleep(for: .seconds(1))
        }
        throw CancellationError()
    }

    /// - Returns: whether the directory is ready; otherwise another step has to follow.
    private func step(_ heart: JoiningHeart) async throws -> Bool {
        let table = try LogTable.open(place)
        defer { table.close() }
        guard let head = try table.head() else { return try found(table) }
        guard StateCopy.hasLog(directory) else { return try await join(table, head, heart) }
        let fit = try fit(table, head)
        switch fit {
        case .copy(var log):
            while true {
                let rows = try table.rows(after: log.lastSeq, bytesMax: 4 << 20)
                if rows.isEmpty { return true }
                working()
                guard try log.follow(rows.map(LogRow.init)) else { return false }
            }
        case .apart(let why):
            let aside = try StateCopy.setAside(directory)
            say("\(why). Its files are in \(aside) now, and another node's are copied")
            return false
        }
    }

    /// The first node: its own log is the beginning of the shared one.
    private func found(_ table: LogTable) throws -> Bool {
        let (identity, last) = try StateCopy.whole(directory, working)
        let head = try table.create(identity: identity.text, behind: last)
        if head.identity == identity.text {
            say("node \(node) begins the cluster's log behind position \(last)")
            return true
        }
        // Another node was first.
        guard last == 0 else { throw ClusterStartError.otherLog(directory: directory) }
        try StateCopy.remove(directory)
        return false
    }

    // MARK: Whether this directory's log is part of the shared one

    private enum Fit: ~Copyable {
        case copy(EventLog)
        case apart(String)
    }

    private func fit(_ table: LogTable, _ head: LogHead) throws -> Fit {
        StateCopy.migrate(directory, working)
        guard let log = try EventLog.openCopy(directory: directory) else { return .apart("\(directory) has no log") }
        guard log.identity?.text == head.identity else { throw ClusterStartError.otherLog(directory: directory) }
        let newest = try log.newestRow(), last = log.lastSeq
        if let newest, newest.epoch > 0 {
            guard try table.epoch(ofBurstEndingAt: newest.last) == newest.epoch else {
                return .apart("the log in \(directory) has entries at position \(last) that the shared log has not")
            }
        } else if last != head.behind {
            return .apart(
                "the log in \(directory) ends at position \(last), and the shared log begins behind \(head.behind)")
        }
        if let oldest = try table.oldest(), oldest > last + 1 {
            return .apart("the log in \(directory) ends at \(last), and the shared log begins at \(oldest) by now")
        }
        return .copy(log)
    }

    // MARK: A new node

    private func join(_ table: LogTable, _ head: LogHead, _ heart: JoiningHeart) async throws -> Bool {
        let living = try heart.beat().filter { other in
            other.name != node && other.seenMsAgo < 3_000
                && [NodeState.leader.rawValue, NodeState.follower.rawValue].contains(other.state)
        }
        // A follower has less to do than the leader.
        if let source = living.first(where: { $0.state == NodeState.follower.rawValue }) ?? living.first {
            try await copy(from: Peer(node: source.name, address: source.address))
            return false
        }
        guard head.behind == 0, try table.oldest() ?? 1 == 1 else {
            say(
                "no other node is there to copy records and the beginning of the log from, waiting for one. To begin "
                    + "from a backup instead, restore it to \(directory) on the first node")
            return false
        }
        guard let identity = LogIdentity(head.identity) else {
            throw ClusterStartError.database("the log's identity is no identity")
        }
        // The log is whole: everything is made from it.
        var log = try EventLog.open(directory: directory)
        try log.join(identity, behind: 0)
        return false
    }

    private func copy(from peer: Peer) async throws {
        let folder = try StateCopy.emptyFolder(in: directory)
        say("copying the files of \(peer)")
        try await client.snapshot(peer, into: folder) { [working] _, _ in working() }
        try StateCopy.use(folder, in: directory)
        say("the files of \(peer) are here")
    }
}

/// Why a node cannot start, in a sentence for the administrator.
public enum ClusterStartError: Error, Equatable, CustomStringConvertible {
    /// The state directory is of another log.
    case otherLog(directory: String)
    /// The database refuses, or cannot be used; the text says why.
    case database(String)
    /// The state directory cannot be used; the text says why.
    case files(String)

    public var description: String {
        switch self {
        case .otherLog(let directory):
            """
            \(directory) belongs to another log than the cluster's database: to join the cluster move its files away, \
            and this node copies another node's; to make this directory the cluster's beginning use an empty database
            """
        case .database(let why): "the cluster's database cannot be used: \(why)"
        case .files(let why): why
        }
    }
}
