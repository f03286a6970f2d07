import CallCenter
import Glibc

/// The log, its checkpoint and the records of a state directory: opened, migrated, and checked to belong together.
@frozen public struct StateFiles: ~Copyable {
    public var log: EventLog
    /// The records.
    public let records: CustomerStore
    /// The checkpoint, which may be missing or of another log.
    public let checkpoint: CheckpointFile
    /// The identity of the log.
    public let identity: LogIdentity
    /// Sentences for the administrator; none for an ordinary start.
    public private(set) var notices: [String]

    /// - Parameter working: called repeatedly while something takes long.
    public static func open(directory: String, working: @escaping @Sendable () -> Void = {}) throws -> StateFiles {
        try refuseOrphans(in: directory)
        let migrated = try StateMigration.run(directory, working: working) { copies in
            _ = try openCurrent(directory: copies, working: working)
        }
        var files = try openCurrent(directory: directory, working: working)
        if let migrated { files.notices.insert(migrated, at: 0) }
        return files
    }

    private static func openCurrent(
        directory: String, working: @escaping @Sendable () -> Void
    ) throws -> StateFiles {
        var log = try EventLog.open(directory: directory, working: working)
        let lost = try LostChanges.find(in: directory)
        let records = try CustomerStore.open(directory: directory, working: working)
        let file = CheckpointFile(directory: directory)
        let kept = file.mark()
        let plan: Belonging.Plan
        let mark = try records.logMark(), secrets = try SecretProjection.newestMark(in: directory)
        do throws(Belonging.Refusal) {
            plan = try Belonging.plan(
                Belonging.Log(identity: log.identity, last: log.lastSeq, isEmpty: log.isEmpty), mark,
                kept.map { Belonging.Kept(log: $0.log, seq: $0.seq) }, secrets: secrets, fresh: LogIdentity())
        } catch { throw StateFilesError(refusal: .apart(error), directory: directory) }
        // In this order a start that is killed in between gives the same result: the checkpoint gets the identity
        // before the log, and the log stores the position of an old checkpoint before that is renamed. The records come
        // last.
        if plan.checkpoint == .name, let kept = file.read() {
            try file.write(kept.state, at: kept.seq, of: plan.identity)
        }
        if log.identity != plan.identity || plan.behind > log.lastSeq {
            try log.claim(plan.identity, behind: plan.behind)
        }
        if log.isEmpty, plan.behind > 0 {
            try LostChanges.noteEarlierLog(in: directory, records: try records.changesThrough())
        }
        if plan.checkpoint == .setAside { try file.setAside() }
        let reserved = plan.reservesCustomers ? try log.highestCustomer(working) : nil
        try records.claim(plan.identity, through: plan.historyThrough, customersBehind: reserved)
        let rebuilt = try bringUp(records, with: &log, directory: directory, working: working)
        if !lost.isEmpty { LostChanges.useAcceptance(in: directory) }
        return StateFiles(
            log: log, records: records, checkpoint: file, identity: plan.identity,
            notices: plan.notices.map { $0.sentence(directory) } + rebuilt + lost.map(\.notice))
    }
}

extension StateFiles {
    /// SQLite's newest writes are in a file beside the database (`-wal`). A new database would delete that file, and
    /// the database that was moved away would lack them.
    private static func refuseOrphans(in directory: String) throws(StateFilesError) {
        for name in ["events.db", "customers.db", "access.db", "accounts.db", "views.db"] {
            let path = directory + "/" + name
            guard access(path, F_OK) != 0, access(path + "-wal", F_OK) == 0 else { continue }
            throw StateFilesError(refusal: .orphan(name), directory: directory)
        }
    }
}

extension EventLog {
    /// The highest id of a customer that the log knows; 0 for none.
    fileprivate borrowing func highestCustomer(_ working: @Sendable () -> Void) throws(LogError) -> Int64 {
        var highest: Int64 = 0
        try replay(after: 0) { entry in
            if entry.seq % 4_096 == 0 { working() }
            guard !entry.facts.isEmpty, let lookup = LookupBytes.decode(entry.facts) else { return }
            for candidate in lookup.candidates { highest = max(highest, candidate.customer.id) }
        }
        return highest
    }
}

/// Why the files of a state directory are not used together, and what to do.
public struct StateFilesError: Error, Equatable, CustomStringConvertible {
    let refusal: Reason
    let directory: String

    enum Reason: Equatable {
        case apart(Belonging.Refusal)
        /// The database is missing, but its `-wal` file exists.
        case orphan(String)
        /// What a file was made of was deleted from the log.
        case lost([LostChanges])
        /// The files of an earlier version could not be migrated, and are as they were.
        case migration(String)
    }

    public var description: String {
        let log = "\(directory)/events.db", records = "\(directory)/customers.db"
        let remedy = """
            restore all files of \(directory) from one backup; or, to keep the records and begin a new log behind \
            them, \
            move events.db, events.db-wal and events.db-shm away
            """
        return switch refusal {
        case .apart(.differentLogs):
            "\(log) and \(records) do not belong together, calls of one log would overwrite calls of another: \(remedy)"
        case .apart(.logIsOlder(let last, let known, let byRecords)):
            """
            \(log) ends at event \(last), but \(byRecords ? records : directory + "/checkpoint") knows the same log up \
            to \
            event \(known): \(remedy)
            """
        case .apart(.secretsAreNewer(let last, let known)):
            """
            \(log) ends at event \(last), but access.db or accounts.db has changes of it up to event \(known): \
            \(remedy)
            """
        case .orphan(let name):
            """
            \(directory)/\(name) is not there, but \(name)-wal is, which holds what was written last: move \(name)-wal \
            and \
            \(name)-shm to where \(name) was moved
            """
        case .lost(let all):
            """
            \(all.map(\.sentence).joined(separator: "; ")). \
            Restore from the newest backup with screenpop restore, which takes what the log no longer has from there; \
            or, to go on without it, create an empty file \(directory)/\(LostChanges.acceptance) and start again
            """
        case .migration(let why):
            """
            the files of an earlier version in \(directory) cannot be migrated: \(why). They are untouched, and that \
            version still runs on them. Migrating needs as much free room as they have
            """
        case .apart(.checkpointOfAnotherLog):
            """
            \(directory)/checkpoint belongs to another log than \(log): restore all files of \(directory) from one \
            backup, or move checkpoint away and the log is read from its beginning
            """
        }
    }
}

extension Belonging.Notice {
    fileprivate func sentence(_ directory: String) -> String {
        switch self {
        case .newLog(let behind):
            """
            a new log begins in \(directory)/events.db; its first event is \(behind + 1), behind what the records \
            know. \
            Figures in memory and the states of operators begin anew, the history stays
            """
        case .skipped(let from, let to):
            """
            the records know events up to \(to), but \(directory)/events.db ends at \(from): the next event is \
            \(to + 1). \
            An earlier version let a log begin at 1 again
            """
        case .historyRetold(let after):
            """
            the history in \(directory)/customers.db is complete up to event \(after) only: the calls behind it are \
            told \
            again from the log
            """
        case .checkpointSetAside:
            "\(directory)/checkpoint is of another log: it is now checkpoint.old, and nothing reads it"
        }
    }
}
