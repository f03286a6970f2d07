/// The table of mails that the centre writes in cases.
enum ReplyTables {
    /// What lists and the sender ask by has a column; the rest is packed. `customer` is whose it is now, `origin` whom
    /// it named while that one is a part of another. `replies_behind` is the id after which those of new ones start.
    static let schema = """
        CREATE TABLE mail_reply(
          id INTEGER PRIMARY KEY, version INTEGER NOT NULL, customer INTEGER NOT NULL, origin INTEGER, \
        case_id INTEGER NOT NULL, state TEXT NOT NULL, next_try INTEGER, person TEXT, key TEXT NOT NULL, \
        updated_at INTEGER NOT NULL, fields BLOB NOT NULL) STRICT;
        CREATE INDEX mail_reply_state ON mail_reply(state, id);
        CREATE INDEX mail_reply_of ON mail_reply(customer, id);
        CREATE INDEX mail_reply_origin ON mail_reply(origin) WHERE origin IS NOT NULL;
        CREATE INDEX mail_reply_case ON mail_reply(case_id, id);
        CREATE UNIQUE INDEX mail_reply_key ON mail_reply(key);
        ALTER TABLE identity ADD COLUMN replies_behind INTEGER NOT NULL DEFAULT 0
        """

    static let columns = "r.id, r.version, r.customer, r.updated_at, r.fields"
}
