/// Why PostgreSQL did not do what it was asked. The text is for whoever reads the daemon's log.
public enum PostgresError: Error, Equatable, Sendable {
    /// The connection broke, the server starts or stops, only a standby was reached, or no answer came in time.
    /// Repeating with a new session may do. After a write its fate is not known: read the head to learn it.
    case unavailable(String)
    /// Another leader has taken the log: the epoch or the last position is not what was expected. Nothing was written.
    case fenced(LogHead)
    /// Another session holds the leader's lock: the node of that session, where the server shows it.
    case held(by: String?)
    /// Repeating does not help: an SQL error, a permission, a wrong password, tables of a newer version.
    case refused(String)
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let why): "PostgreSQL cannot be used at the moment: \(why)"
        case .fenced(let head):
            "another node leads: the log is at epoch \(head.epoch), position \(head.last), led by "
                + (head.node ?? "nobody")
        case .held(let node): "the leader's lock is held by \(node.map { "node \($0)" } ?? "another session")"
        case .refused(let why): "PostgreSQL refused: \(why)"
        }
    }
}

/// What the five letters and digits of an SQLSTATE mean for the log.
enum SQLState {
    /// A lock was not free within `lock_timeout`.
    static let lockNotAvailable = "55P03"

    /// Whether repeating with a new session may do.
    static func isUnavailable(_ code: String) -> Bool {
        switch code {
        // A standby, or a primary that became one.
        case "25006": true
        // A transaction that lost against another one, or waited too long for a lock: nothing of it was done.
        case "40001", "40P01", lockNotAvailable, "25P03": true
        // Dropped while we were connected: it does not come back by itself.
        case "57P04": false
        // Connection, resources, an operator's intervention (stop, start, cancel), the system below.
        default: ["08", "53", "57", "58"].contains(where: code.hasPrefix)
        }
    }

    /// What an administrator can do about it; empty where the message says enough.
    static func advice(_ code: String) -> String {
        switch code {
        case "42501":
            "; the role has to own the tables and may have to create them: ALTER DATABASE … OWNER TO …, or GRANT "
                + "CREATE ON SCHEMA … TO …, and the same role for every node"
        case "28P01", "28000":
            "; check the user, the password (password file, ~/.pgpass) and pg_hba.conf"
        case "3D000": "; create the database with createdb, or correct `database` in [cluster]"
        case "3F000": "; the first schema of search_path has to exist"
        case "42P01": "; the tables of the log are missing: they are created when a node with the right to do so starts"
        default: ""
        }
    }

    /// The cancelled wait of a commit for its standby: as a warning, with the transaction done on this server alone.
    /// 01000 when the statement was cancelled, 57P01 when the session was ended.
    static func isUnconfirmedCommit(severity: String, code: String) -> Bool {
        severity == "WARNING" && (code == "01000" || code.hasPrefix("57"))
    }

    /// The codes in the text of a failed connection that was written with all details: `FATAL:  28P01: …`.
    static func codes(verbose text: String) -> [String] {
        var found: [String] = []
        for line in text.split(separator: "\n") {
            // The severity is in the server's language, so the code alone can be looked for.
            for part in line.split(separator: " ", omittingEmptySubsequences: true)
            where part.utf8.count == 6 && part.utf8.last == UInt8(ascii: ":") {
                let code = part.utf8.dropLast()
                let isCode = code.allSatisfy {
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                }
                let digits = code.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                if isCode && digits { found.append(String(part.dropLast())) }
            }
        }
        return found
    }
}
