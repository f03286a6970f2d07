import Foundation
import Synchronization
import Testing

@testable import PostgresLog

/// All tests of a server run one after another: some stop it, or hold every commit.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgresTests {}

/// Work that blocks, on a thread of its own.
final class Background<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(_ work: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            let made = Result { try work() }
            result.withLock { $0 = made }
        }
    }

    var isDone: Bool { result.withLock { $0 != nil } }

    func value(within seconds: Double = 20) async throws -> Value {
        try await eventually("the work in the background ends", within: seconds) { self.isDone }
        return try #require(result.withLock { $0 }).get()
    }

    /// The error it ends with.
    func error(within seconds: Double = 20) async throws -> PostgresError? {
        do { _ = try await value(within: seconds) } catch let error as PostgresError { return error }
        return nil
    }
}

struct Late: Error, CustomStringConvertible {
    let description: String
}

/// Asks until the answer is yes.
func eventually(
    _ what: String, within seconds: Double = 20, _ condition: @Sendable () throws -> Bool
) async throws {
    let limit = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < limit else { throw Late(description: "not within \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The error that a call throws.
func failure<Value>(of call: () throws(PostgresError) -> Value) -> PostgresError? {
    do throws(PostgresError) { _ = try call() } catch { return error }
    return nil
}

extension PostgresError {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
    var isFenced: Bool { if case .fenced = self { true } else { false } }
}

extension BurstRow {
    /// A row whose bytes say which it is.
    static func sample(_ range: ClosedRange<Int64>, epoch: Int64, by node: String = "a", size: Int = 20) -> BurstRow {
        var bytes = Array("\(node) \(epoch) \(range.lowerBound)-\(range.upperBound) ".utf8)
        while bytes.count < size { bytes.append(UInt8(truncatingIfNeeded: bytes.count &* 31)) }
        return BurstRow(
            first: range.lowerBound, last: range.upperBound, epoch: epoch, readAt: 1_764_000_000_000 + range.lowerBound,
            changes: range.lowerBound % 3, entries: bytes)
    }
}

/// A log in a schema of its own.
struct TestLog {
    let server: TestServer
    let schema: String
    let table: LogTable

    init(behind: Int64 = 0) throws {
        server = try TestServer.shared
        schema = try server.schema()
        table = try LogTable.open(server.place(schema))
        _ = try table.create(identity: "log of \(schema)", behind: behind)
    }

    func place(_ node: String) -> PostgresPlace { server.place(schema, node: node) }

    func lead(_ node: String = "a", ending pid: Int32? = nil) throws(PostgresError) -> (LeaderSession, LogHead) {
        let (session, head) = try LeaderSession.lead(place(node), ending: pid)
        return (session, head)
    }

    /// - Parameter reader: instead of the log's own session.
    func all(_ reader: LogTable? = nil) throws -> [BurstRow] {
        var rows: [BurstRow] = []
        while true {
            let more = try (reader ?? table).rows(after: rows.last?.last ?? 0, bytesMax: 1_000_000)
            if more.isEmpty { return rows }
            rows += more
        }
    }
}

/// Random numbers by a printed seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension LeaderSession {
    /// As a session that lost its lock without an end, which only the fence holds off.
    static func leadWithoutLock(_ place: PostgresPlace) throws(PostgresError) -> (LeaderSession, LogHead) {
        let session = try Session(place)
        let head = try nextEpoch(session, node: place.node)
        let (pid, cut) = (session.pid, session.cut)
        return (LeaderSession(session, epoch: head.epoch, pid: pid, cut: cut), head)
    }
}
