import CRMLookup
import Foundation
import LDAP
import NIOPosix
import PostgresQuery
import Synchronization

/// How a question reaches what it is for. A database and a directory are asked on threads of their own, as their
/// libraries block; what they answer comes back as JSON, as that of a CRM does.
enum LookupTransport {
    /// Records of an answer that are read: the first counts, and how many there are is shown.
    static let recordsMax = 50

    static func send(for plan: LookupPlan, attributes: [String], http: @escaping LookupSend) -> LookupSend {
        switch plan.kind {
        case .http, .carddav: http
        case .sql: DatabaseQuestions(plan).send
        case .ldap: DirectoryQuestions(plan, attributes).send
        }
    }

    static func answer(_ records: [[String: Any]], _ bytesMax: Int) throws -> LookupResponse {
        let data = try JSONSerialization.data(withJSONObject: records, options: [.sortedKeys, .withoutEscapingSlashes])
        guard data.count <= bytesMax else {
            throw LookupFault("its answer has more than \(bytesMax) bytes; ask for fewer records or fields")
        }
        return LookupResponse(status: 200, body: Array(data))
    }
}

/// So many connections, each used by one thread at a time, and as many threads. A connection is made when it is needed,
/// and used again while it does.
final class LookupConnections<Connection>: Sendable {
    private final class Place: Sendable {
        let connection = Mutex<Connection?>(nil)
    }
    private let places: [Place]
    private let pool: NIOThreadPool

    /// Connections at most, whatever `at_once` says: a database has few of them.
    static var countMax: Int { 4 }

    init(_ count: Int) {
        let count = min(max(1, count), Self.countMax)
        places = (0..<count).map { _ in Place() }
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    // Work that is under way holds this.
    deinit { pool.shutdownGracefully { _ in } }

    /// Runs blocking work on a thread of this pool, and returns when it ends or the time is over: then the work's
    /// result goes nowhere.
    ///
    /// - Parameters:
    ///   - within: milliseconds, the wait for a thread included.
    ///   - work: gets the connection of its place, nil for none yet, and the milliseconds that are left.
    func run<Value: Sendable>(
        within: Int64, _ work: @escaping @Sendable (inout Connection?, _ within: Int) throws -> Value
    ) async throws -> Value {
        let until = LookupAsker.clock() + within
        let result = await Once<Result<Value, any Error>>().wait(within: within, late: .failure(LookupFault.timeout)) {
            await withCheckedContinuation { continuation in
                self.pool.submit { _ in
                    continuation.resume(returning: self.perform(until, work))
                }
            }
        }
        return try result.get()
    }

    private func perform<Value: Sendable>(
        _ until: Int64, _ work: @Sendable (inout Connection?, _ within: Int) throws -> Value
    ) -> Result<Value, any Error> {
        let left = until - LookupAsker.clock()
        // It waited for a thread for too long: nobody reads its answer.
        guard left > 0 else { return .failure(LookupFault.timeout) }
        for place in places {
            let result: Result<Value, any Error>? = place.connection.withLockIfAvailable { connection in
                do { return .success(try work(&connection, Int(left))) } catch { return .failure(error) }
            }
            if let result { return result }
        }
        // There are as many places as threads.
        return .failure(LookupFault("no connection is free"))
    }
}

/// A look-up in PostgreSQL.
final class DatabaseQuestions: Sendable {
    private let plan: LookupPlan
    private let connections: LookupConnections<QuerySession>

    init(_ plan: LookupPlan) {
        self.plan = plan
        connections = LookupConnections(plan.atOnce)
    }

    var send: LookupSend {
        { [self] call, within, bytesMax in
            let rows = try await connections.run(within: within) { [plan] session, within in
                try DatabaseQuestions.ask(plan, call, &session, within, bytesMax)
            }
            return try LookupTransport.answer(rows, bytesMax)
        }
    }

    private static func ask(
        _ plan: LookupPlan, _ call: LookupCall, _ session: inout QuerySession?, _ within: Int, _ bytesMax: Int
    ) throws -> [[String: String]] {
        let until = LookupAsker.clock() + Int64(within)
        if let open = session, !open.isOver {
            do { return try rows(open, call, within, bytesMax) } catch QueryError.lost {
                // The server was restarted since, or a firewall forgot the connection: another is tried.
            } catch {
                if open.isOver { session = nil }
                throw LookupFault("\(error)")
            }
        }
        session = nil
        let password = plan.secretFile.isEmpty ? nil : try LookupSecrets.read(plan.secretFile)
        do {
            let left = Int(until - LookupAsker.clock())
            let made = try QuerySession(call.url, password: password, within: left)
            let found = try rows(made, call, Int(until - LookupAsker.clock()), bytesMax)
            session = made
            return found
        } catch { throw LookupFault("\(error)") }
    }

    private static func rows(
        _ session: QuerySession, _ call: LookupCall, _ within: Int, _ bytesMax: Int
    ) throws(QueryError) -> [[String: String]] {
        let rows = try session.rows(
            call.body ?? "", call.parameters, rowsMax: LookupTransport.recordsMax, bytesMax: bytesMax, within: within)
        return rows.map { row in
            var record: [String: String] = [:]
            for (name, value) in row { record[name] = value }
            return record
        }
    }
}

/// A look-up in a directory.
final class DirectoryQuestions: Sendable {
    private let plan: LookupPlan
    private let attributes: [String]
    private let connections: LookupConnections<DirectorySession>

    init(_ plan: LookupPlan, _ attributes: [String]) {
        self.plan = plan
        self.attributes = attributes
        connections = LookupConnections(plan.atOnce)
    }

    var send: LookupSend {
        { [self] call, within, bytesMax in
            let found = try await connections.run(within: within) { [plan, attributes] session, within in
                try DirectoryQuestions.ask(plan, call, attributes, &session, within)
            }
            let records = found.map { entry in
                var record: [String: Any] = ["dn": entry.dn]
                for (name, values) in entry.values { record[name] = values.count == 1 ? values[0] : values }
                return record
            }
            return try LookupTransport.answer(records, bytesMax)
        }
    }

    private static func ask(
        _ plan: LookupPlan, _ call: LookupCall, _ attributes: [String], _ session: inout DirectorySession?,
        _ within: Int
    ) throws -> [DirectoryEntry] {
        let until = LookupAsker.clock() + Int64(within)
        if let open = session, !open.isOver {
            do { return try search(open, plan, call, attributes, within) } catch DirectoryError.unreachable {
                // Servers end connections that are idle: another is tried.
            } catch {
                if open.isOver { session = nil }
                throw LookupFault("\(error)")
            }
        }
        session = nil
        let place = DirectoryPlace(
            url: plan.request.url, startTLS: plan.ldap.startTLS, authorities: plan.ldap.authorities)
        let password = plan.user.isEmpty ? nil : try LookupSecrets.read(plan.secretFile)
        do {
            let made = try DirectorySession(place, within: Int(until - LookupAsker.clock()))
            if let password {
                try made.bind(dn: plan.user, password: password, within: Int(until - LookupAsker.clock()))
            }
            let found = try search(made, plan, call, attributes, Int(until - LookupAsker.clock()))
            session = made
            return found
        } catch { throw LookupFault("\(error)") }
    }

    private static func search(
        _ session: DirectorySession, _ plan: LookupPlan, _ call: LookupCall, _ attributes: [String], _ within: Int
    ) throws(DirectoryError) -> [DirectoryEntry] {
        try session.search(
            base: plan.ldap.base, wholeTree: plan.ldap.scope == .sub, filter: call.body ?? "", attributes: attributes,
            countMax: LookupTransport.recordsMax, within: within)
    }
}
