import SQLite
import Synchronization

/// Connections that read the records beside the writer: what is read waits for no change and for no import.
///
/// Each is opened when it is first needed. A read sees the newest committed state, all of it the same one.
final class RecordReaders: Sendable {
    /// As many as the threads that handle requests (`BlockingThreads.requests`).
    static let count = 4
    /// Pages that each keeps in memory; the file is mapped, so most reads need none. KiB.
    private static let cacheKiB = 4_096

    private final class Reader: Sendable {
        let state = Mutex<CustomerStore.State?>(nil)
    }
    private let path: String
    private let all = (0..<RecordReaders.count).map { _ in Reader() }
    private let turn = Atomic<Int>(0)

    init(path: String) { self.path = path }

    /// Runs a read on a connection that nobody uses; where all are in use, it waits for one of them.
    func read<Answer: Sendable>(
        _ work: (borrowing CustomerStore.State) throws(SQLiteError) -> Answer
    ) -> Result<Answer, SQLiteError> {
        for reader in all {
            let answer = reader.state.withLockIfAvailable { state in
                RecordReaders.opened(&state, path) ?? RecordReaders.read(state, work)
            }
            if let answer { return answer }
        }
        let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return all[Int(UInt(bitPattern: next) % UInt(all.count))].state.withLock { state in
            RecordReaders.opened(&state, path) ?? RecordReaders.read(state, work)
        }
    }

    /// Opens the connection if it is not open; why that failed, and nil when it is open.
    private static func opened<Answer: Sendable>(
        _ state: inout CustomerStore.State?, _ path: String
    ) -> Result<Answer, SQLiteError>? {
        guard state == nil else { return nil }
        do throws(SQLiteError) {
            let connection = try Connection(path: path)
            try connection.run(
                """
                PRAGMA query_only=ON; PRAGMA cache_size=-\(cacheKiB); PRAGMA mmap_size=268435456; \
                PRAGMA temp_store=MEMORY
                """)
            state = try CustomerStore.State(connection)
            return nil
        } catch { return .failure(error) }
    }

    private static func read<Answer: Sendable>(
        _ state: borrowing CustomerStore.State?, _ work: (borrowing CustomerStore.State) throws(SQLiteError) -> Answer
    ) -> Result<Answer, SQLiteError> {
        switch state {
        case .some(let reading):
            do throws(SQLiteError) {
                try reading.database.run("BEGIN")
                defer { reading.database.endAllReading() }
                return .success(try work(reading))
            } catch { return .failure(error) }
        case .none: return .failure(SQLiteError(code: 21, message: "the records' file is not open"))
        }
    }
}
