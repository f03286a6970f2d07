import Glibc
import PostgresLog
import Storage

/// What a reading of the database came to.
struct Found: Sendable {
    enum Outcome: Sendable {
        /// Rows behind the position that was asked for; none when there are none.
        case rows([LogRow])
        /// The database does not answer.
        case away
        /// This node's copy is no part of the log, for this reason.
        case other(String)
    }
    var outcome: Outcome
    /// The session that was used; nil when it is over.
    var table: LogTable?
}

/// Reading the log in the database.
extension ClusterNode {
    /// Begins to read what the database has behind this node's copy, unless that is under way.
    ///
    /// A database that does not answer holds its reader for seconds, and what the leader sends meanwhile does not wait
    /// for it: so a node that is cut off from the database goes on by what the leader sends.
    func beginReading(_ life: inout NodeLife) {
        guard !life.isReading else { return }
        life.isReading = true
        let table = life.table.take(), newest = life.newest, at = position.now
        reading.async { [place, add] in
            let found = Found(place, table, newest, after: at)
            // The task waits for it before it reads again.
            while case .dropped = add.yield(.read(found)) { usleep(50_000) }
        }
    }

    /// Follows what was read, and reads on.
    func useReading(_ found: Found, _ life: inout NodeLife) async {
        life.isReading = false
        if let table = found.table {
            if life.table == nil { life.table = table } else { await onThread { table.close() } }
        }
        guard leading.epoch == nil else { return }
        switch found.outcome {
        case .away: break
        case .other(let why): life.parts.diverged(why)
        case .rows(let rows) where rows.isEmpty: break
        case .rows(let rows): if await follow(found: rows, &life) { beginReading(&life) }
        }
    }

    /// Reads on to the end, for a node that is about to lead: nobody appends meanwhile.
    ///
    /// - Returns: whether everything was read.
    func readOn(_ life: inout NodeLife) async -> Bool {
        while true {
            let table = life.table.take(), newest = life.newest, at = position.now
            let found = await onThread { [place] in Found(place, table, newest, after: at) }
            life.table = found.table
            switch found.outcome {
            case .away: return false
            case .other(let why):
                life.parts.diverged(why)
                return false
            case .rows(let rows) where rows.isEmpty: return true
            case .rows(let rows): if await !follow(found: rows, &life) { return false }
            }
        }
    }

    private func follow(found rows: [LogRow], _ life: inout NodeLife) async -> Bool {
        if await follow(rows, &life) { return true }
        if let first = rows.first, first.first > position.now + 1 {
            life.parts.diverged(
                "the shared log begins at \(first.first), and this node's copy ends at \(position.now)")
        }
        return false
    }

    func close(_ life: inout NodeLife) async {
        guard let table = life.table.take() else { return }
        await onThread { table.close() }
    }
}

extension Found {
    /// Reads. A new session first compares this node's copy with the log. Blocks.
    ///
    /// - Parameter newest: the newest row of this node's copy; nil when it has none.
    init(_ place: PostgresPlace, _ table: LogTable?, _ newest: RowMark?, after position: Int64) {
        do throws(PostgresError) {
            let session: LogTable
            if let table { session = table } else {
                session = try LogTable.open(place)
                if let newest, try session.epoch(ofBurstEndingAt: newest.last) != newest.epoch {
                    session.close()
                    self.init(
                        outcome: .other(
                            "position \(newest.last) of the shared log is not what this node has there: the database "
                                + "has lost entries in a failure"), table: nil)
                    return
                }
            }
            let rows = try session.rows(after: position, bytesMax: 4 << 20)
            self.init(outcome: .rows(rows.map(LogRow.init)), table: session)
        } catch {
            table?.close()
            self.init(outcome: .away, table: nil)
        }
    }
}
