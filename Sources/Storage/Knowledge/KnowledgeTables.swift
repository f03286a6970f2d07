/// The tables of knowledge (articles, templates, incidents) and of messages between desks.
enum KnowledgeTables {
    /// `knowledge` has what there is; a deleted entry is in its versions alone. What the ranking goes by has a column,
    /// the whole is packed. In `knowledge_version`, `before` is what the entry was, and nil when there was none; what
    /// it became is the next row's `before`, or the entry. `knowledge_grams` is the index of the search, written with
    /// the entry (`SearchText`).
    ///
    /// `knowledge_use` has who used an article, and whether it helped; `knowledge_miss` searches that found nothing.
    ///
    /// `desk_message.customer` is who the message is about now, `origin` whom it named while that one is a part of
    /// another. `messages_behind` is the id after which those of new messages start.
    static let schema = """
        CREATE TABLE knowledge(
          id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL, \
        created_by TEXT, updated_at INTEGER NOT NULL, updated_by TEXT, is_open INTEGER NOT NULL, title TEXT NOT NULL, \
        queues TEXT, tags TEXT, products TEXT, fields BLOB NOT NULL) STRICT;
        CREATE INDEX knowledge_kind ON knowledge(kind, is_open, id);
        CREATE TABLE knowledge_version(
          entry INTEGER NOT NULL, version INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT, \
        through TEXT NOT NULL, before BLOB, PRIMARY KEY(entry, version)) STRICT, WITHOUT ROWID;
        CREATE INDEX knowledge_version_at ON knowledge_version(at);
        CREATE VIRTUAL TABLE knowledge_grams USING fts5(grams, content='', columnsize=0, tokenize='ascii');
        CREATE TABLE knowledge_use(
          at INTEGER NOT NULL, article INTEGER NOT NULL, what TEXT NOT NULL, who TEXT NOT NULL, call TEXT, \
        PRIMARY KEY(at, article, what, who)) STRICT, WITHOUT ROWID;
        CREATE INDEX knowledge_use_of ON knowledge_use(article, what, at);
        CREATE TABLE knowledge_miss(
          at INTEGER NOT NULL, text TEXT NOT NULL, who TEXT NOT NULL, PRIMARY KEY(at, text, who)) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_message(
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, audience TEXT NOT NULL, recipient TEXT, sender TEXT, \
        sender_name TEXT, text TEXT NOT NULL, call TEXT, customer INTEGER, origin INTEGER, case_id INTEGER, \
        reply_to INTEGER, answered_by TEXT, answered_at INTEGER, answer INTEGER) STRICT;
        CREATE INDEX desk_message_at ON desk_message(at);
        CREATE INDEX desk_message_of ON desk_message(customer, id) WHERE customer IS NOT NULL;
        CREATE INDEX desk_message_origin ON desk_message(origin) WHERE origin IS NOT NULL;
        CREATE INDEX desk_message_case ON desk_message(case_id, id) WHERE case_id IS NOT NULL;
        CREATE TABLE desk_message_read(
          message INTEGER NOT NULL, reader TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(message, reader)) STRICT, \
        WITHOUT ROWID;
        ALTER TABLE identity ADD COLUMN messages_behind INTEGER NOT NULL DEFAULT 0
        """

    static let columns = "id, kind, version, created_at, created_by, updated_at, updated_by, fields"
}
