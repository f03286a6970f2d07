/// The tables of contacts from elsewhere.
enum InboxTables {
    /// `inbox_item` has what nobody was known for, also after it was attached or dismissed, so that it comes in once.
    /// `contact_trace` has which contact on a record (`customer_item`) came in by which key, and its case; whose record
    /// that is, is what the item says, so a merge moves it too.
    ///
    /// The last two indexes find addresses that a record has in other letters than a mail: few have.
    static let schema = """
        CREATE TABLE inbox_item(
          id INTEGER PRIMARY KEY, key TEXT NOT NULL, version INTEGER NOT NULL, state INTEGER NOT NULL, address TEXT, \
        customer INTEGER, fields BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX inbox_item_key ON inbox_item(key);
        CREATE INDEX inbox_item_state ON inbox_item(state, id);
        CREATE INDEX inbox_item_address ON inbox_item(address) WHERE address IS NOT NULL;
        CREATE INDEX inbox_item_customer ON inbox_item(customer) WHERE customer IS NOT NULL;
        CREATE TABLE contact_trace(
          item INTEGER PRIMARY KEY, key TEXT NOT NULL, case_id INTEGER, subject TEXT NOT NULL, at INTEGER NOT NULL) \
        STRICT;
        CREATE INDEX contact_trace_key ON contact_trace(key);
        CREATE INDEX contact_trace_subject ON contact_trace(subject, at);
        CREATE INDEX customer_email_letters ON customer(lower(email)) WHERE email<>lower(email);
        CREATE INDEX customer_identity_letters ON customer_identity(lower(value), kind) WHERE value<>lower(value)
        """

    /// Who works on an item. A change of the item ends it.
    static let claims = """
        ALTER TABLE inbox_item ADD COLUMN claimed_by TEXT;
        ALTER TABLE inbox_item ADD COLUMN claimed_at INTEGER
        """
}
