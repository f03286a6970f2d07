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

    /// One connection.
    private final class Reader: Sendable {
        private let state: Mutex<CustomerStore.State>

        private init(state: consuming sending CustomerStore.State) { self.state = Mutex(state) }

        static func open(_ path: String) -> Result<Reader, SQLiteError> {
            do throws(SQLiteError) {
                let connection = try Connection(path: path)
                try connection.run(
                    """
                    PRAGMA query_only=ON; PRAGMA cache_size=-\(cacheKiB); PRAGMA mmap_size=268435456; \
                    PRAGMA temp_store=MEMORY
                    """)
                return .success(Reader(state: try CustomerStore.State(connection)))
            } catch { return .failure(error) }
        }

        /// Runs a read; nil, and nothing was run, where the connection is in use.
        func readIfFree<Answer: Sendable>(
            _ work: (borrowing CustomerStore.State) throws(SQLiteError) -> Answer
        ) -> Result<Answer, SQLiteError>? {
            state.withLockIfAvailable { state in
                do throws(SQLiteError) {
                    try state.database.run("BEGIN")
                    defer { state.database.endReading() }
                    return .success(try work(state))
                } catch { return .failure(error) }
            }
        }

        /// Runs a read, after the one that uses the connection now.
        func read<Answer: Sendable>(
            _ work: (borrowing CustomerStore.State) throws(SQLiteError) -> Answer
        ) -> Result<Answer, SQLiteError> {
            state.withLock { state in
                do throws(SQLiteError) {
                    try state.database.run("BEGIN")
                    defer { state.database.endReading() }
                    return .success(try work(state))
                } catch { return .failure(error) }
            }
        }
    }

    /// A place for a connection, which is opened when it is first needed.
    private final class Slot: Sendable {
        private let reader = Mutex<Reader?>(nil)

        func opened(_ path: String) -> Result<Reader, SQLiteError> {
            reader.withLock { reader in
                if let reader { return .success(reader) }
                let opened = Reader.open(path)
                reader = try? opened.get()
                return opened
            }
        }
    }

    private let path: String
    private let slots = (0..<RecordReaders.count).map { _ in Slot() }
    private let turn = Atomic<Int>(0)

    init(path: String) { self.path = path }

    /// Runs a read on a connection that nobody uses; where all are in use, it waits for one of them.
    func read<Answer: Sendable>(
        _ work: (borrowing CustomerStore.State) throws(SQLiteError) -> Answer
    ) -> Result<Answer, SQLiteError> {
        do throws(SQLiteError) {
            for slot in slots {
                if let answer = try slot.opened(path).get().readIfFree(work) { return answer }
            }
            let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
            return try slots[Int(UInt(bitPattern: next) % UInt(slots.count))].opened(path).get().read(work)
        } catch { return .failure(error) }
    }
}
