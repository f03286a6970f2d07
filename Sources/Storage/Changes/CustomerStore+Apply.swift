import CallCenter
import SQLite

/// How a change is applied to the records: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// What a version of a customer is stored with.
    struct Origin {
        var at: Timestamp
        var author: Author
        var importID: Int64?

        init(at: Timestamp, author: Author, importID: Int64? = nil) {
            self.at = at
            self.author = author
            self.importID = importID
        }
        init(_ entry: ChangeEntry) { self.init(at: entry.at, author: entry.author, importID: entry.importID) }
    }

    /// Applies an entry of the log, within a transaction.
    borrowing func apply(_ entry: ChangeEntry) throws(SQLiteError) {
        let origin = Origin(entry)
        for change in entry.changes { try apply(change, origin) }
    }

    borrowing func apply(_ change: RecordChange, _ origin: Origin) throws(SQLiteError) {
        switch change {
        case .customer(let kept): try apply(kept, origin)
        case .deleted(let id, let version): try delete(id, version: version, origin)
        case .undeleted(let id, let version): try undelete(id, version: version, origin)
        case .blocked(let number): try block(number)
        case .unblocked(let number): try unblock(number)
        case .blockList(let one): try apply(one, origin)
        case .customerCase(let one): try apply(one, origin)
        case .caseClaim(let id, let claim): try apply(claim, ofCase: id)
        case .importRun(let run): try write(run)
        case .item(let kept): try apply(kept, origin)
        case .itemDeleted(let id, let version): try applyDeletion(ofItem: id, version: version, origin)
        case .itemsAged(let ids, let behind): try apply(aged: ids, behind: behind)
        case .filePiece(let piece): try apply(piece)
        case .fileGone(let home, let hash): try apply(fileGone: hash, of: home)
        case .merged(let one): try apply(one, origin)
        case .unmerged(let one): try apply(one, origin)
        case .inbox(let one): try apply(one)
        case .inboxClaim(let id, let claim): try apply(claim, ofInboxItem: id)
        case .trace(let one): try apply(one)
        case .erased(let one): try erase(one, origin)
        case .knowledge(let kept): try apply(kept, origin)
        case .knowledgeDeleted(let id, let version): try applyDeletion(ofKnowledge: id, version: version, origin)
        case .knowledgeUse(let use): try apply(use, origin)
        case .knowledgeMissing(let text, let by): try apply(missing: text, by: by, origin)
        case .message(let one): try apply(one, origin)
        case .messageRead(let id, let by): try applyReading(of: id, by: by, origin)
        case .messagesBehind(let id):
            try database.run("UPDATE identity SET messages_behind=max(messages_behind, \(id))")
        case .webhookPosition(let name, let seq): try apply(positionOfWebhook: name, seq: seq)
        case .deadDelivery(let one): try apply(one)
        case .deadDeliveryGone(let webhook, let seq, let part):
            try apply(deliveryGone: webhook, seq: seq, part: part)
        case .alert: break
        case .caseLate(let one): try apply(one)
        case .list(let one): try apply(one, origin)
        case .listDeleted(let id, let version): try delete(list: id, version: version, origin)
        case .listClaim(let list, let customer, let claim): try apply(claim, list: list, of: customer)
        case .listResult(let list, let customer, let result): try apply(result, list: list, of: customer)
        case .mailReply(let one): try apply(one, origin)
        case .replyProgress(let one): try apply(one, origin)
        case .repliesBehind(let id):
            try database.run("UPDATE identity SET replies_behind=max(replies_behind, \(id))")
        case .fieldUse(let use): try apply(use)
        case .pastCall: break
        case .pastFigures(let one): try apply(one)
        case .pastCallsGone(let numbers): try apply(pastCallsGone: numbers)
        case .pastFiguresGone(let id): try apply(pastFiguresGoneOfImport: id)
        }
    }

    private borrowing func apply(_ kept: RecordChange.Kept, _ origin: Origin) throws(SQLiteError) {
        let at = kept.updatedAt ?? origin.at
        let origin = Origin(at: at, author: origin.author, importID: origin.importID)
        if let before = try record(kept.id) {
            if before.version < kept.version {
                try update(kept.id, kept.fields, version: kept.version, at: at)
                try note(kept.id, kept.version, origin, before: before.fields)
            } else if before.version == kept.version, origin.author.through == .earlier {
                try note(kept.id, kept.version, origin, before: nil)
            }
            return
        }
        guard try deleted(kept.id) == nil, try part(kept.id) == nil, try erased(kept.id) == nil else { return }
        let id = try insert(kept.fields, id: kept.id, version: kept.version, createdAt: kept.createdAt, at: at)
        try noteOutdatedFacts(of: id)
        try reindex.bind(id, 1)
        try reindex.run()
        try note(kept.id, kept.version, origin, before: nil)
    }

    /// Creates a customer with the next id.
    borrowing func create(_ fields: CustomerFields, _ origin: Origin) throws(SQLiteError) -> RecordChange {
        let id = try insert(fields, at: origin.at)
        try note(id, 1, origin, before: nil)
        return .customer(.init(id: id, version: 1, createdAt: origin.at, updatedAt: nil, fields: fields))
    }

    /// Changes a customer.
    ///
    /// - Parameter before: the record as it is now.
    borrowing func change(
        _ before: CustomerRecord, to fields: CustomerFields, _ origin: Origin
    ) throws(SQLiteError) -> RecordChange {
        let version = before.version + 1
        try update(before.id, fields, version: version, at: origin.at)
        try note(before.id, version, origin, before: before.fields)
        return .customer(
            .init(id: before.id, version: version, createdAt: before.createdAt, updatedAt: nil, fields: fields))
    }

    /// Stores who made a version, and what the record was before.
    borrowing func note(
        _ id: Int64, _ number: Int64, _ origin: Origin, before: CustomerFields?
    ) throws(SQLiteError) {
        try version.bind(id, 1)
        try version.bind(number, 2)
        try version.bind(origin.at.ms, 3)
        try version.bind(origin.author.who, 4)
        try version.bind(origin.author.through.rawValue, 5)
        try version.bind(origin.importID, 6)
        try version.bind(before?.packed, 7)
        try version.runAgain()
    }

    // MARK: Deleting

    /// A deleted customer, as it is kept.
    struct Deleted {
        var version: Int64
        var createdAt: Timestamp
        var deletedAt: Timestamp
        var who: String?
        var fields: CustomerFields
        var cases: [RecordChange.CaseFields]
    }

    borrowing func deleted(_ id: Int64) throws(SQLiteError) -> Deleted? {
        let one = try database.prepare(
            "SELECT version, created_at, deleted_at, who, fields, cases FROM deleted_customer WHERE id=?")
        try one.bind(id, 1)
        guard try one.step() else { return nil }
        let fields = one.withBytes(4) { Array($0) }, cases = one.withBytes(5) { Array($0) }
        do throws(Malformed) {
            return Deleted(
                version: one.int(0), createdAt: Timestamp(ms: one.int(1)), deletedAt: Timestamp(ms: one.int(2)),
                who: one.text(3), fields: try CustomerFields(packed: fields),
                cases: try RecordChange.CaseFields.list(packed: cases))
        } catch { throw SQLiteError(code: LogTables.damaged, message: "deleted customer \(id) cannot be read") }
    }

    private borrowing func delete(_ id: Int64, version: Int64, _ origin: Origin) throws(SQLiteError) {
        guard let before = try record(id), before.version < version else { return }
        let cases = RecordChange.CaseFields.packed(try CustomerStore.caseFields(self, of: id))
        let keep = try database.prepare("INSERT INTO deleted_customer VALUES(?,?,?,?,?,?,?)")
        try keep.bind(id, 1)
        try keep.bind(version, 2)
        try keep.bind(before.createdAt.ms, 3)
        try keep.bind(origin.at.ms, 4)
        try keep.bind(origin.author.who, 5)
        try keep.bind(before.fields.packed, 6)
        try keep.bind(cases, 7)
        try keep.run()
        // Ids are not used again, although the newest customer and the newest case may be gone.
        try database.run(
            """
            UPDATE identity SET customers_behind=max(customers_behind, \(id)), cases_behind=max(cases_behind, \
            coalesce((SELECT max(id) FROM customer_case), 0));
            DELETE FROM customer WHERE id=\(id)
            """)
        try note(id, version, origin, before: before.fields)
    }

    private borrowing func undelete(_ id: Int64, version: Int64, _ origin: Origin) throws(SQLiteError) {
        guard let kept = try deleted(id), kept.version < version else { return }
        try database.run("DELETE FROM deleted_customer WHERE id=\(id)")
        _ = try insert(kept.fields, id: id, version: version, createdAt: kept.createdAt, at: origin.at)
        try reindex.bind(id, 1)
        try reindex.run()
        for one in kept.cases { try write(one, claim: nil) }
        try noteOutdatedFacts(of: id)
        try note(id, version, origin, before: nil)
    }

    // MARK: Other records

    borrowing func block(_ entry: BlockedNumber) throws(SQLiteError) {
        let write = try database.prepare(
            "INSERT INTO blocked(number, display, reason, since) VALUES(?,?,?,?) ON CONFLICT(number) DO UPDATE SET "
                + "display=excluded.display, reason=excluded.reason, since=excluded.since"
        )
        try write.bind(entry.number, 1)
        try write.bind(entry.display, 2)
        try write.bind(entry.reason, 3)
        try write.bind(entry.since.ms, 4)
        try write.run()
    }

    borrowing func unblock(_ number: String) throws(SQLiteError) {
        let delete = try database.prepare("DELETE FROM blocked WHERE number=?")
        try delete.bind(number, 1)
        try delete.run()
    }

    private borrowing func write(_ run: ImportRun) throws(SQLiteError) {
        let write = try database.prepare(
            """
            INSERT OR REPLACE INTO import_run(id, started_at, who, file, ended_at, rows, created, updated, undone_at, \
            kind, headings, map) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
            """)
        try write.bind(run.id, 1)
        try write.bind(run.startedAt.ms, 2)
        try write.bind(run.by, 3)
        try write.bind(run.file, 4)
        try write.bind(run.endedAt?.ms, 5)
        try write.bind(run.rows, 6)
        try write.bind(run.created, 7)
        try write.bind(run.updated, 8)
        try write.bind(run.undoneAt?.ms, 9)
        try write.bind(run.kind.word, 10)
        try write.bind(run.headings, 11)
        try write.bind(CustomersDatabase.fields(run.map), 12)
        try write.run()
    }
}

extension CustomerFields {
    /// As a version stores them.
    var packed: [UInt8] {
        var out = PackedWriter()
        out.byte(details.isEmpty ? 1 : 2)
        out.fields(self)
        if !details.isEmpty { out.details(details) }
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in
            let format = try from.byte()
            guard format == 1 || format == 2 else { throw Malformed() }
            var fields = try from.fields()
            if format == 2 { fields.details = try from.details() }
            return fields
        }
    }
}
