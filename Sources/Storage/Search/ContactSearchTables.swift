/// The index of what was written of contacts: calls with their notes, mails, visits, notes on customers.
enum ContactSearchTables {
    /// `contact_grams` has a contact's text under the contact's id, as `SearchText` makes words of it, and no copy of
    /// the text itself.
    ///
    /// Triggers note in `contact_todo` which contacts are to be indexed, in the transaction of the change; `indexed` is
    /// the text by which the index knows the contact, which it has to be given to remove it, and nil for one that it
    /// does not know. A contact that is not there has its summary in the index. Each trigger asks for itself whether
    /// the row is there: `OR IGNORE` in a trigger gives way to the `OR REPLACE` of the statement that fires it. A
    /// contact is looked for by its id, as a call may be written to its new customer before it leaves the former one.
    ///
    /// `touchpoint_number` is for an erase, which asks of each number whether others called from it.
    ///
    /// The customers' own index begins again from empty: their addresses are in it now.
    static let schema = """
        CREATE INDEX IF NOT EXISTS touchpoint_id ON touchpoint(id);
        CREATE INDEX IF NOT EXISTS touchpoint_number ON touchpoint(number, customer) WHERE number IS NOT NULL;
        CREATE VIRTUAL TABLE contact_grams USING fts5(grams, content='', columnsize=0, tokenize='ascii');
        CREATE TABLE contact_todo(id INTEGER PRIMARY KEY, indexed TEXT) STRICT;
        INSERT OR IGNORE INTO contact_todo SELECT id, NULL FROM touchpoint WHERE summary<>'';
        CREATE TRIGGER touchpoint_text_added BEFORE INSERT ON touchpoint BEGIN
          INSERT INTO contact_todo SELECT NEW.id, \(known("NEW"))
          WHERE NEW.summary<>coalesce(\(known("NEW")), '') AND \(isNotNoted("NEW")); END;
        CREATE TRIGGER touchpoint_text_changed AFTER UPDATE OF summary ON touchpoint WHEN OLD.summary<>NEW.summary BEGIN
          INSERT INTO contact_todo SELECT OLD.id, OLD.summary WHERE \(isNotNoted("OLD")); END;
        CREATE TRIGGER touchpoint_text_removed AFTER DELETE ON touchpoint WHEN OLD.summary<>'' BEGIN
          INSERT INTO contact_todo SELECT OLD.id, OLD.summary WHERE \(isNotNoted("OLD")); END;
        DROP TABLE customer_grams; DELETE FROM search_doc; DELETE FROM search_todo;
        UPDATE search_state SET watermark=0;
        \(CustomersDatabase.grams)
        """

    private static func known(_ row: String) -> String { "(SELECT summary FROM touchpoint WHERE id=\(row).id)" }

    private static func isNotNoted(_ row: String) -> String {
        "NOT EXISTS(SELECT 1 FROM contact_todo WHERE id=\(row).id)"
    }
}
