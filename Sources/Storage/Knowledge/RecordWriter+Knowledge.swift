import CallCenter
import SQLite

/// Writing, changing, deleting and putting back articles, templates and incidents, and what is counted of them.
extension RecordWriter {
    /// Writes a new entry, with the next id and version 1.
    public func add(
        _ content: KnowledgeEntry.Content, by author: Author, at now: Timestamp
    ) throws(EditError) -> KnowledgeEntry {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let id = try records { () throws(SQLiteError) in try state.nextKnowledge() }
            let kept = RecordChange.KeptKnowledge(
                id: id, version: 1, createdAt: origin.at, createdBy: author.who, content: content)
            return try applied(kept, origin, state)
        }
    }

    /// Changes an entry. What is said as it is makes no version.
    ///
    /// - Parameter expected: the version that the editor saw.
    public func save(
        knowledge id: Int64, _ content: KnowledgeEntry.Content, expected: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> KnowledgeEntry {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let current = try entry(id, content.kind, state)
            guard current.version == expected else { throw .knowledgeConflict(current) }
            guard current.content != content else { return Outcome(current) }
            return try applied(current.changed(to: content), origin, state)
        }
    }

    /// Deletes an entry; `restore` brings it back.
    ///
    /// - Parameter expected: the version that the editor saw; nil deletes any.
    public func delete(
        knowledge id: Int64, _ kind: KnowledgeEntry.Kind, expected: Int64?, by author: Author, at now: Timestamp
    ) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, origin throws(EditError) in
            let current = try entry(id, kind, state)
            guard expected == nil || current.version == expected else { throw .knowledgeConflict(current) }
            let change = RecordChange.knowledgeDeleted(id: id, version: current.version + 1)
            try records { () throws(SQLiteError) in try state.apply(change, origin) }
            return Outcome((), [change])
        }
    }

    /// Puts back what an entry was at a version, as a new version; also of a deleted one.
    ///
    /// - Parameters:
    ///   - version: nil brings a deleted entry back as it was; one that is there stays as it is.
    ///   - expected: the version that the editor saw; nil puts back whatever is there now.
    public func restore(
        knowledge id: Int64, _ kind: KnowledgeEntry.Kind, version: Int64?, expected: Int64?, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> KnowledgeEntry {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in
                let newest = try state.newestVersion(ofKnowledge: id)
                return FoundKnowledge(
                    first: try state.origin(ofKnowledge: id, kind), current: try state.knowledge(id), newest: newest,
                    content: try state.content(ofKnowledge: id, at: version ?? newest - 1))
            }
            guard let first = found.first else { throw .notFound }
            if let current = found.current {
                guard expected == nil || current.version == expected else { throw .knowledgeConflict(current) }
                guard let version else { return Outcome(current) }
                guard let content = found.content else { throw .noVersion(version) }
                guard current.content != content else { return Outcome(current) }
                return try applied(current.changed(to: content), origin, state)
            }
            guard let content = found.content else { throw .noVersion(version ?? found.newest) }
            let kept = RecordChange.KeptKnowledge(
                id: id, version: found.newest + 1, createdAt: first.at, createdBy: first.who, content: content)
            return try applied(kept, origin, state)
        }
    }

    /// What is there of an entry that is to be put back.
    private struct FoundKnowledge {
        var first: (at: Timestamp, who: String?)?
        var current: KnowledgeEntry?
        var newest: Int64
        var content: KnowledgeEntry.Content?
    }

    // MARK: What is counted

    /// Stores that an article was used, or whether it helped.
    ///
    /// - Throws: `EditError.notFound` when there is no such article.
    public func note(_ use: KnowledgeUse, by author: Author, at now: Timestamp) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, origin throws(EditError) in
            _ = try entry(use.article, .article, state)
            try records { () throws(SQLiteError) in try state.apply(use, origin) }
            return Outcome((), [.knowledgeUse(use)])
        }
    }

    /// Stores that a search found nothing.
    public func note(missing text: String, by author: Author, at now: Timestamp) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in try state.apply(missing: text, by: author.who, origin) }
            return Outcome((), [.knowledgeMissing(text, by: author.who)])
        }
    }

    // MARK: Parts

    private func entry(
        _ id: Int64, _ kind: KnowledgeEntry.Kind, _ state: borrowing CustomerStore.State
    ) throws(EditError) -> KnowledgeEntry {
        let found = try records { () throws(SQLiteError) in try state.knowledge(id) }
        guard let found, found.kind == kind else { throw .notFound }
        return found
    }

    private func applied(
        _ kept: RecordChange.KeptKnowledge, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State
    ) throws(EditError) -> Outcome<KnowledgeEntry> {
        let change = RecordChange.knowledge(kept)
        let made = try records { () throws(SQLiteError) in
            try state.apply(change, origin)
            return try state.knowledge(kept.id)
        }
        guard let made else { throw .notFound }
        return Outcome(made, [change])
    }
}

extension KnowledgeEntry {
    fileprivate func changed(to content: Content) -> RecordChange.KeptKnowledge {
        RecordChange.KeptKnowledge(
            id: id, version: version + 1, createdAt: createdAt, createdBy: createdBy, content: content)
    }
}
