/// The tables of cases, beside `customer_case` of an earlier version.
enum CaseTables {
    /// What a list asks by has a column; `details` is packed. Cases of an earlier version were opened, and closed,
    /// once.
    ///
    /// `case_version` has who made each version; `before` is what the case was, packed, and nil when it was opened.
    /// What it became is the next row's `before`, or the case.
    static let schema = """
        ALTER TABLE customer_case ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE customer_case ADD COLUMN phase TEXT;
        ALTER TABLE customer_case ADD COLUMN priority INTEGER NOT NULL DEFAULT 2;
        ALTER TABLE customer_case ADD COLUMN progress_at INTEGER;
        ALTER TABLE customer_case ADD COLUMN waiting_since INTEGER;
        ALTER TABLE customer_case ADD COLUMN handed_to TEXT;
        ALTER TABLE customer_case ADD COLUMN details BLOB;
        ALTER TABLE customer_case ADD COLUMN claimed_by TEXT;
        ALTER TABLE customer_case ADD COLUMN claimed_at INTEGER;
        UPDATE customer_case SET version=2 WHERE closed_at IS NOT NULL;
        CREATE INDEX customer_case_closed ON customer_case(closed_at) WHERE closed_at IS NOT NULL;
        CREATE INDEX customer_case_of ON customer_case(customer, closed_at);
        CREATE INDEX customer_case_due ON customer_case(due) WHERE closed_at IS NULL;
        CREATE TABLE case_version(
          case_id INTEGER NOT NULL, version INTEGER NOT NULL, customer INTEGER NOT NULL, at INTEGER NOT NULL, \
        who TEXT, through TEXT NOT NULL, before BLOB, PRIMARY KEY(case_id, version)) STRICT, WITHOUT ROWID;
        CREATE INDEX case_version_of ON case_version(customer, at);
        CREATE INDEX case_version_at ON case_version(at)
        """

    /// Cases that are complaints. `complaint` is the operator whom it is about, empty when it is about none, and nil
    /// for a case that is no complaint.
    static let complaints = """
        ALTER TABLE customer_case ADD COLUMN complaint TEXT;
        CREATE INDEX customer_case_complaint ON customer_case(customer, created_at) WHERE complaint IS NOT NULL
        """

    /// Promises and tasks that are parts of a case.
    static let parts = """
        ALTER TABLE customer_case ADD COLUMN part_of INTEGER;
        CREATE INDEX customer_case_part ON customer_case(part_of) WHERE part_of IS NOT NULL
        """

    /// Of `customer_case k` and `customer c`, as `CustomerCase(_:)` reads them.
    static let columns = """
        k.id, k.customer, c.name, k.kind, k.title, k.owner, k.due, k.created_at, k.created_by, k.closed_at, \
        k.closed_by, k.spent, k.version, k.details, k.claimed_by, k.claimed_at, \
        (SELECT count(*) FROM customer_case p WHERE p.part_of=k.id AND p.closed_at IS NULL)
        """
}
