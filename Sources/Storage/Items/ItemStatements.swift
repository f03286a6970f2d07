import CallCenter
import SQLite

/// The statements of items, prepared once: an import writes millions.
struct ItemStatements: ~Copyable {
    /// Whether a customer is there.
    let customer: Statement
    /// Who a customer is a part of now.
    let survivor: Statement
    let one: Statement
    let newest: Statement
    let note: Statement
    let write: Statement
    let writeContact: Statement

    init(_ database: borrowing Connection) throws(SQLiteError) {
        let customer = try database.prepare("SELECT 1 FROM customer WHERE id=?")
        let survivor = try database.prepare("SELECT now_id FROM merged_customer WHERE id=?")
        let one = try database.prepare("SELECT \(ItemTables.columns) FROM customer_item WHERE id=?")
        let newest = try database.prepare("SELECT max(version) FROM item_version WHERE item=?")
        let note = try database.prepare(
            """
            INSERT INTO item_version(item, version, customer, kind, at, who, through, import, before, origin)
            VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9, (SELECT origin FROM item_version WHERE item=?1 LIMIT 1))
            """)
        let write = try database.prepare(
            "INSERT OR REPLACE INTO customer_item(\(ItemTables.columns)) VALUES(?,?,?,?,?,?,?,?,?,?)")
        let writeContact = try database.prepare(
            """
            INSERT OR REPLACE INTO touchpoint(customer, at, id, channel, direction, operator, summary, duration, tier)
            VALUES(?1,?2,?3,?4,?5,?6,?7,?8,coalesce(?9, (SELECT CASE WHEN c.tier='\(CustomerFields.tierDefault)'
              THEN coalesce((SELECT tier FROM customer WHERE id=c.belongs_to), c.tier) ELSE c.tier END
              FROM customer c WHERE c.id=?1)))
            """)
        self.customer = customer
        self.survivor = survivor
        self.one = one
        self.newest = newest
        self.note = note
        self.write = write
        self.writeContact = writeContact
    }
}
