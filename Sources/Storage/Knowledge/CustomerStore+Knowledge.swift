import CallCenter
import SQLite

/// Reading articles, templates and incidents.
extension CustomerStore {
    /// nil when there is none of this kind with this id, and when it is deleted.
    public func knowledge(_ id: Int64, _ kind: KnowledgeEntry.Kind) throws(StoreError) -> KnowledgeEntry? {
        try reading { state throws(SQLiteError) in
            let found = try state.knowledge(id)
            return found?.kind == kind ? found : nil
        }
    }

    /// Entries of a kind behind one, in the order of their ids.
    ///
    /// - Parameter isOpen: incidents that go on, or that are closed; nil for both.
    public func knowledge(
        _ kind: KnowledgeEntry.Kind, isOpen: Bool? = nil, after id: Int64, limit: Int
    ) throws(StoreError) -> [KnowledgeEntry] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT \(KnowledgeTables.columns) FROM knowledge
                WHERE kind=?1 AND id>?2 AND (?4 IS NULL OR is_open=?4) ORDER BY id LIMIT ?3
                """)
            try all.bind(kind.rawValue, 1)
            try all.bind(id, 2)
            try all.bind(Int64(limit), 3)
            try all.bind(isOpen.map { $0 ? 1 : 0 }, 4)
            var found: [KnowledgeEntry] = []
            while try all.step() { found.append(try KnowledgeEntry(all)) }
            return found
        }
    }

    /// Incidents that go on and concern a call, the newest first.
    public func incidents(matching call: KnowledgeContext) throws(StoreError) -> [KnowledgeEntry] {
        try knowledge(.incident, isOpen: true, after: 0, limit: 1_000).filter { entry in
            if case .incident(let one) = entry.content { one.matches(call) } else { false }
        }.reversed()
    }

    /// Deleted entries of a kind as they were, those that were deleted last first.
    public func deletedKnowledge(
        _ kind: KnowledgeEntry.Kind, limit: Int
    ) throws(StoreError) -> [DeletedKnowledge] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT v.entry, v.version, v.at, v.who, v.before,
                  (SELECT at FROM knowledge_version WHERE entry=v.entry ORDER BY version LIMIT 1),
                  (SELECT who FROM knowledge_version WHERE entry=v.entry ORDER BY version LIMIT 1)
                FROM knowledge_version v
                WHERE v.kind=?1 AND v.before IS NOT NULL AND NOT EXISTS(SELECT 1 FROM knowledge k WHERE k.id=v.entry)
                  AND v.version=(SELECT max(version) FROM knowledge_version WHERE entry=v.entry)
                ORDER BY v.at DESC, v.entry LIMIT ?2
                """)
            try all.bind(kind.rawValue, 1)
            try all.bind(Int64(limit), 2)
            var found: [DeletedKnowledge] = []
            while try all.step() {
                let id = all.int(0), at = Timestamp(ms: all.int(2))
                let content = try KnowledgeEntry.unpacked(all.withBytes(4) { Array($0) }, id)
                found.append(
                    DeletedKnowledge(
                        entry: KnowledgeEntry(
                            id: id, version: all.int(1), createdAt: Timestamp(ms: all.int(5)), createdBy: all.text(6),
                            updatedAt: at, updatedBy: all.text(3), content: content),
                        at: at, by: all.text(3)))
            }
            return found
        }
    }

    /// The versions of an entry, newest first, also of a deleted one; nil when there never was one.
    ///
    /// - Parameter below: only versions below this one; nil for the newest.
    public func versions(
        ofKnowledge id: Int64, _ kind: KnowledgeEntry.Kind, below: Int64?, limit: Int
    ) throws(StoreError) -> [KnowledgeVersion]? {
        try reading { state throws(SQLiteError) in
            guard try state.origin(ofKnowledge: id, kind) != nil else { return nil }
            var after: KnowledgeEntry.Content?
            if let below {
                after = try state.content(ofKnowledge: id, at: below - 1)
            } else {
                after = try state.knowledge(id)?.content
            }
            let all = try state.database.prepare(
                """
                SELECT version, at, who, through, before FROM knowledge_version WHERE entry=?1 AND version<?2
                ORDER BY version DESC LIMIT ?3
                """)
            try all.bind(id, 1)
            try all.bind(below ?? .max, 2)
            try all.bind(Int64(limit), 3)
            var found: [KnowledgeVersion] = []
            while try all.step() {
                let before = all.isNull(4) ? nil : try KnowledgeEntry.unpacked(all.withBytes(4) { Array($0) }, id)
                found.append(
                    KnowledgeVersion(
                        version: all.int(0), at: Timestamp(ms: all.int(1)),
                        author: all.author(2), before: before, after: after))
                after = before
            }
            return found
        }
    }
}

extension KnowledgeEntry {
    /// From a row of `KnowledgeTables.columns`.
    init(_ row: borrowing Statement) throws(SQLiteError) {
        let id = row.int(0)
        self.init(
            id: id, version: row.int(2), createdAt: Timestamp(ms: row.int(3)), createdBy: row.text(4),
            updatedAt: Timestamp(ms: row.int(5)), updatedBy: row.text(6),
            content: try KnowledgeEntry.unpacked(row.withBytes(7) { Array($0) }, id))
    }

    static func unpacked(_ bytes: [UInt8], _ id: Int64) throws(SQLiteError) -> Content {
        do throws(Malformed) { return try Content(packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "entry \(id) of the knowledge cannot be read")
        }
    }
}

extension CustomerStore.State {
    borrowing func knowledge(_ id: Int64) throws(SQLiteError) -> KnowledgeEntry? {
        let one = try database.prepare("SELECT \(KnowledgeTables.columns) FROM knowledge WHERE id=?")
        try one.bind(id, 1)
        return try one.step() ? KnowledgeEntry(one) : nil
    }

    /// The id of the next entry: behind those of deleted ones too.
    borrowing func nextKnowledge() throws(SQLiteError) -> Int64 {
        try database.integer("SELECT 1 + coalesce(max(entry), 0) FROM knowledge_version") ?? 1
    }

    /// 0 for an entry that never was.
    borrowing func newestVersion(ofKnowledge id: Int64) throws(SQLiteError) -> Int64 {
        let newest = try database.prepare("SELECT max(version) FROM knowledge_version WHERE entry=?")
        try newest.bind(id, 1)
        return try newest.step() ? newest.int(0) : 0
    }

    /// When and by whom an entry was first written; nil when there never was one of this kind.
    borrowing func origin(
        ofKnowledge id: Int64, _ kind: KnowledgeEntry.Kind
    ) throws(SQLiteError) -> (at: Timestamp, who: String?)? {
        let first = try database.prepare(
            "SELECT at, who FROM knowledge_version WHERE entry=? AND kind=? ORDER BY version LIMIT 1")
        try first.bind(id, 1)
        try first.bind(kind.rawValue, 2)
        return try first.step() ? (Timestamp(ms: first.int(0)), first.text(1)) : nil
    }

    /// What an entry was at a version; nil when it was deleted then, and when there is no such version.
    borrowing func content(
        ofKnowledge id: Int64, at version: Int64
    ) throws(SQLiteError) -> KnowledgeEntry.Content? {
        if let current = try knowledge(id), current.version == version { return current.content }
        // What a version made is what the next one found.
        let next = try database.prepare("SELECT before FROM knowledge_version WHERE entry=? AND version=?")
        try next.bind(id, 1)
        try next.bind(version + 1, 2)
        guard try next.step(), !next.isNull(0) else { return nil }
        return try KnowledgeEntry.unpacked(next.withBytes(0) { Array($0) }, id)
    }
}
