/// The tables of what belongs to a customer.
enum ItemTables {
    /// Items of all kinds, and their versions.
    ///
    /// `customer_item.at` is the time by which a list is ordered. `item_version` has who made each version; `before` is
    /// what the item was, packed, and nil when there was none. What it became is the next row's `before`, or the item.
    /// A deleted customer's items stay here: nobody is shown them, and they are there when the customer is brought
    /// back. `items_behind` is the id after which those of new items start.
    static let schema = """
        CREATE TABLE customer_item(
          id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, \
        version INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT, updated_at INTEGER NOT NULL, \
        updated_by TEXT, fields BLOB NOT NULL) STRICT;
        CREATE INDEX customer_item_of ON customer_item(customer, kind, at, id);
        CREATE TABLE item_version(
          item INTEGER NOT NULL, version INTEGER NOT NULL, customer INTEGER NOT NULL, kind INTEGER NOT NULL, \
        at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, import INTEGER, before BLOB, \
        PRIMARY KEY(item, version)) STRICT, WITHOUT ROWID;
        CREATE INDEX item_version_of ON item_version(customer, at);
        CREATE INDEX item_version_at ON item_version(at) WHERE import IS NULL;
        ALTER TABLE identity ADD COLUMN items_behind INTEGER NOT NULL DEFAULT 0
        """

    static let columns = "id, customer, kind, at, version, created_at, created_by, updated_at, updated_by, fields"
}
