import CallCenter
import SQLite

/// How a change of an item is applied: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// An item as it is after a change, in the log.
    borrowing func apply(_ kept: RecordChange.KeptItem, _ origin: Origin) throws(SQLiteError) {
        let newest = try newestVersion(ofItem: kept.id)
        guard try isKnown(kept.customer), newest < kept.version else { return }
        // One that was removed with all its versions, in an entry that is read a second time.
        if newest == 0, try kept.id <= database.integer("SELECT items_behind FROM identity") ?? 0 { return }
        // The entry names whose it is, also while that one is a part of another.
        var kept = kept
        kept.customer = try survivor(of: kept.customer)
        let before = try item(kept.id)
        var tier: String?
        if let before { tier = try removeFromHistory(before) }
        try note(kept.id, kept.version, of: kept.customer, kept.content.kind, origin, before: before?.content)
        try items.write.bind(kept.id, 1)
        try items.write.bind(kept.customer, 2)
        try items.write.bind(kept.content.kind.rawValue, 3)
        try items.write.bind(kept.content.place(createdAt: kept.createdAt), 4)
        try items.write.bind(kept.version, 5)
        try items.write.bind(kept.createdAt.ms, 6)
        try items.write.bind(kept.createdBy, 7)
        try items.write.bind(origin.at.ms, 8)
        try items.write.bind(origin.author.who, 9)
        try items.write.bind(kept.content.packed, 10)
        try items.write.runAgain()
        try addToHistory(kept, tier: tier)
    }

    borrowing func applyDeletion(ofItem id: Int64, version: Int64, _ origin: Origin) throws(SQLiteError) {
        guard let before = try item(id), before.version < version else { return }
        _ = try removeFromHistory(before)
        try note(id, version, of: before.customer, before.kind, origin, before: before.content)
        try database.run("DELETE FROM customer_item WHERE id=\(id)")
    }

    /// Items that are gone for good, with all their versions. Ids are not used again.
    borrowing func apply(aged ids: [Int64], behind: Int64) throws(SQLiteError) {
        for id in ids { if let item = try item(id) { _ = try removeFromHistory(item) } }
        let list = ids.map { String($0) }.joined(separator: ",")
        try database.run(
            """
            UPDATE identity SET items_behind=max(items_behind, \(behind));
            DELETE FROM contact_trace WHERE item IN (\(list));
            DELETE FROM customer_item WHERE id IN (\(list));
            DELETE FROM item_version WHERE item IN (\(list))
            """)
    }

    private borrowing func note(
        _ id: Int64, _ number: Int64, of customer: Int64, _ kind: CustomerItem.Kind, _ origin: Origin,
        before: CustomerItem.Content?
    ) throws(SQLiteError) {
        try items.note.bind(id, 1)
        try items.note.bind(number, 2)
        try items.note.bind(customer, 3)
        try items.note.bind(kind.rawValue, 4)
        try items.note.bind(origin.at.ms, 5)
        try items.note.bind(origin.author.who, 6)
        try items.note.bind(origin.author.through.rawValue, 7)
        try items.note.bind(origin.importID, 8)
        try items.note.bind(before?.packed, 9)
        try items.note.runAgain()
    }

    // MARK: The customer's one history

    /// Contacts and notes are in the table of contacts too, which pops and the last contact are read from. Its ids are
    /// those of calls and events there; an item's is negative.
    private borrowing func addToHistory(_ kept: RecordChange.KeptItem, tier: String?) throws(SQLiteError) {
        let touchpoint: Touchpoint
        switch kept.content {
        case .purchase, .contract, .file: return
        case .contact(let one):
            touchpoint = Touchpoint(
                at: one.at, channel: one.channel, direction: one.direction, operator: one.operator,
                summary: one.summary, duration: one.duration)
        case .note(let one):
            touchpoint = Touchpoint(
                at: one.at, channel: Touchpoint.note, operator: one.operator, summary: one.text, duration: one.spent)
        }
        try items.writeContact.bind(kept.customer, 1)
        try items.writeContact.bind(touchpoint.at.ms, 2)
        try items.writeContact.bind(-kept.id, 3)
        try items.writeContact.bind(touchpoint.channel, 4)
        try items.writeContact.bind(touchpoint.direction?.rawValue, 5)
        try items.writeContact.bind(touchpoint.operator, 6)
        try items.writeContact.bind(touchpoint.summary, 7)
        try items.writeContact.bind(touchpoint.duration, 8)
        try items.writeContact.bind(tier, 9)
        try items.writeContact.runAgain()
    }

    /// - Returns: the tier that the customer had when the contact was recorded.
    private borrowing func removeFromHistory(_ item: CustomerItem) throws(SQLiteError) -> String? {
        guard item.kind == .contact || item.kind == .note else { return nil }
        let gone = try database.prepare("DELETE FROM touchpoint WHERE customer=? AND at=? AND id=? RETURNING tier")
        try gone.bind(item.customer, 1)
        try gone.bind(item.content.place(createdAt: item.createdAt), 2)
        try gone.bind(-item.id, 3)
        let tier = try gone.step() ? gone.text(0) : nil
        // RETURNING gives its row before the statement is done.
        _ = try gone.step()
        return tier
    }

    // MARK: Erasing

    /// What somebody wrote freely in the customer's items, of every version.
    borrowing func itemTexts(of customer: Int64) throws(SQLiteError) -> [String] {
        let all = try database.prepare(
            """
            SELECT fields FROM customer_item WHERE customer=?1
            UNION ALL SELECT before FROM item_version WHERE customer=?1 AND before IS NOT NULL
            """)
        try all.bind(customer, 1)
        var texts: [String] = []
        while try all.step() {
            let bytes = all.withBytes(0) { Array($0) }
            do throws(Malformed) { texts += try CustomerItem.Content(packed: bytes).texts } catch {
                throw SQLiteError(
                    code: LogTables.damaged, message: "what belongs to customer \(customer) cannot be read")
            }
        }
        return texts
    }

    /// The id after which those of new items start.
    borrowing func itemsBehind() throws(SQLiteError) -> Int64 { try nextItem() - 1 }

    /// Removes all that belongs to a customer, with every version of it. Ids are not used again.
    ///
    /// - Parameter behind: ids of new items start after this one.
    borrowing func eraseItems(of customer: Int64, behind: Int64) throws(SQLiteError) {
        try database.run(
            """
            UPDATE identity SET items_behind=max(items_behind, \(behind));
            DELETE FROM customer_item WHERE customer=\(customer);
            DELETE FROM item_version WHERE customer=\(customer);
            DELETE FROM touchpoint WHERE customer=\(customer) AND id<0
            """)
    }
}

extension CustomerItem.Content {
    /// What is written freely. What was bought or agreed is the centre's own word for it.
    fileprivate var texts: [String] {
        let all =
            switch self {
            case .purchase(let one): [one.order].compactMap { $0 }
            case .contract: [String]()
            case .contact(let one): [one.summary]
            case .note(let one): [one.text]
            case .file(let one): [one.name]
            }
        return all.filter { $0.utf8.count >= 3 }
    }
}
