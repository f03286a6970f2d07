import CallCenter
import SQLite

/// Brings the records up to the log at a start, and the log up to the records of an earlier version.
extension CustomerStore {
    /// The log position up to which changes of records are here; nil when they were never in the log.
    public func changesThrough() throws(StoreError) -> Int64? {
        try with { state throws(SQLiteError) in
            try state.database.integer("SELECT changes_through FROM identity WHERE changes_through IS NOT NULL")
        }
    }

    /// Applies entries of the log that are not here yet, in one transaction, behind what is known to be in the log.
    func apply(_ entries: [EventLog.Entry]) throws(StoreError) {
        var changes: [(seq: Int64, entry: ChangeEntry)] = []
        for entry in entries {
            do throws(Malformed) { changes.append((entry.seq, try ChangeEntry(entry.line))) } catch {
                throw .damagedEntry(seq: entry.seq)
            }
        }
        try settle()
        try with { [changes] state throws(SQLiteError) in try state.applyFromLog(changes) }
    }

    /// Applies changes that another machine has appended to the log that it shares with this one.
    ///
    /// - Parameter entries: entries of the kind `records`, in order.
    /// - Returns: the customers that somebody changed, with their new versions; rows of imports are left out.
    public func follow(_ entries: [EventLog.Entry]) throws(StoreError) -> [(customer: Int64, version: Int64)] {
        try apply(entries)
        var changed: [(customer: Int64, version: Int64)] = []
        for entry in entries {
            guard let change = try? ChangeEntry(entry.line), change.importID == nil else { continue }
            for one in change.changes {
                switch one {
                case .customer(let kept): changed.append((kept.id, kept.version))
                case .deleted(let id, let version), .undeleted(let id, let version): changed.append((id, version))
                case .erased(let one): changed.append((one.id, one.version))
                case .merged(let one): changed.append((one.other, one.otherVersion))
                default: break
                }
            }
        }
        return changed
    }

    /// Gives the records of an earlier version their first version, as a rebuild from the log would.
    func apply(adopted entry: ChangeEntry) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            try state.apply(entry)
            try state.commit.run()
        }
    }

    /// Stores that the changes up to this log position are here.
    func noteChanges(through seq: Int64) throws(StoreError) {
        try with { state throws(SQLiteError) in try state.noteChanges(through: seq) }
    }

    /// Records of an earlier version, as entries for the log; nil behind the last one.
    ///
    /// - Parameter after: what `next` of the part before said.
    func adoption(after: AdoptionPlace) throws(StoreError) -> (entry: ChangeEntry, next: AdoptionPlace)? {
        let part = try with { state throws(SQLiteError) in try state.adoption(after: after) }
        return part.map { ($0.entry, $0.next) }
    }

    /// How far the records have been written to the log.
    enum AdoptionPlace: Equatable, Sendable {
        case customers(after: Int64)
        case cases(after: Int64)
        case blocked
        case done
    }
}

extension CustomerStore.State {
    struct Adoption: Sendable {
        var entry: ChangeEntry
        var next: CustomerStore.AdoptionPlace
    }

    /// Records in one entry of the log.
    private static let adoptedAtOnce: Int64 = 2_000
    /// And the bytes of their fields, about.
    private static let adoptedBytes = 8 << 20

    borrowing func adoption(after place: CustomerStore.AdoptionPlace) throws(SQLiteError) -> Adoption? {
        switch place {
        case .customers(let id):
            let ids = try ids("SELECT id FROM customer WHERE id>?1 ORDER BY id LIMIT ?2", after: id)
            guard let end = ids.last else { return try adoption(after: .cases(after: 0)) }
            var changes: [RecordChange] = [], last = end, bytes = 0
            for id in ids {
                guard let record = try record(id) else { continue }
                bytes += record.fields.packed.count
                last = id
                changes.append(
                    .customer(
                        .init(
                            id: id, version: record.version, createdAt: record.createdAt, updatedAt: record.updatedAt,
                            fields: record.fields)))
                if bytes >= CustomerStore.State.adoptedBytes { break }
            }
            return adoption(changes, next: .customers(after: last))
        case .cases(let id):
            let ids = try ids("SELECT id FROM customer_case WHERE id>?1 ORDER BY id LIMIT ?2", after: id)
            guard let last = ids.last else { return try adoption(after: .blocked) }
            var changes: [RecordChange] = []
            for id in ids { if let one = try customerCase(id) { changes.append(.customerCase(one.fields)) } }
            return adoption(changes, next: .cases(after: last))
        case .blocked:
            let all = try CustomerStore.blocked(self, number: nil)
            return all.isEmpty ? nil : adoption(all.map(RecordChange.blocked), next: .done)
        case .done: return nil
        }
    }

    private borrowing func adoption(_ changes: [RecordChange], next: CustomerStore.AdoptionPlace) -> Adoption {
        // Each record has its own times.
        let newest = changes.compactMap { change in
            if case .customer(let kept) = change { kept.updatedAt } else { nil }
        }.max()
        return Adoption(
            entry: ChangeEntry(
                at: newest ?? Timestamp(ms: 0), author: Author(nil, through: .earlier), importID: nil,
                changes: changes),
            next: next)
    }

    private borrowing func ids(_ question: String, after id: Int64) throws(SQLiteError) -> [Int64] {
        let all = try database.prepare(question)
        try all.bind(id, 1)
        try all.bind(CustomerStore.State.adoptedAtOnce, 2)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }
}
