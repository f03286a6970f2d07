import CallCenter
import SQLite

/// Undoing an import of what belongs to customers.
extension RecordWriter {
    /// Items that are put back in one transaction: what another writer may have to wait for.
    private static let itemsAtOnce: Int64 = 2_000

    /// Deletes what the import recorded, and puts back what it changed, as far as nobody changed it since.
    ///
    /// - Parameter progress: called with the items done so far.
    func undoItems(
        ofImport id: Int64, _ origin: CustomerStore.State.Origin, progress: (Int) -> Void
    ) throws(EditError) -> Undone {
        var undone = Undone(), last: Int64 = 0, count = 0
        while true {
            let from = last
            let part = try write(origin) { state, origin throws(EditError) in
                try records { () throws(SQLiteError) in
                    let touched = try state.items(ofImport: id, after: from, limit: RecordWriter.itemsAtOnce)
                    var changes: [RecordChange] = [], part = Undone()
                    for (item, version) in touched {
                        try state.undo(item: item, from: version, ofImport: id, origin, &changes, &part)
                    }
                    return Outcome((part, touched.last?.item, touched.count), changes)
                }
            }
            guard let end = part.1 else { return undone }
            last = end
            count += part.2
            undone.deleted += part.0.deleted
            undone.restored += part.0.restored
            undone.keptInPart += part.0.keptInPart
            progress(count)
        }
    }
}

extension CustomerStore.State {
    /// The items that an import wrote, with the first version that it made of each.
    fileprivate borrowing func items(
        ofImport id: Int64, after item: Int64, limit: Int64
    ) throws(SQLiteError) -> [(item: Int64, version: Int64)] {
        let all = try database.prepare(
            """
            SELECT item, min(version) FROM item_version INDEXED BY item_version_import
            WHERE import=?1 AND item>?2 AND through=?4 GROUP BY item ORDER BY item LIMIT ?3
            """)
        try all.bind(id, 1)
        try all.bind(item, 2)
        try all.bind(limit, 3)
        try all.bind(Author.Through.import.rawValue, 4)
        var found: [(item: Int64, version: Int64)] = []
        while try all.step() { found.append((all.int(0), all.int(1))) }
        return found
    }

    /// - Parameter version: the first version of the item that the import made.
    fileprivate borrowing func undo(
        item id: Int64, from version: Int64, ofImport run: Int64, _ origin: Origin, _ changes: inout [RecordChange],
        _ undone: inout RecordWriter.Undone
    ) throws(SQLiteError) {
        // An item that somebody deleted since stays deleted.
        guard let current = try item(id) else { return }
        let newest = try newestVersion(ofItem: id, ofImport: run)
        guard let imported = try content(ofItem: id, at: newest) else { return }
        guard let before = try contentBefore(id, version) else {
            guard current.version == newest else {
                undone.keptInPart += 1
                return
            }
            let change = RecordChange.itemDeleted(id: id, version: current.version + 1)
            try apply(change, origin)
            changes.append(change)
            undone.deleted += 1
            return
        }
        let content = current.content.putBack(before, over: imported)
        guard content != current.content else { return }
        let change = RecordChange.item(
            .init(
                id: id, customer: try owner(ofItem: id) ?? current.customer, version: current.version + 1,
                createdAt: current.createdAt, createdBy: current.createdBy, content: content))
        try apply(change, origin)
        changes.append(change)
        if current.version == newest { undone.restored += 1 } else { undone.keptInPart += 1 }
    }

    /// What an item was before a version; nil when it did not exist.
    private borrowing func contentBefore(
        _ item: Int64, _ version: Int64
    ) throws(SQLiteError) -> CustomerItem.Content? {
        let one = try database.prepare("SELECT before FROM item_version WHERE item=? AND version=?")
        try one.bind(item, 1)
        try one.bind(version, 2)
        guard try one.step(), !one.isNull(0) else { return nil }
        return try CustomerItem.unpacked(one.withBytes(0) { Array($0) }, item)
    }

    private borrowing func newestVersion(ofItem id: Int64, ofImport run: Int64) throws(SQLiteError) -> Int64 {
        let one = try database.prepare("SELECT max(version) FROM item_version WHERE item=? AND import=? AND through=?")
        try one.bind(id, 1)
        try one.bind(run, 2)
        try one.bind(Author.Through.import.rawValue, 3)
        return try one.step() ? one.int(0) : 0
    }
}

extension CustomerItem.Content {
    /// With the fields of `before` that are still as `imported` left them.
    func putBack(_ before: CustomerItem.Content, over imported: CustomerItem.Content) -> CustomerItem.Content {
        func pick<Item, Value: Equatable>(
            _ field: WritableKeyPath<Item, Value>, _ one: inout Item, _ before: Item, _ imported: Item
        ) {
            if one[keyPath: field] == imported[keyPath: field] { one[keyPath: field] = before[keyPath: field] }
        }
        switch (self, before, imported) {
        case (.purchase(var one), .purchase(let before), .purchase(let imported)):
            pick(\.at, &one, before, imported)
            pick(\.product, &one, before, imported)
            pick(\.quantity, &one, before, imported)
            pick(\.unitPrice, &one, before, imported)
            pick(\.amount, &one, before, imported)
            pick(\.currency, &one, before, imported)
            pick(\.order, &one, before, imported)
            pick(\.state, &one, before, imported)
            return .purchase(one)
        case (.contract(var one), .contract(let before), .contract(let imported)):
            pick(\.service, &one, before, imported)
            pick(\.amount, &one, before, imported)
            pick(\.currency, &one, before, imported)
            pick(\.signed, &one, before, imported)
            pick(\.starts, &one, before, imported)
            pick(\.expires, &one, before, imported)
            pick(\.renews, &one, before, imported)
            return .contract(one)
        case (.contact(var one), .contact(let before), .contact(let imported)):
            pick(\.at, &one, before, imported)
            pick(\.channel, &one, before, imported)
            pick(\.direction, &one, before, imported)
            pick(\.summary, &one, before, imported)
            pick(\.duration, &one, before, imported)
            pick(\.operator, &one, before, imported)
            return .contact(one)
        case (.note(var one), .note(let before), .note(let imported)):
            pick(\.at, &one, before, imported)
            pick(\.text, &one, before, imported)
            pick(\.spent, &one, before, imported)
            pick(\.operator, &one, before, imported)
            return .note(one)
        // An item keeps its kind.
        default: return self
        }
    }
}
