/// The tables of merged customers.
enum MergeTables {
    /// `customer_merge` has a row for each merge, also of one that was taken apart again; it has none of a customer's
    /// data. `merged_customer` has the customers that are merged into others now, as they were: `into_id` is who they
    /// were merged into, `now_id` who has their data now, where that one was merged as well.
    ///
    /// What moves with a merge keeps where it came from: `origin` of contacts and of versions of items, `merged_case`
    /// of cases. It is nil where nothing was merged.
    static let schema = """
        CREATE TABLE customer_merge(
          id INTEGER PRIMARY KEY, into_id INTEGER NOT NULL, other INTEGER NOT NULL, into_version INTEGER NOT NULL, \
        other_version INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT, undone_at INTEGER, undone_by TEXT, \
        undone_version INTEGER) STRICT;
        CREATE INDEX customer_merge_into ON customer_merge(into_id);
        CREATE INDEX customer_merge_other ON customer_merge(other);
        CREATE TABLE merged_customer(
          id INTEGER PRIMARY KEY, into_id INTEGER NOT NULL, now_id INTEGER NOT NULL, merge INTEGER NOT NULL, \
        version INTEGER NOT NULL, created_at INTEGER NOT NULL, merged_at INTEGER NOT NULL, external_id TEXT, \
        fields BLOB NOT NULL) STRICT;
        CREATE INDEX merged_customer_now ON merged_customer(now_id);
        CREATE INDEX merged_customer_external ON merged_customer(external_id) WHERE external_id IS NOT NULL;
        CREATE TABLE merged_case(id INTEGER PRIMARY KEY, origin INTEGER NOT NULL) STRICT;
        ALTER TABLE touchpoint ADD COLUMN origin INTEGER;
        ALTER TABLE item_version ADD COLUMN origin INTEGER
        """
}
