import CallCenter
import SQLite

/// How a change of knowledge is applied: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// An entry as it is after a change, in the log.
    borrowing func apply(_ kept: RecordChange.KeptKnowledge, _ origin: Origin) throws(SQLiteError) {
        guard try newestVersion(ofKnowledge: kept.id) < kept.version else { return }
        let before = try knowledge(kept.id), content = kept.content
        if let before { try unindex(before) }
        try note(kept.id, kept.version, content.kind, origin, before: before?.content)
        let write = try database.prepare("INSERT OR REPLACE INTO knowledge VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)")
        try write.bind(kept.id, 1)
        try write.bind(content.kind.rawValue, 2)
        try write.bind(kept.version, 3)
        try write.bind(kept.createdAt.ms, 4)
        try write.bind(kept.createdBy, 5)
        try write.bind(origin.at.ms, 6)
        try write.bind(origin.author.who, 7)
        try write.bind(content.isOpen ? 1 : 0, 8)
        try write.bind(content.title, 9)
        try write.bind(CustomersDatabase.list(content.queues), 10)
        try write.bind(CustomersDatabase.list(content.tags), 11)
        try write.bind(CustomersDatabase.list(content.products), 12)
        try write.bind(content.packed, 13)
        try write.run()
        let index = try database.prepare("INSERT INTO knowledge_grams(rowid, grams) VALUES(?,?)")
        try index.bind(kept.id, 1)
        try index.bind(SearchText.grams(of: content.searched), 2)
        try index.run()
    }

    borrowing func applyDeletion(
        ofKnowledge id: Int64, version: Int64, _ origin: Origin
    ) throws(SQLiteError) {
        guard let before = try knowledge(id), before.version < version else { return }
        try unindex(before)
        try note(id, version, before.kind, origin, before: before.content)
        try database.run("DELETE FROM knowledge WHERE id=\(id)")
    }

    borrowing func apply(_ use: KnowledgeUse, _ origin: Origin) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR IGNORE INTO knowledge_use VALUES(?,?,?,?,?)")
        try write.bind(origin.at.ms, 1)
        try write.bind(use.article, 2)
        try write.bind(use.what.rawValue, 3)
        try write.bind(use.by ?? "", 4)
        try write.bind(use.call, 5)
        try write.run()
    }

    borrowing func apply(missing text: String, by: String?, _ origin: Origin) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR IGNORE INTO knowledge_miss VALUES(?,?,?)")
        try write.bind(origin.at.ms, 1)
        try write.bind(text, 2)
        try write.bind(by ?? "", 3)
        try write.run()
    }

    /// Takes an entry's texts out of the index: it is given the same words again.
    private borrowing func unindex(_ entry: KnowledgeEntry) throws(SQLiteError) {
        let forget = try database.prepare(
            "INSERT INTO knowledge_grams(knowledge_grams, rowid, grams) VALUES('delete', ?, ?)")
        try forget.bind(entry.id, 1)
        try forget.bind(SearchText.grams(of: entry.content.searched), 2)
        try forget.run()
    }

    private borrowing func note(
        _ id: Int64, _ number: Int64, _ kind: KnowledgeEntry.Kind, _ origin: Origin, before: KnowledgeEntry.Content?
    ) throws(SQLiteError) {
        let write = try database.prepare("INSERT INTO knowledge_version VALUES(?,?,?,?,?,?,?)")
        try write.bind(id, 1)
        try write.bind(number, 2)
        try write.bind(kind.rawValue, 3)
        try write.bind(origin.at.ms, 4)
        try write.bind(origin.author.who, 5)
        try write.bind(origin.author.through.rawValue, 6)
        try write.bind(before?.packed, 7)
        try write.run()
    }
}
