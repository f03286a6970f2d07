import CPostgres
import Glibc
import PostgresWait

/// One connection to a PostgreSQL database of somebody else's, for questions. Not for several threads at once: its
/// owner holds it in a mutex. Each call blocks its thread, for the time that it is given at most. (The system's
/// resolver has limits of its own: a centre without one names its hosts in /etc/hosts.)
///
/// A question is asked in a transaction that is read-only and ends with a rollback, with the server's own limit of time
/// a little below ours. Values are sent beside the statement, never in it.
public final class QuerySession {
    private let handle: OpaquePointer
    /// Why it cannot be used any more.
    public private(set) var isOver = false

    /// What libpq gets before the conninfo, which may say otherwise.
    private static let defaults: [(keyword: String, value: String)] = [
        ("keepalives", "1"), ("keepalives_idle", "10"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("fallback_application_name", "screenpop look-up"),
    ]

    /// - Parameters:
    ///   - conninfo: in libpq's own syntax: keywords or an address.
    ///   - password: nil: libpq finds one by itself (`~/.pgpass`, `PGPASSFILE`, `PGPASSWORD`).
    ///   - within: milliseconds.
    public init(_ conninfo: String, password: String?, within: Int) throws(QueryError) {
        let deadline = Deadline.within(.milliseconds(max(1, within)))
        var parameters = QuerySession.defaults + [("dbname", conninfo)]
        if let password { parameters.append(("password", password)) }
        parameters.append(("client_encoding", "UTF8"))
        guard let made = PostgresConnecting.begin(parameters, PQconnectStartParams) else {
            throw .lost("out of memory")
        }
        handle = made
        let isThere = try waiting { () throws(WaitFailure) in try PostgresConnecting.finish(made, deadline) }
        guard isThere, PQsetnonblocking(made, 1) == 0 else { throw lost() }
    }

    deinit { PQfinish(handle) }

    /// The rows that a statement has.
    ///
    /// - Parameters:
    ///   - sql: one statement, with `$1`, `$2` in the places of values.
    ///   - parameters: the values, whose types the server infers.
    ///   - rowsMax: further rows are left out.
    ///   - bytesMax: of all names and values together; more is an error.
    ///   - within: milliseconds.
    public func rows(
        _ sql: String, _ parameters: [String], rowsMax: Int, bytesMax: Int, within: Int
    ) throws(QueryError) -> [QueryRow] {
        let deadline = Deadline.within(.milliseconds(max(1, within)))
        // The server gives up first, so that the connection can be used again.
        let limit = max(1, within - within / 10)
        try run("BEGIN READ ONLY; SET LOCAL statement_timeout = \(limit)", deadline)
        do throws(QueryError) {
            let rows = try ask(sql, parameters, rowsMax, bytesMax, deadline)
            try run("ROLLBACK", deadline)
            return rows
        } catch {
            // Nothing is left open in a session that may be used again.
            if !isOver, case .refused = error { try? run("ROLLBACK", deadline) } else { isOver = true }
            throw error
        }
    }

    private func run(_ commands: String, _ deadline: Deadline) throws(QueryError) {
        guard PQsendQuery(handle, commands) == 1 else { throw lost() }
        try flush(deadline)
        var failure: QueryError?
        while let result = try next(deadline) {
            defer { PQclear(result) }
            if PQresultStatus(result) != PGRES_COMMAND_OK, failure == nil { failure = refusal(result) }
        }
        if let failure { throw failure }
    }

    private func ask(
        _ sql: String, _ parameters: [String], _ rowsMax: Int, _ bytesMax: Int, _ deadline: Deadline
    ) throws(QueryError) -> [QueryRow] {
        let values = parameters.map { strdup($0) }
        defer { for text in values { free(text) } }
        let sent = PQsendQueryParams(
            handle, sql, Int32(values.count), nil, values.map { UnsafePointer($0) }, nil, nil, 0)
        guard sent == 1 else { throw lost() }
        // Row by row: an answer without an end is noticed before it is in memory.
        PQsetSingleRowMode(handle)
        try flush(deadline)
        var rows: [QueryRow] = [], bytes = 0, failure: QueryError?
        while let result = try next(deadline) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                for index in 0..<PQntuples(result) where failure == nil {
                    let row = QuerySession.row(result, index)
                    bytes += row.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.utf8.count ?? 0) }
                    guard bytes <= bytesMax else {
                        isOver = true
                        throw .tooLarge(bytesMax)
                    }
                    if rows.count < rowsMax { rows.append(row) }
                }
            case PGRES_COMMAND_OK: failure = failure ?? .refused("the query has no rows; write one that selects")
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                isOver = true
                throw .refused("the query copies; write one that selects")
            default: failure = failure ?? refusal(result)
            }
        }
        if let failure { throw failure }
        return rows
    }

    private static func row(_ result: OpaquePointer, _ index: Int32) -> QueryRow {
        (0..<PQnfields(result)).map { column in
            let name = PQfname(result, column).map { String(cString: $0) } ?? ""
            guard PQgetisnull(result, index, column) == 0, let value = PQgetvalue(result, index, column) else {
                return (name, nil)
            }
            return (name, String(cString: value))
        }
    }

    // MARK: Waiting

    private func next(_ deadline: Deadline) throws(QueryError) -> OpaquePointer? {
        try waiting { () throws(WaitFailure) in try PostgresWait.result(handle, deadline) }
    }

    private func flush(_ deadline: Deadline) throws(QueryError) {
        try waiting { () throws(WaitFailure) in try PostgresWait.flush(handle, deadline) }
    }

    private func waiting<T>(_ wait: () throws(WaitFailure) -> T) throws(QueryError) -> T {
        do throws(WaitFailure) { return try wait() } catch {
            switch error {
            case .late:
                isOver = true
                throw .timeout
            case .lost: throw lost()
            }
        }
    }

    // MARK: Failures

    private func lost() -> QueryError {
        isOver = true
        let said = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let text = said.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
        return .lost(text.isEmpty ? "the connection broke" : String(text.prefix(400)))
    }

    private func refusal(_ result: OpaquePointer) -> QueryError {
        guard let code = postgres_shim_sqlstate(result).map({ String(cString: $0) }) else { return lost() }
        let text = postgres_shim_message(result).map { String(cString: $0) } ?? "an error without a text"
        let line = text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
        // Cancelled by its own limit.
        if code == "57014" { return .timeout }
        // The server ends, or takes nobody.
        if code.hasPrefix("57P") || code.hasPrefix("08") {
            isOver = true
            return .lost("\(line) (\(code))")
        }
        let advice = code == "25006" ? "; a look-up reads only" : ""
        return .refused("\(line.prefix(400)) (\(code))\(advice)")
    }
}
