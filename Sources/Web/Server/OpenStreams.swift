import Synchronization

/// The streams that are open, each with what it was opened by: when that ends, the stream ends within seconds.
/// Otherwise a session that an administrator has ended, or a token that was revoked, would go on seeing pops.
///
/// Their number is limited: a stream is kept for hours, and costs some ten thousand bytes. The limits are constants: a
/// centre of five thousand operators has five thousand streams and some walls.
final class OpenStreams: Sendable {
    /// How often it is looked whether each may stay.
    static let pause = Duration.seconds(5)

    enum Kind: String, CaseIterable, Sendable { case pops, figures, events }

    struct Limits: Sendable {
        /// Of all clients.
        var all = 8_192
        /// Of one person: desks, tabs, walls.
        var ofAccount = 64
        /// Of one token, such as that of a program that opens the streams of all operators; it leaves some to others.
        /// Local programs may have all.
        var ofToken = 6_144
        /// Of those who follow all events: each reads the log for itself.
        var events = 64
    }

    private struct Entry: Sendable {
        var kind: Kind
        var owner: String?
        var client: StreamClient
        var mayStay: @Sendable () -> Bool
    }
    private struct State {
        var next = 0
        var entries: [Int: Entry] = [:]
        var byKind: [Kind: Int] = [:]
        var byOwner: [String: Int] = [:]
    }
    private let limits: Limits
    private let state = Mutex(State())
    private let refusals = Atomic<Int>(0)

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Streams that were refused since the start.
    var refusedCount: Int { refusals.load(ordering: .relaxed) }
    var count: Int { state.withLock { $0.entries.count } }
    func count(of kind: Kind) -> Int { state.withLock { $0.byKind[kind] ?? 0 } }

    /// - Parameter owner: the account or token; nil for a local program.
    /// - Throws: `Problem` 503 or 429 when one more is too many.
    func checkRoom(for kind: Kind, of owner: String?) throws(Problem) {
        guard let problem = state.withLock({ problem(kind, owner, $0) }) else { return }
        refusals.wrappingAdd(1, ordering: .relaxed)
        throw problem
    }

    private func problem(_ kind: Kind, _ owner: String?, _ state: borrowing State) -> Problem? {
        if state.entries.count >= limits.all {
            return Problem(
                .serviceUnavailable, "\(limits.all) streams are open already, which is the most: try again later.",
                headers: [.retryAfter: "10"])
        }
        if kind == .events, (state.byKind[.events] ?? 0) >= limits.events {
            return Problem(
                .serviceUnavailable,
                "\(limits.events) clients follow the events already, which is the most: close one of them.",
                headers: [.retryAfter: "10"])
        }
        if let owner, (state.byOwner[owner] ?? 0) >= most(of: owner) {
            return Problem(
                .tooManyRequests,
                "\(most(of: owner)) streams of this account or token are open already, which is the most: close some, "
                    + "or watch several operators with one: ?operator=101,102 or ?operator=all.",
                headers: [.retryAfter: "10"])
        }
        return nil
    }

    private func most(of owner: String) -> Int {
        owner.hasPrefix(StreamPermit.account) ? limits.ofAccount : limits.ofToken
    }

    /// - Parameters:
    ///   - owner: the account or token; nil for a local program.
    ///   - mayStay: whether the session or token is still in force. May block.
    /// - Returns: for `leave`; nil when one more is too many, as others came first since `checkRoom`.
    func enter(
        _ client: StreamClient, _ kind: Kind = .pops, of owner: String? = nil, mayStay: @escaping @Sendable () -> Bool
    ) -> Int? {
        state.withLock { state in
            guard problem(kind, owner, state) == nil else { return nil }
            state.next += 1
            state.entries[state.next] = Entry(kind: kind, owner: owner, client: client, mayStay: mayStay)
            state.byKind[kind, default: 0] += 1
            if let owner { state.byOwner[owner, default: 0] += 1 }
            return state.next
        }
    }

    func leave(_ place: Int) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: place) else { return }
            state.byKind[entry.kind, default: 1] -= 1
            guard let owner = entry.owner, let count = state.byOwner[owner] else { return }
            state.byOwner[owner] = count > 1 ? count - 1 : nil
        }
    }

    /// Ends the streams that may not stay.
    func sweep() {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries where !entry.mayStay() { entry.client.hasGone() }
    }

    /// Sweeps until the task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: OpenStreams.pause)
            if !Task.isCancelled { sweep() }
        }
    }
}

/// What a request's streams stay open by.
struct StreamPermit: Sendable {
    /// With this the owner begins that is a person's account.
    static let account = "account "

    let streams: OpenStreams
    /// The account or token whose streams are counted together; nil for a local program.
    let owner: String?
    let mayStay: @Sendable () -> Bool
}
