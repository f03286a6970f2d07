import CSQLite

/// Statements of a connection that nobody uses, by their text. To prepare a statement costs SQLite more than to run
/// most of them: text that comes again is prepared once.
///
/// Used by the connection's thread alone, like the connection.
final class IdleStatements {
    private var idle: [String: OpaquePointer] = [:]
    private var isClosed = false

    /// Most statements have two or three kilobytes. One with a long list of values has a hundred, and does not come
    /// again.
    private static let countMax = 128, textMax = 2_048

    deinit { close() }

    /// A statement with this text, which is the caller's now; nil when it has to be prepared.
    func remove(_ text: String) -> OpaquePointer? { idle.removeValue(forKey: text) }

    /// Keeps a statement that is not used any more, or frees it.
    func add(_ handle: OpaquePointer, _ text: String) {
        guard !isClosed, idle[text] == nil, text.utf8.count <= IdleStatements.textMax else {
            sqlite3_finalize(handle)
            return
        }
        // Texts with values in them come once: those that come again are soon here again.
        if idle.count == IdleStatements.countMax { free() }
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        idle[text] = handle
    }

    /// Frees all of them. Statements that are still in use are freed when their use ends.
    func close() {
        isClosed = true
        free()
    }

    private func free() {
        for handle in idle.values { sqlite3_finalize(handle) }
        idle = [:]
    }
}
