import CallCenter
import SQLite

/// What belongs to customers and is older than the retention of its kind.
extension RecordWriter {
    /// Removes items that are older than a moment, with all their versions, in one change. What was changed since it
    /// was listed, and is not older any more, stays; so do bytes of files that another file has.
    ///
    /// - Parameter ids: as `CustomerStore.agedItems` lists them.
    /// - Returns: how many were removed.
    public func remove(
        aged ids: [Int64], of kind: CustomerItem.Kind, before time: Timestamp, at now: Timestamp
    ) throws(EditError) -> Int {
        guard !ids.isEmpty else { return 0 }
        let origin = CustomerStore.State.Origin(at: now, author: Author(nil, through: .rule))
        let busy = busyFiles.withLock { Set($0.keys) }
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                var aged: [Int64] = [], homes: Set<Int64> = []
                for id in ids {
                    if let item = try state.item(id) {
                        let since = item.content.agesFrom(createdAt: item.createdAt) ?? .max
                        guard item.kind == kind, since < time.ms else { continue }
                    }
                    aged.append(id)
                    if kind == .file { homes.formUnion(try state.homes(ofFile: id)) }
                }
                guard !aged.isEmpty else { return Outcome(0) }
                var changes = [RecordChange.itemsAged(aged, behind: try state.itemsBehind())]
                try state.apply(changes[0], origin)
                for home in homes.sorted() {
                    for hash in try state.filesOfNobody(with: home) where !busy.contains(hash) {
                        try state.apply(fileGone: hash, of: home)
                        changes.append(.fileGone(home: home, hash: hash))
                    }
                }
                return Outcome(aged.count, changes)
            }
        }
    }
}

extension CustomerStore {
    /// Items of a kind that are older than a moment, and deleted ones whose last change is: behind `id`, in the order
    /// of their ids, at most `limit`. Looks through all of the kind, and keeps no writer waiting.
    public func agedItems(
        _ kind: CustomerItem.Kind, before time: Timestamp, after id: Int64, limit: Int
    ) throws(StoreError) -> [Int64] {
        try listed { database throws(SQLiteError) in
            let all = try database.prepare(
                """
                SELECT id, \(kind == .contract ? "fields" : "NULL") FROM customer_item
                WHERE kind=?1 AND at<?2 AND id>?3
                UNION ALL
                SELECT item, NULL FROM item_version v WHERE kind=?1 AND item>?3
                  AND NOT EXISTS (SELECT 1 FROM customer_item WHERE id=v.item)
                  GROUP BY item HAVING max(at)<?2
                ORDER BY 1\(kind == .contract ? "" : " LIMIT \(limit)")
                """)
            try all.bind(kind.rawValue, 1)
            try all.bind(time.ms, 2)
            try all.bind(id, 3)
            var found: [Int64] = []
            while found.count < limit, try all.step() {
                // A contract that was made long ago may still run.
                if !all.isNull(1), try CustomerStore.end(all, 1) ?? .max >= time.ms { continue }
                found.append(all.int(0))
            }
            return found
        }
    }

    /// How many items of a kind there are, and how many of them are older than a moment. Keeps no writer waiting.
    public func age(of kind: CustomerItem.Kind, before time: Timestamp) throws(StoreError) -> Aging {
        try listed { database throws(SQLiteError) in
            if kind == .contract { return try CustomerStore.ageOfContracts(database, before: time) }
            let one = try database.prepare(
                "SELECT count(*), count(*) FILTER (WHERE at<?1), min(at) FROM customer_item WHERE kind=?2")
            try one.bind(time.ms, 1)
            try one.bind(kind.rawValue, 2)
            guard try one.step() else { return Aging() }
            return Aging(count: one.int(0), due: one.int(1), oldest: one.isNull(2) ? nil : Timestamp(ms: one.int(2)))
        }
    }

    /// They are old by their end, which no column has.
    private static func ageOfContracts(
        _ database: borrowing Connection, before time: Timestamp
    ) throws(SQLiteError) -> Aging {
        let all = try database.prepare("SELECT fields FROM customer_item WHERE kind=?1")
        try all.bind(CustomerItem.Kind.contract.rawValue, 1)
        var aging = Aging()
        while try all.step() {
            aging.count += 1
            guard let end = try end(all, 0) else { continue }
            if end < time.ms { aging.due += 1 }
            aging.oldest = min(aging.oldest ?? Timestamp(ms: end), Timestamp(ms: end))
        }
        return aging
    }

    /// When the contract in a column ends. Milliseconds; nil for one that still runs.
    private static func end(_ all: borrowing Statement, _ column: Int32) throws(SQLiteError) -> Int64? {
        let content = try CustomerItem.unpacked(all.withBytes(column) { Array($0) }, 0)
        return content.agesFrom(createdAt: Timestamp(ms: 0))
    }
}

extension CustomerStore.State {
    /// With whom the bytes of a file are stored, in all its versions.
    fileprivate borrowing func homes(ofFile id: Int64) throws(SQLiteError) -> Set<Int64> {
        let all = try database.prepare(
            """
            SELECT fields FROM customer_item WHERE id=?1
            UNION ALL SELECT before FROM item_version WHERE item=?1 AND before IS NOT NULL
            """)
        try all.bind(id, 1)
        var homes: Set<Int64> = []
        while try all.step() {
            let bytes = all.withBytes(0) { Array($0) }
            if let content = try? CustomerItem.Content(packed: bytes), case .file(let file) = content {
                homes.insert(file.home)
            }
        }
        return homes
    }
}
