import CallCenter
import SQLite

/// Imports as a whole: begun, ended, undone.
extension RecordWriter {
    /// Customers that are put back in one transaction: what another writer may have to wait for.
    private static let undoneAtOnce: Int64 = 2_000

    /// What undoing an import did.
    public struct Undone: Equatable, Sendable {
        /// Records that the import created, and that are deleted again: customers, or what belongs to them.
        public var deleted = 0
        /// Records that are as they were before.
        public var restored = 0
        /// Records that somebody changed after the import: what they changed stays, the rest is put back.
        public var keptInPart = 0
        /// Customers whose tier changed.
        public var moves = TierMoves()
    }

    func beginImport(
        _ kind: ImportKind = .customers, by who: String?, file: String?, at now: Timestamp
    ) throws(EditError) -> ImportRun {
        let origin = CustomerStore.State.Origin(at: now, author: Author(who, through: .import))
        let run = try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                let id = try state.database.integer("SELECT 1 + coalesce(max(id), 0) FROM import_run") ?? 1
                var run = ImportRun(id: id, startedAt: now, by: who, file: file)
                run.kind = kind
                try state.apply(.importRun(run), origin)
                return Outcome(run, [.importRun(run)])
            }
        }
        busyImports.withLock { imports in
            imports.insert(run.id)
            cache(CustomersDatabase.cacheOfImportsKiB)
        }
        return run
    }

    /// An import, or the undoing of one, has ended.
    private func ended(_ id: Int64) {
        busyImports.withLock { imports in
            imports.remove(id)
            if imports.isEmpty { cache(CustomersDatabase.cacheKiB) }
        }
    }

    private func cache(_ kib: Int) {
        store.state.withLock { state in
            // Where it fails, imports are slower and nothing else. The second gives back what a smaller cache leaves.
            try? state.database.run("PRAGMA cache_size=-\(kib); PRAGMA shrink_memory")
        }
    }

    /// Stores how an import ended.
    func end(_ run: ImportRun, at now: Timestamp) throws(EditError) {
        defer { ended(run.id) }
        let origin = CustomerStore.State.Origin(at: now, author: Author(run.by, through: .import))
        try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                try state.apply(.importRun(run), origin)
                return Outcome((), [.importRun(run)])
            }
        }
    }

    /// Undoes an import as a whole: what it created is deleted, what it changed is put back.
    ///
    /// An import that still runs, or is being undone, is refused.
    ///
    /// What somebody changed after the import stays: such a record gets back only the fields that are still as the
    /// import left them. Interrupted, it can be run again.
    ///
    /// - Parameter progress: called with the records done so far.
    public func undoImport(
        _ id: Int64, by who: String?, at now: Timestamp, progress: (Int) -> Void = { _ in }
    ) throws(EditError) -> Undone {
        guard var run = try records({ () throws(SQLiteError) in try run(id) }) else { throw .notFound }
        guard run.undoneAt == nil else { throw .nothingToUndo }
        guard busyImports.withLock({ $0.insert(id).inserted }) else { throw .importIsBusy }
        defer { ended(id) }
        let origin = CustomerStore.State.Origin(at: now, author: Author(who, through: .undo), importID: id)
        let undone =
            switch run.kind {
            case .customers: try undoCustomers(ofImport: id, origin, progress: progress)
            case .items: try undoItems(ofImport: id, origin, progress: progress)
            case .queueLog: try undoPastCalls(ofImport: id, origin, progress: progress)
            }
        run.undoneAt = now
        let ended = run
        try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                try state.apply(.importRun(ended), origin)
                return Outcome((), [.importRun(ended)])
            }
        }
        return undone
    }

    private func undoCustomers(
        ofImport id: Int64, _ origin: CustomerStore.State.Origin, progress: (Int) -> Void
    ) throws(EditError) -> Undone {
        var undone = Undone(), last: Int64 = 0, count = 0
        while true {
            let from = last
            let part = try write(origin) { state, origin throws(EditError) in
                try records { () throws(SQLiteError) in
                    let touched = try state.customers(ofImport: id, after: from, limit: RecordWriter.undoneAtOnce)
                    var changes: [RecordChange] = [], part = Undone()
                    for (customer, version) in touched {
                        try state.undo(customer, from: version, ofImport: id, origin, &changes, &part)
                    }
                    return Outcome((part, touched), changes)
                }
            }
            guard let end = part.1.last else { return undone }
            last = end.customer
            count += part.1.count
            undone.deleted += part.0.deleted
            undone.restored += part.0.restored
            undone.keptInPart += part.0.keptInPart
            undone.moves.add(part.0.moves)
            progress(count)
        }
    }

    private func run(_ id: Int64) throws(SQLiteError) -> ImportRun? {
        let found: Result<ImportRun?, SQLiteError> = store.state.withLock { state in
            do throws(SQLiteError) { return .success(try state.imports("WHERE id=?1", id).first) } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }
}

extension CustomerStore {
    /// The imports, the newest first.
    public func imports(limit: Int) throws(StoreError) -> [ImportRun] {
        try reading { state throws(SQLiteError) in try state.imports("ORDER BY id DESC LIMIT ?1", Int64(limit)) }
    }

    /// The import with this id; nil when there is none.
    public func importRun(_ id: Int64) throws(StoreError) -> ImportRun? {
        try reading { state throws(SQLiteError) in try state.imports("WHERE id=?1", id).first }
    }
}

extension CustomerStore.State {
    borrowing func imports(_ condition: String, _ number: Int64) throws(SQLiteError) -> [ImportRun] {
        let all = try database.prepare(
            """
            SELECT id, started_at, who, file, ended_at, rows, created, updated, undone_at, kind, headings, map
            FROM import_run \(condition)
            """)
        try all.bind(number, 1)
        var found: [ImportRun] = []
        while try all.step() {
            var run = ImportRun(
                id: all.int(0), startedAt: Timestamp(ms: all.int(1)), by: all.text(2), file: all.text(3))
            run.endedAt = all.isNull(4) ? nil : Timestamp(ms: all.int(4))
            run.rows = all.int(5)
            run.created = all.int(6)
            run.updated = all.int(7)
            run.undoneAt = all.isNull(8) ? nil : Timestamp(ms: all.int(8))
            run.kind = all.text(9).flatMap { ImportKind(word: $0) } ?? .customers
            run.headings = all.text(10)
            run.map = CustomersDatabase.fields(all.text(11))
            found.append(run)
        }
        return found
    }

    /// The customers that an import wrote, with the first version that it made of each.
    fileprivate borrowing func customers(
        ofImport id: Int64, after customer: Int64, limit: Int64
    ) throws(SQLiteError) -> [(customer: Int64, version: Int64)] {
        let all = try database.prepare(
            """
            SELECT customer, min(version) FROM customer_version INDEXED BY customer_version_import
            WHERE import=?1 AND customer>?2 GROUP BY customer ORDER BY customer LIMIT ?3
            """)
        try all.bind(id, 1)
        try all.bind(customer, 2)
        try all.bind(limit, 3)
        var found: [(customer: Int64, version: Int64)] = []
        while try all.step() { found.append((all.int(0), all.int(1))) }
        return found
    }

    /// - Parameter version: the first version of the customer that the import made.
    fileprivate borrowing func undo(
        _ customer: Int64, from version: Int64, ofImport id: Int64, _ origin: Origin, _ changes: inout [RecordChange],
        _ undone: inout RecordWriter.Undone
    ) throws(SQLiteError) {
        // A customer that somebody deleted since stays deleted.
        guard let current = try record(customer) else { return }
        let newest = try newestVersion(of: customer, ofImport: id)
        guard let imported = try fields(of: customer, at: newest) else { return }
        guard let before = try fieldsBefore(customer, version) else {
            guard current.version == newest else {
                undone.keptInPart += 1
                return
            }
            let change = RecordChange.deleted(id: customer, version: current.version + 1)
            try apply(change, origin)
            changes.append(change)
            undone.deleted += 1
            return
        }
        var fields = current.fields
        fields.putBack(before, over: imported)
        // Another customer may have this external id by now.
        if try holder(ofExternalID: fields.externalID, but: customer) != nil {
            fields.externalID = current.fields.externalID
        }
        guard fields != current.fields else { return }
        changes.append(try change(current, to: fields, origin))
        undone.moves.add(current.move(to: fields))
        if current.version == newest { undone.restored += 1 } else { undone.keptInPart += 1 }
    }

    /// What a customer was before a version; nil when it did not exist.
    private borrowing func fieldsBefore(_ customer: Int64, _ version: Int64) throws(SQLiteError) -> CustomerFields? {
        let one = try database.prepare("SELECT before FROM customer_version WHERE customer=? AND version=?")
        try one.bind(customer, 1)
        try one.bind(version, 2)
        guard try one.step(), !one.isNull(0) else { return nil }
        return try CustomerStore.State.unpacked(one.withBytes(0) { Array($0) }, customer)
    }

    private borrowing func newestVersion(of customer: Int64, ofImport id: Int64) throws(SQLiteError) -> Int64 {
        let one = try database.prepare(
            "SELECT max(version) FROM customer_version WHERE customer=? AND import=? AND through=?")
        try one.bind(customer, 1)
        try one.bind(id, 2)
        try one.bind(Author.Through.import.rawValue, 3)
        return try one.step() ? one.int(0) : 0
    }
}

extension CustomerFields {
    /// Puts back the fields of `before` that are still as `imported` left them.
    mutating func putBack(_ before: CustomerFields, over imported: CustomerFields) {
        func putBack<Value: Equatable>(_ field: WritableKeyPath<CustomerFields, Value>) {
            if self[keyPath: field] == imported[keyPath: field] { self[keyPath: field] = before[keyPath: field] }
        }
        for field in CustomerFields.optionalTexts.map(\.path) { putBack(field) }
        putBack(\.name)
        putBack(\.tier)
        putBack(\.phones)
        putBack(\.tags)
        putBack(\.cautions)
        putBack(\.doNotPair)
        putBack(\.details)
        for name in Set(imported.custom.keys).union(before.custom.keys)
        where custom[name] == imported.custom[name] {
            custom[name] = before.custom[name]
        }
    }

    /// The fields that are a text or nothing, with the names they have on the wire.
    static let optionalTexts: [(name: String, path: WritableKeyPath<CustomerFields, String?> & Sendable)] = [
        ("external_id", \.externalID), ("kana", \.kana), ("company", \.company), ("email", \.email),
        ("line_id", \.lineID), ("address", \.address), ("owner", \.owner),
    ]
}
