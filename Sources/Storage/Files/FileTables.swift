/// The table of files' bytes. What a file is called, and whose it is, is an item (`ItemTables`).
enum FileTables {
    /// The bytes of a customer's files by their SHA-256, so that a file that is attached twice is stored once. They are
    /// not shared between customers: an erase removes all of one customer's, and nothing of another's.
    static let schema = """
        CREATE TABLE file_piece(
          home INTEGER NOT NULL, hash BLOB NOT NULL, n INTEGER NOT NULL, data BLOB NOT NULL, \
        UNIQUE(home, hash, n)) STRICT
        """
}
