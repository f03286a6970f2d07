import CPostgres
import Glibc

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
        let deadline = QueryDeadline(within)
        var parameters = QuerySession.defaults + [("dbname", conninfo)]
        if let password { parameters.append(("password", password)) }
        parameters.append(("client_encoding", "UTF8"))
        let keywords = parameters.map { strdup($0.keyword) } + [nil]
        let values = parameters.map { strdup($0.value) } + [nil]
        defer { for text in keywords + values { free(text) } }
        // libpq expands a conninfo in the place of the database's name.
        let made = PQconnectStartParams(
            keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
        guard let made else { throw .lost("out of memory") }
        handle = made
        var state = PQstatus(made) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING {
            try wait(Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), deadline)
            state = PQconnectPoll(made)
        }
        guard state == PGRES_POLLING_OK, PQsetnonblocking(made, 1) == 0 else { throw lost() }
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
        let deadline = QueryDeadline(within)
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

    private func run(_ commands: String, _ deadline: QueryDeadline) throws(QueryError) {
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
        _ sql: String, _ parameters: [String], _ rowsMax: Int, _ bytesMax: Int, _ deadline: QueryDeadline
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

    private func next(_ deadline: QueryDeadline) throws(QueryError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(Int16(POLLIN), deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle)
    }

    private func flush(_ deadline: QueryDeadline) throws(QueryError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                if try wait(Int16(POLLIN | POLLOUT), deadline) & Int16(POLLIN) != 0, PQconsumeInput(handle) != 1 {
                    throw lost()
                }
            default: throw lost()
            }
        }
    }

    @discardableResult
    private func wait(_ events: Int16, _ deadline: QueryDeadline) throws(QueryError) -> Int16 {
        var entry = pollfd(fd: PQsocket(handle), events: events, revents: 0)
        guard entry.fd >= 0 else { throw lost() }
        while true {
            let left = deadline.left
            switch left == 0 ? 0 : poll(&entry, 1, left) {
            case 0:
                isOver = true
                throw .timeout
            case 1...: return entry.revents
            default: guard errno == EINTR else { throw lost() }
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

/// A moment after which nothing is waited for.
private struct QueryDeadline {
    private let end: ContinuousClock.Instant

    init(_ milliseconds: Int) { end = .now + .milliseconds(max(1, milliseconds)) }

    /// For poll(2): whole milliseconds, rounded up; 0 when it has passed.
    var left: Int32 {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
