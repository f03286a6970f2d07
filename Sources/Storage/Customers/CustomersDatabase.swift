import SQLite

/// The database file of the records, and its schema. It is separate from the log, so an import of a million customers
/// delays no event.
enum CustomersDatabase {
    /// The newest version of the schema.
    static let version = migrations.newest

    /// Pages that the writer keeps in memory. KiB.
    static let cacheKiB = 16_384
    /// The same while something is imported: the rows of a large file go to places all over the indexes. KiB.
    static let cacheOfImportsKiB = 65_536

    static func path(_ directory: String) -> String { directory + "/customers.db" }

    /// Opens the file for writing, and creates it if missing.
    ///
    /// - Parameter working: called repeatedly during a migration of an older file.
    static func open(_ directory: String, working: @escaping @Sendable () -> Void = {}) throws(StoreError) -> Connection
    {
        let path = path(directory)
        let found: Int64
        do throws(SQLiteError) {
            let opened = try Connection(path: path)
            try opened.run(
                """
                PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
                PRAGMA cache_size=-\(cacheKiB); PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON
                """)
            switch try migrations.run(on: opened, working: working) {
            case .done: return opened
            case .newer(let version): found = version
            }
        } catch { throw StoreError(error, path: path) }
        throw .newer(path: path, version: found)
    }

    /// A temporary database with the same schema, deleted when it is closed: SQLite keeps it in an unlinked file.
    static func openScratch() throws(SQLiteError) -> Connection {
        let opened = try Connection(path: "")
        try opened.run(
            """
            PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY
            """)
        _ = try migrations.run(on: opened)
        return opened
    }

    /// Version 1 was released with and without the tables of steps 2 to 9, so these steps use `IF NOT EXISTS`.
    private static let migrations = Migrations(steps: [
        records, nameIndex, zerosIndex, startIndex, longCalls, figures, lateOutcomes, cases, search, identity, versions,
        erasures, ItemTables.schema, DetailTables.schema, CaseTables.schema, MergeTables.schema,
        InboxTables.schema, KnowledgeTables.schema, OutwardTables.schema, ListTables.schema, FileTables.schema,
        importKinds, CaseTables.complaints, ReplyTables.schema, BlockTables.schema,
        ListTables.deleted, NoteCostTables.schema, ContactSearchTables.schema, InboxTables.claims, StatusTables.schema,
        CaseTables.parts,
        PastCallTables.schema,
    ])

    /// `phone.e164` is E.164 with its `+`, or the digits of what is no telephone number. Lists are kept in one column,
    /// their elements ended by the unit separator, which no text of ours contains.
    private static let records = """
        CREATE TABLE customer(
          id INTEGER PRIMARY KEY, external_id TEXT UNIQUE, name TEXT NOT NULL, kana TEXT, company TEXT, email TEXT, \
        line_id TEXT,
          address TEXT, tier TEXT NOT NULL, owner TEXT, tags TEXT, cautions TEXT, do_not_pair TEXT, custom TEXT,
          version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
        CREATE INDEX customer_email ON customer(email) WHERE email IS NOT NULL;
        CREATE INDEX customer_line_id ON customer(line_id) WHERE line_id IS NOT NULL;
        CREATE TABLE phone(
          customer INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE, place INTEGER NOT NULL,
          raw TEXT NOT NULL, e164 TEXT, display TEXT NOT NULL, PRIMARY KEY(customer, place)) STRICT, WITHOUT ROWID;
        CREATE INDEX phone_e164 ON phone(e164, customer, display) WHERE e164 IS NOT NULL;
        CREATE TABLE blocked(number TEXT PRIMARY KEY, display TEXT NOT NULL, reason TEXT, since INTEGER NOT NULL) \
        STRICT, WITHOUT ROWID;
        CREATE TABLE touchpoint(
          customer INTEGER NOT NULL, at INTEGER NOT NULL, id INTEGER NOT NULL, channel TEXT NOT NULL, direction TEXT, \
        operator TEXT,
          answered_at INTEGER, line TEXT, number TEXT, summary TEXT NOT NULL, duration INTEGER, outcome TEXT, tier TEXT,
          PRIMARY KEY(customer, at, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE call(number INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, started INTEGER NOT NULL,\
         record BLOB NOT NULL) STRICT;
        CREATE INDEX call_id ON call(id);
        """

    /// For rows of an import that have no more than a name.
    private static let nameIndex =
        "CREATE INDEX IF NOT EXISTS customer_name_only ON customer(name) WHERE external_id IS NULL AND email IS NULL"

    /// For an `external_id` that lost its leading zeros in a spreadsheet.
    private static let zerosIndex = """
        CREATE INDEX IF NOT EXISTS customer_leading_zeros ON customer(ltrim(external_id,'0'))
          WHERE substr(external_id,1,1)='0'
        """

    /// For what happened from one day to another.
    private static let startIndex = "CREATE INDEX IF NOT EXISTS call_started ON call(started)"

    /// Calls that lasted for more than a day, and until when: what is counted of them is far from where they began.
    private static let longCalls =
        "CREATE TABLE IF NOT EXISTS long_call(number INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT"

    /// Figures that left memory, by interval and when they did.
    private static let figures = """
        CREATE TABLE IF NOT EXISTS queue_figures(
          start INTEGER NOT NULL, queue TEXT NOT NULL, tier TEXT NOT NULL, line TEXT NOT NULL, forgotten_at INTEGER \
        NOT NULL,
          figures BLOB NOT NULL, PRIMARY KEY(start, queue, tier, line, forgotten_at)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS operator_figures(
          start INTEGER NOT NULL, operator TEXT NOT NULL, forgotten_at INTEGER NOT NULL, figures BLOB NOT NULL,
          PRIMARY KEY(start, operator, forgotten_at)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS link_gap(
          source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, PRIMARY \
        KEY(source, since)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS clock_skew(
          source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, ahead INTEGER NOT NULL, PRIMARY \
        KEY(source, since)) STRICT, WITHOUT ROWID;
        """

    /// Corrections of figures by remarks about calls that had left memory. `operator` is empty for those of queues and
    /// the centre. The key is the log position of the remark, so that a replay stores it once.
    private static let lateOutcomes = """
        CREATE TABLE IF NOT EXISTS late_outcome(
          start INTEGER NOT NULL, seq INTEGER NOT NULL, queue TEXT NOT NULL, tier TEXT NOT NULL, line TEXT NOT NULL,
          operator TEXT NOT NULL, figures BLOB NOT NULL, PRIMARY \
        KEY(start, seq, queue, tier, line, operator)) STRICT, WITHOUT ROWID;
        """

    /// Cases and promises.
    private static let cases = """
        CREATE TABLE IF NOT EXISTS customer_case(
          id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE, kind TEXT NOT NULL, \
        title TEXT NOT NULL, owner TEXT,
          due INTEGER, created_at INTEGER NOT NULL, created_by TEXT, closed_at INTEGER, closed_by TEXT, spent \
        INTEGER) STRICT;
        CREATE INDEX IF NOT EXISTS customer_case_open ON customer_case(customer) WHERE closed_at IS NULL;
        """

    /// The index of the search: rebuilt from the records where it is missing.
    private static let search = """
        \(grams);
        CREATE TABLE IF NOT EXISTS search_doc(doc INTEGER PRIMARY KEY, customer INTEGER NOT NULL,\
         version INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS search_todo(customer INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE IF NOT EXISTS search_state(one INTEGER PRIMARY KEY CHECK(one=1), watermark INTEGER NOT NULL) \
        STRICT;
        INSERT OR IGNORE INTO search_state VALUES(1, 0);
        """

    /// The identity of the log that call numbers belong to (nil: not stored yet), its newest position that anything
    /// here was made from, the position up to which the history is complete (nil: not stored by older versions), and
    /// the id after which those of new customers start.
    private static let identity = """
        CREATE TABLE identity(
          one INTEGER PRIMARY KEY CHECK(one=1), log TEXT, newest INTEGER NOT NULL, through INTEGER,
          customers_behind INTEGER NOT NULL) STRICT;
        INSERT INTO identity SELECT 1, NULL, max(
            coalesce((SELECT max(number) FROM call), 0) / 4096, coalesce((SELECT max(id) FROM touchpoint), 0) / 4096,
            coalesce((SELECT max(seq) FROM late_outcome), 0)), NULL, 0
        """

    /// Versions of customers, deleted customers, imports, and the log position up to which changes of records are here
    /// (nil: the records are not in the log yet).
    ///
    /// A row of `customer_version` says who made a version. `before` is what the record was, packed; nil when it did
    /// not exist. What it became is the next row's `before`, or the record.
    private static let versions = """
        CREATE TABLE customer_version(
          customer INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, \
        import INTEGER, before BLOB, PRIMARY KEY(customer, version)) STRICT, WITHOUT ROWID;
        CREATE INDEX customer_version_import ON customer_version(import) WHERE import IS NOT NULL;
        CREATE INDEX customer_version_at ON customer_version(at) WHERE import IS NULL AND through<>'earlier';
        CREATE TABLE deleted_customer(
          id INTEGER PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, deleted_at INTEGER NOT NULL, \
        who TEXT, fields BLOB NOT NULL, cases BLOB NOT NULL) STRICT;
        CREATE TABLE import_run(
          id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, who TEXT, file TEXT, ended_at INTEGER, \
        rows INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, undone_at INTEGER) STRICT;
        ALTER TABLE identity ADD COLUMN changes_through INTEGER;
        ALTER TABLE identity ADD COLUMN cases_behind INTEGER NOT NULL DEFAULT 0
        """

    /// Customers who were erased, without their data, and what is left to do.
    ///
    /// `numbers_kept`: numbers that other customers have too. The counts are 0 where the log of an erased customer was
    /// read again. `done_at` is nil while `erasure` has a row of the customer, with the data that has to be found and
    /// replaced; the last step deletes it. `seq`: the position of the entry in the log.
    private static let erasures = """
        CREATE TABLE erased_customer(
          id INTEGER PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, \
        reason TEXT, done_at INTEGER, versions INTEGER NOT NULL DEFAULT 0, cases INTEGER NOT NULL DEFAULT 0, \
        numbers INTEGER NOT NULL DEFAULT 0, numbers_kept INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, \
        contacts INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE erasure(customer INTEGER PRIMARY KEY, seq INTEGER NOT NULL, work BLOB NOT NULL) STRICT
        """

    /// Imports of what belongs to customers, and what the headings of a file were: `map` has headings and columns in
    /// turn, as `fields`.
    private static let importKinds = """
        ALTER TABLE import_run ADD COLUMN kind TEXT NOT NULL DEFAULT 'customers';
        ALTER TABLE import_run ADD COLUMN headings TEXT;
        ALTER TABLE import_run ADD COLUMN map TEXT;
        CREATE INDEX import_run_headings ON import_run(kind, headings, id) WHERE headings IS NOT NULL;
        CREATE INDEX item_version_import ON item_version(import) WHERE import IS NOT NULL
        """

    /// Without a copy of the texts: they are in the records.
    static let grams =
        "CREATE VIRTUAL TABLE IF NOT EXISTS customer_grams USING fts5(grams, content='', columnsize=0, "
            + "tokenize='ascii')"

    private static let separator: Character = "\u{1F}"

    static func list(_ elements: [String]) -> String? {
        elements.isEmpty ? nil : elements.map { $0 + "\u{1F}" }.joined()
    }
    static func list(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: separator, omittingEmptySubsequences: false).dropLast().map(String.init)
    }
    /// Names and values in turn.
    static func fields(_ custom: [String: String]) -> String? {
        list(custom.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }
    static func fields(_ text: String?) -> [String: String] {
        let parts = list(text)
        var fields: [String: String] = [:]
        for i in stride(from: 0, to: parts.count - 1, by: 2) { fields[parts[i]] = parts[i + 1] }
        return fields
    }

    static let columns = """
        c.id, c.external_id, c.name, c.kana, c.company, c.email, c.line_id, c.address, c.tier, c.owner, c.tags, \
        c.cautions, c.do_not_pair,
        c.custom, c.version, c.created_at, c.updated_at
        """
}
