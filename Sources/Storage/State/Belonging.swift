/// Decides whether the log, its checkpoint and the records of a state directory belong together, and what a start has
/// to do.
///
/// A pure function, so that a test can try every combination. Files that do not belong together are refused: call
/// numbers are made of log positions, and the calls of one log would overwrite those of another.
enum Belonging {
    struct Log: Equatable {
        /// nil for a log of an older version, or a new one.
        var identity: LogIdentity?
        /// The newest position; 0 when empty.
        var last: Int64
        var isEmpty: Bool
    }

    struct Kept: Equatable {
        var log: LogIdentity?
        var seq: Int64
    }

    /// What to do before the files are used.
    struct Plan: Equatable {
        var identity: LogIdentity
        /// The log's first position is the next one.
        var behind: Int64
        var checkpoint: Use
        /// The position up to which the history is complete; less than the checkpoint's when calls are missing.
        var historyThrough: Int64
        /// The log refers to customers that the records may lack: their ids are not reused.
        var reservesCustomers = false
        /// For the administrator; empty for an ordinary start.
        var notices: [Notice] = []

        enum Use: Equatable {
            case none, use
            /// It stores no identity: it is rewritten with the identity of this log.
            case name
            /// It is of another log, which was moved away.
            case setAside
        }
    }

    enum Notice: Equatable {
        /// A new log, whose positions follow another log's.
        case newLog(behind: Int64)
        /// The records know later positions than a log of an older version: its next position follows theirs.
        case skipped(from: Int64, to: Int64)
        case historyRetold(after: Int64)
        case checkpointSetAside
    }

    enum Refusal: Error, Equatable {
        case differentLogs
        /// The log ends at `last`, and the records or the checkpoint know it up to `known`.
        case logIsOlder(last: Int64, known: Int64, byRecords: Bool)
        /// The log ends at `last`, and tokens or accounts are made of it up to `known`.
        case secretsAreNewer(last: Int64, known: Int64)
        case checkpointOfAnotherLog
    }

    /// - Parameters:
    ///   - secrets: the newest position that tokens or accounts are made of; 0 for none. It says nothing of the
    ///     history.
    ///   - fresh: the identity of a log that begins, or is named, now.
    static func plan(
        _ log: Log, _ records: LogMark, _ kept: Kept?, secrets: Int64 = 0, fresh: LogIdentity
    ) throws(Refusal) -> Plan {
        if log.isEmpty { return begin(log, records, kept, secrets, fresh: fresh) }
        let plan = try goOn(log, records, kept, fresh: fresh)
        guard secrets <= max(log.last, plan.behind) else {
            throw .secretsAreNewer(last: log.last, known: secrets)
        }
        return plan
    }

    /// The log is empty: it is new, or the one before was moved away.
    private static func begin(
        _ log: Log, _ records: LogMark, _ kept: Kept?, _ secrets: Int64, fresh: LogIdentity
    ) -> Plan {
        let known = max(log.last, records.newest, kept?.seq ?? 0, secrets)
        // A log that nobody has seen an entry of goes on under its name.
        let goesOn = log.identity != nil && log.last == known && (records.log == nil || records.log == log.identity)
        var plan = Plan(
            identity: goesOn ? log.identity ?? fresh : fresh, behind: known, checkpoint: .none, historyThrough: known)
        if kept != nil { plan.checkpoint = kept?.log == plan.identity ? .use : .setAside }
        if plan.checkpoint == .setAside { plan.notices.append(.checkpointSetAside) }
        if known > 0, !goesOn { plan.notices.append(.newLog(behind: known)) }
        return plan
    }

    private static func goOn(
        _ log: Log, _ records: LogMark, _ kept: Kept?, fresh: LogIdentity
    ) throws(Refusal) -> Plan {
        if let of = records.log, of != log.identity { throw .differentLogs }
        let identity = log.identity ?? kept?.log ?? fresh
        var plan = Plan(
            identity: identity, behind: 0, checkpoint: .none, historyThrough: through(log, records, kept))
        if log.identity == nil {
            // Of an older version, whose recovery let a new log start at 1 beside records with later positions.
            if records.newest > log.last {
                plan.behind = records.newest
                plan.notices.append(.skipped(from: log.last, to: records.newest))
            }
        } else if records.newest > log.last {
            throw .logIsOlder(last: log.last, known: records.newest, byRecords: true)
        }
        switch kept {
        case nil: break
        case let kept? where kept.log != nil && kept.log != identity: throw .checkpointOfAnotherLog
        case let kept? where kept.seq > log.last:
            if kept.log != nil { throw .logIsOlder(last: log.last, known: kept.seq, byRecords: false) }
            plan.checkpoint = .setAside
        case let kept?:
            plan.checkpoint = kept.log == identity ? .use : log.identity == nil ? .name : .setAside
        }
        if plan.checkpoint == .setAside { plan.notices.append(.checkpointSetAside) }
        if plan.checkpoint == .use || plan.checkpoint == .name, let kept, plan.historyThrough < kept.seq {
            plan.notices.append(.historyRetold(after: plan.historyThrough))
            plan.reservesCustomers = true
        }
        if records.log == nil, records.newest == 0 { plan.reservesCustomers = true }
        return plan
    }

    /// A start writes history entries from after the checkpoint; entries missing before it have to be written as well.
    private static func through(_ log: Log, _ records: LogMark, _ kept: Kept?) -> Int64 {
        if let through = records.through { return through }
        // Records of an older version beside a log that is one as well: complete, as that version kept them.
        return log.identity == nil && records.newest > 0 ? kept?.seq ?? 0 : records.newest
    }
}
