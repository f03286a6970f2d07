import CallCenter
import SQLite
import Synchronization

/// The customer records, for everything but the engine's look-ups: one writing connection behind a lock, held for one
/// change or one chunk of an import at most, and connections that read beside it. Methods throw `StoreError`.
///
/// A projection of the log: `RecordWriter` changes records, and a start applies what the log has and this file has not.
public final class CustomerStore: Sendable {
    let path: String
    /// The state directory.
    var directory: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    let state: Mutex<State>
    /// A connection for searches, which take longer than a record: they do not block writers.
    let finder: Mutex<Connection>
    /// A connection for lists of all customers, which may take a second.
    let lister: Mutex<Connection>
    /// A connection for health checks and counts.
    private let looker: Mutex<Connection>
    /// Connections for single records and short lists; nil for a temporary database, which only the writer can read.
    private let readers: RecordReaders?

    /// What the lock guards.
    struct State: ~Copyable {
        let database: Connection
        let insert: Statement
        let update: Statement
        let insertPhone: Statement
        let deletePhones: Statement
        let deleteIdentities: Statement
        let byID: Statement
        let phones: Statement
        let byExternalID: Statement
        let sameNumber: Statement
        let sameEmail: Statement
        let sameName: Statement
        let sameButZeros: Statement
        let begin: Statement
        let commit: Statement
        let reindex: Statement
        let newest: Statement
        let version: Statement
        let items: ItemStatements
        /// Entries that are in the log, and could not be committed here: applied before the next change.
        var unapplied: [(seq: Int64, entry: ChangeEntry)] = []
        /// What erasing a customer has to replace, from before its entry is in the log until it is applied here.
        var prepared: [Int64: ErasureWork] = [:]
        /// The change whose writer released this lock before its fate was known. There is one at most: the next change
        /// is validated against what it did.
        var onTheWay: OnTheWay?
    }

    /// - Parameter working: called repeatedly during a migration of an older file.
    public static func open(
        directory: String, working: @escaping @Sendable () -> Void = {}
    ) throws(StoreError) -> CustomerStore {
        let database = try CustomersDatabase.open(directory, working: working)
        let path = CustomersDatabase.path(directory)
        do throws(SQLiteError) {
            let finder = try Connection(path: path)
            try finder.run("PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456")
            let lister = try Connection(path: path)
            try lister.run("PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456")
            let looker = try Connection(path: path, readOnly: true)
            return CustomerStore(
                path: path, state: try State(database), finder: finder, lister: lister, looker: looker)
        } catch { throw StoreError(error, path: path) }
    }

    private static let scratchPath = "scratch"

    /// An empty temporary database, deleted with this object: for dry runs.
    static func scratch() throws(StoreError) -> CustomerStore {
        do throws(SQLiteError) {
            let state = try State(CustomersDatabase.openScratch())
            // Its own customers get ids beyond those of any record.
            try state.database.run(
                """
                INSERT INTO customer(id, name, tier, version, created_at, updated_at) \
                VALUES(\(1 << 48), '', '', 1, 0, 0)
                """)
            return CustomerStore(
                path: scratchPath, state: state, finder: try Connection(path: ":memory:"),
                lister: try Connection(path: ":memory:"), looker: try Connection(path: ":memory:"))
        } catch { throw StoreError(error, path: scratchPath) }
    }

    /// Copies another store's records with their ids; records that exist here already are not changed.
    func adopt(_ records: [CustomerRecord]) throws(StoreError) {
        guard !records.isEmpty else { return }
        try with { state throws(SQLiteError) in
            let isHere = try state.database.prepare("SELECT 1 FROM customer WHERE id=?")
            let number = try state.database.prepare("UPDATE customer SET id=?1 WHERE id=?2")
            let phones = try state.database.prepare("UPDATE phone SET customer=?1 WHERE customer=?2")
            let identities = try state.database.prepare(
                "UPDATE customer_identity SET customer=?1 WHERE customer=?2")
            try state.begin.run()
            for record in records {
                try isHere.bind(record.id, 1)
                let known = try isHere.step()
                isHere.reset()
                if known { continue }
                let made = try state.insert(record.fields, at: record.updatedAt)
                try number.bind(record.id, 1)
                try number.bind(made, 2)
                try number.run()
                try phones.bind(record.id, 1)
                try phones.bind(made, 2)
                try phones.run()
                try identities.bind(record.id, 1)
                try identities.bind(made, 2)
                try identities.run()
            }
            try state.commit.run()
        }
    }

    private init(
        path: String, state: consuming sending State, finder: consuming sending Connection,
        lister: consuming sending Connection, looker: consuming sending Connection
    ) {
        self.lister = Mutex(lister)
        self.looker = Mutex(looker)
        self.path = path
        readers = path == CustomerStore.scratchPath ? nil : RecordReaders(path: path)
        self.state = Mutex(state)
        self.finder = Mutex(finder)
    }

    /// Runs work on the writer's connection; SQLite's refusals become ours.
    func with<Answer: Sendable>(_ work: (borrowing State) throws(SQLiteError) -> Answer) throws(StoreError) -> Answer {
        let answer: Result<Answer, SQLiteError> = state.withLock { state in
            do throws(SQLiteError) { return .success(try work(state)) } catch {
                if state.database.inTransaction { try? state.database.run("ROLLBACK") }
                return .failure(error)
            }
        }
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }

    // MARK: Reading

    /// Runs a read beside the writer: it waits for no change, and for no chunk of an import, and sees what was
    /// committed before it.
    func reading<Answer: Sendable>(
        _ work: (borrowing State) throws(SQLiteError) -> Answer
    ) throws(StoreError) -> Answer {
        guard let readers else { return try with(work) }
        let answer = readers.read(work)
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }

    /// The number of customers. Reads all ids, without blocking the writer.
    public func count() throws(StoreError) -> Int { Int(try readInteger("SELECT count(*) FROM customer")) }

    /// Throws when the records cannot be read now. Takes microseconds, and waits for no writer and no search.
    public func probe() throws(StoreError) { _ = try readInteger("SELECT id FROM customer LIMIT 1") }

    private func readInteger(_ sql: String) throws(StoreError) -> Int64 {
        let answer: Result<Int64, SQLiteError> = looker.withLock { looker in
            do throws(SQLiteError) { return .success(try looker.integer(sql) ?? 0) } catch { return .failure(error) }
        }
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }

    /// The customer with this id; nil when there is none, and for one that is deleted.
    public func customer(_ id: Int64) throws(StoreError) -> CustomerRecord? {
        try reading { state throws(SQLiteError) in try state.record(id) }
    }

    /// The customers with this number, at most `limit`, and their total.
    ///
    /// - Parameter key: `NumberReading.key`: E.164, or the digits of a text that is no telephone number.
    public func find(number key: String, limit: Int) throws(StoreError) -> (customers: [CustomerRecord], matches: Int) {
        try reading { state throws(SQLiteError) in
            let found = try state.database.prepare("SELECT DISTINCT customer FROM phone WHERE e164=? ORDER BY customer")
            try found.bind(key, 1)
            var ids: [Int64] = []
            while try found.step() { ids.append(found.int(0)) }
            var records: [CustomerRecord] = []
            for id in ids.prefix(limit) { if let record = try state.record(id) { records.append(record) } }
            return (records, ids.count)
        }
    }

    /// The persons who belong to a company, at most `limit`, in the order of their ids, and their total.
    public func persons(of company: Int64, limit: Int) throws(StoreError) -> (customers: [CustomerRecord], matches: Int)
    {
        try with { state throws(SQLiteError) in
            let found = try state.database.prepare("SELECT id FROM customer WHERE belongs_to=? ORDER BY id")
            try found.bind(company, 1)
            var ids: [Int64] = []
            while try found.step() { ids.append(found.int(0)) }
            var records: [CustomerRecord] = []
            for id in ids.prefix(limit) { if let record = try state.record(id) { records.append(record) } }
            return (records, ids.count)
        }
    }

    /// The customers behind `id`, in the order of their ids, at most `limit`: for an export.
    public func customers(after id: Int64, limit: Int) throws(StoreError) -> [CustomerRecord] {
        try reading { state throws(SQLiteError) in
            let page = try state.database.prepare("SELECT id FROM customer WHERE id>? ORDER BY id LIMIT ?")
            try page.bind(id, 1)
            try page.bind(Int64(limit), 2)
            var ids: [Int64] = []
            while try page.step() { ids.append(page.int(0)) }
            var records: [CustomerRecord] = []
            for id in ids { if let record = try state.record(id) { records.append(record) } }
            return records
        }
    }

    /// A customer's contacts, newest first.
    public func history(customer: Int64, limit: Int) throws(StoreError) -> [Touchpoint] {
        try contacts(customer: customer, limit: limit).map(\.touchpoint)
    }
}
