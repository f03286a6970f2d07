import SQLite
import Storage

/// What the files of a state directory or of a backup say about each other, and whether they belong together.
///
/// A value, so that a test can try every combination.
struct StateContents: Equatable {
    var log: LogCopy.Facts
    /// nil when there is none.
    var checkpoint: Checkpoint?
    /// By the name of the file; without the log.
    var databases: [String: DatabaseFacts] = [:]

    struct Checkpoint: Equatable {
        var seq: Int64
        /// nil when an older version made it.
        var log: String?
    }

    /// What is wrong, in plain words; empty when a start takes the files as they are.
    var problems: [String] {
        var found: [String] = []
        let identity = log.identity?.text
        if let checkpoint {
            if let of = checkpoint.log, of != identity { found.append("checkpoint belongs to another log") }
            if checkpoint.seq > log.last {
                found.append("checkpoint knows events up to \(checkpoint.seq), but the log ends at \(log.last)")
            }
            if let first = log.first, checkpoint.seq < first - 1 {
                found.append("checkpoint ends at \(checkpoint.seq), but the log begins at \(first) only")
            }
        } else if !log.isWhole {
            found.append("the checkpoint is missing, and the log no longer has its beginning")
        }
        for (name, facts) in databases.sorted(by: { $0.key < $1.key }) {
            if let of = facts.log, of != identity { found.append("\(name) belongs to another log") }
            if let mark = facts.mark, mark > log.last {
                found.append("\(name) knows events up to \(mark), but the log ends at \(log.last)")
            }
        }
        return found
    }
}

/// A file by itself: what it says, and whether it is whole.
enum FileCheck {
    static let log = "events.db"
    static let records = "customers.db"
    static let checkpoint = "checkpoint"

    static func isDatabase(_ name: String) -> Bool { name.hasSuffix(".db") }

    /// Problems that SQLite finds in a database; empty for none. Reads all of it.
    static func integrity(_ path: String, isStopped: @escaping @Sendable () -> Bool) throws(BackupError) -> [String] {
        do throws(SQLiteError) {
            let database = try Connection.immutable(path: path)
            let found: Result<[String], SQLiteError> = database.stopping(when: isStopped) {
                do throws(SQLiteError) {
                    let all = try database.prepare("PRAGMA integrity_check(5)")
                    var lines: [String] = []
                    while try all.step() { lines.append(all.text(0) ?? "") }
                    return .success(lines == ["ok"] ? [] : lines)
                } catch { return .failure(error) }
            }
            return try found.get()
        } catch {
            if error.kind == .damaged { return [error.message] }
            throw .database(error, path)
        }
    }

    static func facts(_ path: String) throws(BackupError) -> DatabaseFacts {
        do throws(SQLiteError) { return try DatabaseFacts.read(Connection.immutable(path: path)) } catch {
            throw .database(error, path)
        }
    }

    static func logFacts(_ path: String) throws(BackupError) -> LogCopy.Facts {
        do throws(LogError) { return try LogCopy.open(path: path).facts() } catch { throw .log(error, path) }
    }

    static func logProblems(_ path: String) throws(BackupError) -> [String] {
        do throws(LogError) { return try LogCopy.open(path: path).problems() } catch { throw .log(error, path) }
    }

    /// Looks through the plain files in a folder.
    ///
    /// - Parameters:
    ///   - names: the files that have to be there.
    ///   - isDeep: every page and every row is read as well.
    ///   - each: called with the name of each file before it is read.
    /// - Returns: what is wrong, each with the file's name before it.
    static func problems(
        in folder: String, _ names: [String], isDeep: Bool, isStopped: @escaping @Sendable () -> Bool,
        each: (String) -> Void
    ) throws(BackupError) -> [String] {
        var found: [String] = [], databases: [String: DatabaseFacts] = [:]
        for name in names where isDatabase(name) {
            let path = "\(folder)/\(name)"
            each(name)
            let damage = isDeep ? try integrity(path, isStopped: isStopped) : []
            found += damage.map { "\(name) is damaged: \($0)" }
            if damage.isEmpty, name != log { databases[name] = try facts(path) }
            if damage.isEmpty, name == log, isDeep { found += try logProblems(path).map { "\(name): \($0)" } }
        }
        guard found.isEmpty else { return found }
        var contents = StateContents(log: try logFacts("\(folder)/\(log)"), databases: databases)
        if names.contains(checkpoint) {
            guard let kept = CheckpointFile(directory: folder).read() else { return ["checkpoint cannot be read"] }
            contents.checkpoint = .init(seq: kept.seq, log: kept.log?.text)
        }
        return contents.problems
    }
}
