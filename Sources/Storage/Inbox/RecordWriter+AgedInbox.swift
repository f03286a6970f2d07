import CallCenter
import SQLite

/// Items of the inbox that were handled longer ago than their retention. What waits for somebody stays.
extension RecordWriter {
    /// Takes what they say, and of whom they are, out of items that were handled before a moment.
    ///
    /// - Parameter ids: as `CustomerStore.agedInboxItems` lists them; one that was opened again since stays.
    /// - Returns: how many were emptied.
    public func remove(
        agedInboxItems ids: [Int64], before time: Timestamp, at now: Timestamp
    ) throws(EditError) -> Int {
        guard !ids.isEmpty else { return 0 }
        let origin = CustomerStore.State.Origin(at: now, author: Author(nil, through: .rule))
        return try write(origin) { state, _ throws(EditError) in
            try records { () throws(SQLiteError) in
                var changes: [RecordChange] = []
                for id in ids {
                    guard let item = try state.inboxItem(id), item.isHandled(before: time) else { continue }
                    try state.apply(item.removed)
                    changes.append(.inbox(item.removed))
                }
                return Outcome(changes.count, changes)
            }
        }
    }
}

extension InboxItem {
    fileprivate func isHandled(before time: Timestamp) -> Bool {
        guard state == .attached || state == .dismissed, let handling else { return false }
        return handling.at < time
    }

    /// The item without what it says. Whose it was stays: erasing that customer takes it out of the log.
    fileprivate var removed: InboxItem {
        var one = self
        one.version += 1
        one.state = .removed
        one.contact = IncomingContact(
            key: contact.key, channel: contact.channel, direction: contact.direction, at: contact.at)
        return one
    }
}

extension CustomerStore {
    /// Items of the inbox that were handled before a moment, behind `id`, in the order of their ids, at most `limit`.
    /// Keeps no writer waiting.
    public func agedInboxItems(
        before time: Timestamp, after id: Int64, limit: Int
    ) throws(StoreError) -> [Int64] {
        var found: [Int64] = []
        try handledInboxItems(after: id) { item in
            if item.isHandled(before: time) { found.append(item.id) }
            return found.count < limit
        }
        return found
    }

    /// How many items of the inbox were handled, and how many of them before a moment. Keeps no writer waiting.
    public func ageOfInbox(before time: Timestamp) throws(StoreError) -> Aging {
        var aging = Aging()
        try handledInboxItems(after: 0) { item in
            aging.count += 1
            if item.isHandled(before: time) { aging.due += 1 }
            if let at = item.handling?.at { aging.oldest = min(aging.oldest ?? at, at) }
            return true
        }
        return aging
    }

    /// - Parameter each: false ends it.
    private func handledInboxItems(after id: Int64, _ each: (InboxItem) -> Bool) throws(StoreError) {
        // A page at a time: an inbox of years is not in memory.
        let page = 500
        var place = id
        while true {
            let from = place
            let items = try listed { database throws(SQLiteError) in
                try InboxQuery.items(
                    database, "WHERE state IN (2, 3) AND id>?1 ORDER BY id LIMIT \(page)", bind: .number(from))
            }
            for item in items where !each(item) { return }
            guard let last = items.last, items.count == page else { return }
            place = last.id
        }
    }
}
