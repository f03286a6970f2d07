import CPostgres
import Glibc
import PostgresWait

/// One connection to PostgreSQL with its prepared statements. Not for several threads: its owners hold it in a mutex.
///
/// Everything is sent in libpq's pipeline mode: what one call of `run` gets is one round trip and one transaction,
/// unless it begins or ends a transaction itself. After `unavailable` a session is over, and each later call throws the
/// same.
final class Session {
    private let handle: OpaquePointer
    /// For other threads.
    let cut: SocketCut
    private let notices = Notices()
    private var prepared: Set<String> = []
    private var over: PostgresError? {
        // What was given up on purpose says nothing of the host.
        didSet { if oldValue == nil, over != nil, !cut.isCut { known.failed(host) } }
    }
    private let host: KnownHost.Host
    private let known: KnownHost
    /// The server's process of this session.
    private(set) var pid: Int32 = 0
    /// The SQLSTATE of the newest error of the server.
    private(set) var lastCode: String?

    /// Settings that a role or a database may have otherwise, and that the log depends on.
    ///
    /// `synchronous_commit` is not among them: what it promises is the administrator's decision.
    private static let settings: [(name: String, value: String)] = [
        // A wait for a standby that was cancelled is told by a warning alone.
        ("client_min_messages", "warning"),
        // These would cancel a commit that waits for its standby, or end a leader who has nothing to write.
        ("statement_timeout", "0"), ("transaction_timeout", "0"), ("idle_session_timeout", "0"),
        ("idle_in_transaction_session_timeout", "10s"), ("lock_timeout", "3s"),
        // The fence looks at the row again after it waited for it.
        ("default_transaction_isolation", "read committed"),
        // The server's side of the connection: the lock of a machine that is gone is free after some seconds.
        ("tcp_keepalives_idle", "2"), ("tcp_keepalives_interval", "1"), ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "5s"),
    ]

    /// Connects: at most `connect_timeout` (2 s) for each address, and 5 s for the settings. A name is resolved by the
    /// system's resolver, which has limits of its own: a centre that has none names its hosts in /etc/hosts.
    ///
    /// - Parameter settings: of this session, beside those of every one.
    init(_ place: PostgresPlace, settings own: [(name: String, value: String)] = []) throws(PostgresError) {
        if let malformed = Session.malformed(place.conninfo) { throw malformed }
        let parameters = try place.parameters()
        guard let made = PostgresConnecting.begin(parameters, PQconnectdbParams) else {
            throw .unavailable("out of memory")
        }
        guard PQstatus(made) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(made)).onOneLine
            PQfinish(made)
            throw Session.whyNot(parameters, message)
        }
        guard let cut = SocketCut(PQsocket(made)) else {
            PQfinish(made)
            throw .unavailable("no descriptor is free: \(String(cString: strerror(errno)))")
        }
        handle = made
        self.cut = cut
        known = place.known
        host = KnownHost.Host(
            name: PQhost(made).map { String(cString: $0) } ?? "", port: PQport(made).map { String(cString: $0) } ?? "")
        known.connected(host)
        PQsetNoticeReceiver(made, Notices.receive, Unmanaged.passUnretained(notices).toOpaque())
        guard PQsetnonblocking(made, 1) == 0, PQenterPipelineMode(made) == 1 else { throw lost("out of memory") }
        try apply(Session.settings + own)
    }

    deinit {
        // Nothing is sent to a socket that is shut, so nothing blocks.
        if over != nil { cut.cut() }
        cut.release()
        PQfinish(handle)
    }

    /// Unknown names are passed over: a setting may be newer than the server.
    private func apply(_ settings: [(name: String, value: String)]) throws(PostgresError) {
        // Constants of this module, without quotes in them.
        let values = settings.map { "('\($0.name)','\($0.value)')" }.joined(separator: ",")
        let set = Statement.once(
            """
            SELECT count(set_config(s.name, v.value, false))
            FROM (VALUES \(values)) v(name, value) JOIN pg_catalog.pg_settings s USING (name)
            """)
        let answers = try run([set(), Statement.once("SELECT pg_backend_pid()")()], within: Limits.statement)
        pid = Int32(truncatingIfNeeded: try answers[1].integer(0, 0))
    }

    /// Whether the connection is encrypted.
    var isEncrypted: Bool { PQsslInUse(handle) == 1 }

    // MARK: Statements

    /// Sends all, waits until the server has committed, and returns an answer for each.
    ///
    /// - Parameters:
    ///   - limit: nil waits for as long as the server and the network are there.
    ///   - writes: false for calls that write nothing: then a warning is about something else than their commit.
    func run(_ calls: [Call], within limit: Duration?, writes: Bool = true) throws(PostgresError) -> [Answer] {
        if let over { throw over }
        notices.unconfirmed = nil
        let deadline = limit.map(Deadline.within)
        // The name of what a step prepares; nil for a step that executes.
        var steps: [String?] = []
        for call in calls {
            let name = call.statement.name
            if !name.isEmpty, !prepared.contains(name), !steps.contains(name) {
                guard PQsendPrepare(handle, name, call.statement.sql, 0, nil) == 1 else { throw lost() }
                steps.append(name)
            }
            guard send(call) else { throw lost() }
            steps.append(nil)
        }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        try waiting { () throws(WaitFailure) in try PostgresWait.flush(handle, deadline) }

        var answers: [Answer] = []
        var failure: PostgresError?
        for step in steps {
            while let answer = try next(deadline) {
                switch answer.status {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                    if let step { prepared.insert(step) } else { answers.append(answer) }
                case PGRES_PIPELINE_ABORTED: break
                default: if failure == nil { failure = try refusal(answer) }
                }
            }
        }
        // The answers above are sent before the commit. Only what ends the pipeline says that it is done.
        try awaitCommit(deadline, &failure)
        if let failure {
            if case .unavailable = failure { over = failure }
            throw failure
        }
        if writes, let warning = notices.unconfirmed {
            throw lost("the commit was not confirmed by a standby: \(warning)")
        }
        guard answers.count == calls.count else { throw lost("an answer is missing") }
        return answers
    }

    /// The same for one statement.
    func run(_ call: Call, within limit: Duration?, writes: Bool = true) throws(PostgresError) -> Answer {
        try run([call], within: limit, writes: writes)[0]
    }

    private func send(_ call: Call) -> Bool {
        let parameters = call.parameters
        let count = Int32(parameters.places.count)
        let lengths = parameters.places.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.places.count)
        return parameters.bytes.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = parameters.places.map { place in place.flatMap { base?.advanced(by: $0.lowerBound) } }
            if call.statement.name.isEmpty {
                return PQsendQueryParams(handle, call.statement.sql, count, nil, values, lengths, formats, 1) == 1
            }
            return PQsendQueryPrepared(handle, call.statement.name, count, values, lengths, formats, 1) == 1
        }
    }

    private func awaitCommit(_ deadline: Deadline?, _ failure: inout PostgresError?) throws(PostgresError) {
        // An error of the commit comes before the end of the pipeline.
        for _ in 0..<8 {
            guard let answer = try next(deadline) else { continue }
            if answer.status == PGRES_PIPELINE_SYNC { return }
            if failure == nil { failure = try refusal(answer) }
        }
        throw lost("the end of the answers is missing")
    }

    // MARK: Waiting

    private func next(_ deadline: Deadline?) throws(PostgresError) -> Answer? {
        let result = try waiting { () throws(WaitFailure) in try PostgresWait.result(handle, deadline) }
        if let result { return Answer(result) }
        guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
        return nil
    }

    private func waiting<T>(_ wait: () throws(WaitFailure) -> T) throws(PostgresError) -> T {
        do throws(WaitFailure) { return try wait() } catch {
            switch error {
            case .late: throw lost("no answer in time; the server may be stopped, overloaded, or waiting for a standby")
            case .lost: throw lost()
            }
        }
    }

    // MARK: Failures

    /// Ends the session. The server is not asked to cancel what it does.
    private func lost(_ why: String? = nil) -> PostgresError {
        let message = String(cString: PQerrorMessage(handle)).onOneLine
        let said = why ?? (message.isEmpty ? "the connection broke" : message)
        let error = PostgresError.unavailable(cut.isCut ? "the session was given up" : said)
        over = over ?? error
        cut.cut()
        return error
    }

    /// What an error means. Throws when the session is over by it.
    private func refusal(_ answer: Answer) throws(PostgresError) -> PostgresError {
        guard let code = answer.code else { throw lost(answer.message) }
        lastCode = code
        let text = "\(answer.message) (\(code))\(SQLState.advice(code))"
        if answer.severity == "FATAL" || answer.severity == "PANIC" { throw lost(text) }
        return SQLState.isUnavailable(code) ? .unavailable(text) : .refused(text)
    }
}

/// The warnings of a session. libpq calls `receive` on the thread that reads, while that holds the session.
private final class Notices {
    /// The text of the warning that a commit is done on this server alone.
    var unconfirmed: String?

    static let receive: PQnoticeReceiver = { context, result in
        guard let context, let result else { return }
        let severity = postgres_shim_severity(result).map { String(cString: $0) } ?? ""
        let code = postgres_shim_sqlstate(result).map { String(cString: $0) } ?? ""
        guard SQLState.isUnconfirmedCommit(severity: severity, code: code) else { return }
        let message = postgres_shim_message(result).map { String(cString: $0) } ?? code
        Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().unconfirmed = message
    }
}
