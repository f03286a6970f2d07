import Engine
import NodeLink
import PostgresLog
import Storage
import Workers

/// What the node's one task knows: used by that task alone.
struct NodeLife {
    let parts: ClusterNode.Parts
    /// The newest row of this node's copy of the log; nil when it has none.
    var newest: RowMark?
    /// A session for reading; nil when there is none at the moment, or the reading that is under way has it.
    var table: LogTable?
    var isReading = false
    /// Whether the leader says whose list of what is to be done changed. One of an earlier version does not.
    var leaderTellsWork = false
    /// The leader that this node gets rows from, and the task that reads them.
    var following: (peer: Peer, task: Task<Void, Never>)?
    /// When the log in the database is shortened next. Monotonic milliseconds.
    var cutDue: Int64 = 0

    init(parts: ClusterNode.Parts, newest: RowMark?) {
        self.parts = parts
        self.newest = newest
    }
}

extension ClusterNode {
    func perform(_ step: Step, _ life: inout NodeLife) async {
        switch step {
        case .rows(let rows):
            guard leading.epoch == nil else { return }
            if await !follow(rows, tellsAll: !life.leaderTellsWork, &life) { beginReading(&life) }
        case .said(.message(let message)): _ = await life.parts.engine.deliver(message)
        case .said(.work(let concerned)):
            life.leaderTellsWork = true
            if concerned != .operators([]) { await life.parts.engine.workChanged(of: concerned) }
        case .read(let found): await useReading(found, &life)
        case .poll:
            if leading.epoch == nil {
                await followLeader(&life)
                beginReading(&life)
            } else {
                cutDatabase(&life)
            }
        case .tryToLead(let pid):
            if leading.epoch == nil { await tryToLead(ending: pid, &life) }
        case .lost: await stepDown(&life)
        }
    }

    // MARK: Following

    /// Subscribes to the leader that the database names, if that is another one than now.
    private func followLeader(_ life: inout NodeLife) async {
        let leader = leader
        guard leader != life.following?.peer else { return }
        life.following?.task.cancel()
        life.following = nil
        life.leaderTellsWork = false
        life.parts.leaderChanged()
        guard let leader else { return }
        let leaderWaits: @Sendable () -> Void = { [weak self] in self?.noteLeaderWaits() }
        life.following = (leader, Task { [client, position, add] in
            while !Task.isCancelled {
                try? await client.follow(leader, after: position.now) { message in
                    switch message {
                    case .burst(let frame): add.yield(.rows([LogRow(frame)]))
                    case .notice(let bytes): if let said = Notice(bytes) { add.yield(.said(said)) }
                    case .waiting: leaderWaits()
                    case .keepalive: break
                    }
                }
                // The connection ended: what was sent meanwhile comes first then, or is read from the database.
                try? await Task.sleep(for: .milliseconds(200))
            }
        })
    }

    /// Adds rows to this node's copy, its state and its records.
    ///
    /// - Parameter tellsAll: whether every desk is told when what is to be done may have changed.
    /// - Returns: false when they do not continue it.
    func follow(_ rows: [LogRow], tellsAll: Bool = true, _ life: inout NodeLife) async -> Bool {
        let at = position.now, rows = rows.filter { $0.last > at }
        guard let first = rows.first, let newest = rows.last else { return true }
        guard first.first == at + 1 else { return false }
        var unpacked: UnpackedRows
        do { unpacked = try UnpackedRows(rows) } catch {
            life.parts.diverged("\(error): was it written by a newer version?")
            return false
        }
        let changes = unpacked.changes, hasErase = unpacked.hasErase
        var changed: [(customer: Int64, version: Int64)] = []
        if hasErase {
            guard rows.count == 1 else {
                for row in rows where await !follow([row], tellsAll: tellsAll, &life) { return false }
                return true
            }
            // The records say what the erase replaces in the state, so they come first.
            let positions = first.first...newest.last
            (changed, unpacked.followed.erasures) = await untilWritten {
                [projections = life.parts.projections] () throws(StoreError) in
                (try projections.follow(changes), try projections.erasures(in: positions))
            }
        }
        while true {
            do {
                try await life.parts.engine.follow(unpacked.followed)
                break
            } catch .restoring {
                try? await Task.sleep(for: .milliseconds(20))
            } catch .disk(let why) {
                logger.error("this node's copy of the log cannot be written: \(why)")
                try? await Task.sleep(for: .seconds(1))
            } catch { return false }
        }
        if !hasErase, !changes.isEmpty {
            changed = await untilWritten { [projections = life.parts.projections] () throws(StoreError) in
                try projections.follow(changes)
            }
        }
        // Cards that show one of them are out of date.
        for one in changed { await life.parts.engine.customerChanged(one.customer, version: one.version) }
        // A case may be among the changes.
        if tellsAll, !changes.isEmpty { await life.parts.engine.workChanged() }
        leading.followed(rows)
        life.newest = RowMark(newest)
        position.set(newest.last)
        if hasErase { life.parts.beginErase() }
        return true
    }

    /// What the records' disk refuses is tried until it succeeds: the next change would mark them as complete.
    private func untilWritten<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StoreError) -> Value
    ) async -> Value {
        var isSaid = false
        while true {
            let result = await onThread { () -> Result<Value, StoreError> in
                do throws(StoreError) { return .success(try work()) } catch { return .failure(error) }
            }
            switch result {
            case .success(let value): return value
            case .failure(let problem):
                if !isSaid { logger.error("the records cannot follow the log: \(problem)") }
                isSaid = true
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
