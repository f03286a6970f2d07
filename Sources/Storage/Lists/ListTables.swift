/// The tables of lists that somebody works through.
enum ListTables {
    /// `customer_list` has the saved lists, `list_version` who made each version of them; `before` is what the list
    /// was, packed, and nil when it was made. `list_work` has who works on which entry and what came of it; those of
    /// the built-in lists have negative numbers there. Its customer is the one that was named: one who is a part of
    /// another now keeps the rows, and has them again when the merge is taken apart.
    ///
    /// `customer_facts` and `contract_end` are computed from contacts, purchases and contracts, for the questions about
    /// all customers. Triggers note in `facts_todo` whose facts have to be computed again, in the transaction of the
    /// change; `refreshFacts` does it. They have rows of customers who are there, and of no others. `facts_state.rules`
    /// are the rules by which they were computed.
    static let schema = """
        CREATE TABLE customer_list(
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, created_at INTEGER NOT NULL, \
        created_by TEXT, updated_at INTEGER NOT NULL, fields BLOB NOT NULL) STRICT;
        CREATE TABLE list_version(
          list INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, \
        before BLOB, PRIMARY KEY(list, version)) STRICT, WITHOUT ROWID;
        CREATE TABLE list_work(
          list INTEGER NOT NULL, customer INTEGER NOT NULL, claimed_by TEXT, claimed_at INTEGER, result TEXT, \
        note TEXT, worked_by TEXT, worked_at INTEGER, PRIMARY KEY(list, customer)) STRICT, WITHOUT ROWID;
        CREATE INDEX list_work_of ON list_work(customer);
        CREATE INDEX list_work_at ON list_work(list, worked_at) WHERE worked_at IS NOT NULL;
        CREATE TABLE customer_facts(
          customer INTEGER PRIMARY KEY, last_contact INTEGER, contacts INTEGER NOT NULL, purchases INTEGER NOT NULL, \
        spent INTEGER NOT NULL, last_purchase INTEGER, expected INTEGER, complained_at INTEGER, \
        unanswered_at INTEGER, waited_at INTEGER, waited INTEGER) STRICT;
        CREATE INDEX customer_facts_contact ON customer_facts(last_contact) WHERE last_contact IS NOT NULL;
        CREATE INDEX customer_facts_spent ON customer_facts(spent);
        CREATE INDEX customer_facts_contacts ON customer_facts(contacts);
        CREATE INDEX customer_facts_expected ON customer_facts(expected) WHERE expected IS NOT NULL;
        CREATE INDEX customer_facts_complained ON customer_facts(complained_at) WHERE complained_at IS NOT NULL;
        CREATE INDEX customer_facts_unanswered ON customer_facts(unanswered_at) WHERE unanswered_at IS NOT NULL;
        CREATE INDEX customer_facts_waited ON customer_facts(waited_at) WHERE waited_at IS NOT NULL;
        CREATE TABLE contract_end(
          item INTEGER PRIMARY KEY, customer INTEGER NOT NULL, ends INTEGER NOT NULL, service TEXT NOT NULL) STRICT;
        CREATE INDEX contract_end_day ON contract_end(ends, customer);
        CREATE INDEX contract_end_of ON contract_end(customer);
        CREATE TABLE facts_todo(customer INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE facts_state(one INTEGER PRIMARY KEY CHECK(one=1), rules TEXT NOT NULL) STRICT;
        INSERT INTO facts_state VALUES(1, '');
        CREATE INDEX customer_tier ON customer(tier);
        CREATE INDEX customer_owner ON customer(owner) WHERE owner IS NOT NULL;
        \(triggers(of: "touchpoint"));
        \(triggers(of: "customer_item"));
        CREATE TRIGGER customer_facts_gone AFTER DELETE ON customer BEGIN
          DELETE FROM customer_facts WHERE customer=OLD.id; DELETE FROM contract_end WHERE customer=OLD.id; END
        """

    /// Lists that were deleted, by which `restore` finds their versions.
    static let deleted = """
        CREATE TABLE deleted_list(
          id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT, \
        deleted_at INTEGER NOT NULL) STRICT;
        CREATE INDEX deleted_list_name ON deleted_list(name)
        """

    /// Notes the customer of a row that is written, moved or removed.
    private static func triggers(of table: String) -> String {
        func note(_ row: String) -> String { "INSERT OR IGNORE INTO facts_todo VALUES(\(row).customer)" }
        return """
            CREATE TRIGGER \(table)_added AFTER INSERT ON \(table) BEGIN \(note("NEW")); END;
            CREATE TRIGGER \(table)_moved AFTER UPDATE ON \(table) BEGIN \(note("OLD")); \(note("NEW")); END;
            CREATE TRIGGER \(table)_removed AFTER DELETE ON \(table) BEGIN \(note("OLD")); END
            """
    }
}
