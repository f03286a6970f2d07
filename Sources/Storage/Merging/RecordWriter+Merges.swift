import CallCenter
import SQLite

/// Making one of two records of one customer, and taking them apart again.
extension RecordWriter {
    /// Makes a customer a part of another: all that belongs to it belongs to the one who stays, and whoever asks for it
    /// gets that one.
    ///
    /// - Parameters:
    ///   - other: whose record becomes a part.
    ///   - expected: the version of the one who stays that the editor saw; nil merges into whatever is there now.
    ///   - isPreview: nothing is written, and the report says what would be.
    public func merge(
        _ other: Int64, into id: Int64, expected: Int64?, isPreview: Bool = false, by who: String?, at now: Timestamp
    ) throws(EditError) -> MergeReport {
        guard other != id else { throw .sameCustomer }
        let origin = CustomerStore.State.Origin(at: now, author: Author(who, through: .merge))
        let report = try write(origin) { state, origin throws(EditError) -> Outcome<MergeReport?> in
            let current = try there(id, state), gone = try there(other, state)
            guard expected == nil || current.version == expected else { throw .conflict(current) }
            let fields = current.fields.merged(with: gone.fields, ids: (id, other))
            return try records { () throws(SQLiteError) -> Outcome<MergeReport?> in
                let moved = try state.belongings(of: other)
                let change = RecordChange.Merged(
                    id: try state.nextMerge(), into: id, intoVersion: current.version + 1, other: other,
                    otherVersion: gone.version + 1)
                try state.apply(change, origin)
                let kept = try state.changed(current, to: fields, origin)
                guard let after = try state.record(id) else { return Outcome(nil) }
                var report = MergeReport(
                    merge: nil, customer: after, other: gone, dropped: fields.dropped(of: gone.fields), moved: moved)
                // Without a change the transaction is rolled back.
                if isPreview { return Outcome(report) }
                report.merge = try state.merge(change.id)
                return Outcome(report, [.merged(change), kept])
            }
        }
        return try report.some()
    }

    /// Takes a merge apart: the other is there as it was, with what belonged to it; the one who stayed is without it,
    /// and keeps what somebody changed since.
    public func undo(
        merge id: Int64, by who: String?, at now: Timestamp
    ) throws(EditError) -> Unmerged {
        let origin = CustomerStore.State.Origin(at: now, author: Author(who, through: .undo))
        let unmerged = try write(origin) { state, origin throws(EditError) -> Outcome<Unmerged?> in
            let found = try records { () throws(SQLiteError) in try state.merge(id) }
            guard let merge = found else { throw .notFound }
            guard merge.undoneAt == nil else { throw .mergeIsUndone }
            let part = try records { () throws(SQLiteError) in try state.part(merge.other) }
            guard let part else { throw .isErased(merge.other) }
            guard part.now == merge.into else { throw .isMerged(merge.into, into: part.now) }
            let current = try there(merge.into, state)
            return try records { () throws(SQLiteError) -> Outcome<Unmerged?> in
                var fields = current.fields
                if let merged = try state.fields(of: merge.into, at: try state.intoVersion(of: id)),
                    let before = try state.fields(of: merge.into, at: try state.intoVersion(of: id) - 1)
                {
                    fields.takeApart(merged, before: before)
                }
                let kept = try state.changed(current, to: fields, origin)
                let change = RecordChange.Unmerged(
                    id: id, intoVersion: current.version + 1, otherVersion: part.version + 1)
                try state.apply(change, origin)
                guard let merge = try state.merge(id), let customer = try state.record(merge.into),
                    let other = try state.record(merge.other)
                else { return Outcome(nil) }
                let answer = Unmerged(merge: merge, customer: customer, other: other)
                return Outcome(answer, [kept, .unmerged(change)])
            }
        }
        return try unmerged.some()
    }

    /// A merge that was taken apart, and both customers.
    public struct Unmerged: Equatable, Sendable {
        /// The merge, with when and by whom it was taken apart.
        var merge: CustomerMerge
        /// Who had stayed, as it is now.
        public var customer: CustomerRecord
        /// Who is there again, as it is now.
        public var other: CustomerRecord
    }

    /// A customer that is there, and no part of another.
    private func there(_ id: Int64, _ state: borrowing CustomerStore.State) throws(EditError) -> CustomerRecord {
        let found = try records { () throws(SQLiteError) in
            (record: try state.record(id), now: try state.survivor(of: id), isDeleted: try state.deleted(id) != nil)
        }
        if found.now != id { throw .isMerged(id, into: found.now) }
        if found.isDeleted { throw .isDeleted }
        guard let record = found.record else { throw .notFound }
        return record
    }
}

extension Optional {
    /// There is no such record.
    fileprivate func some() throws(EditError) -> Wrapped {
        guard let self else { throw .notFound }
        return self
    }
}

extension CustomerStore.State {
    /// Ids of merges are not used again.
    borrowing func nextMerge() throws(SQLiteError) -> Int64 {
        try database.integer("SELECT 1 + coalesce(max(id), 0) FROM customer_merge") ?? 1
    }

    /// The version of the one who stayed that a merge made.
    fileprivate borrowing func intoVersion(of merge: Int64) throws(SQLiteError) -> Int64 {
        try database.integer("SELECT into_version FROM customer_merge WHERE id=\(merge)") ?? 0
    }

    /// A change of the one who stays. Its time is behind that of the other's version, as no two changes have the same.
    fileprivate borrowing func changed(
        _ before: CustomerRecord, to fields: CustomerFields, _ origin: Origin
    ) throws(SQLiteError) -> RecordChange {
        let at = origin.at + 1
        let change = try change(before, to: fields, Origin(at: at, author: origin.author))
        guard case .customer(var kept) = change else { return change }
        kept.updatedAt = at
        return .customer(kept)
    }

    /// What belongs to a customer besides its record.
    fileprivate borrowing func belongings(of id: Int64) throws(SQLiteError) -> MergeReport.Moved {
        var moved = MergeReport.Moved()
        func count(_ rest: String) throws(SQLiteError) -> Int64 {
            try database.integer("SELECT count(*) FROM \(rest)") ?? 0
        }
        func items(_ kind: CustomerItem.Kind) throws(SQLiteError) -> Int64 {
            try count("customer_item WHERE customer=\(id) AND kind=\(kind.rawValue)")
        }
        moved.purchases = try items(.purchase)
        moved.contracts = try items(.contract)
        moved.notes = try items(.note)
        moved.files = try items(.file)
        moved.contacts =
            try items(.contact) + count("touchpoint WHERE customer=\(id) AND id>0 AND id%4096=4095")
        moved.calls = try count("touchpoint WHERE customer=\(id) AND id>0 AND id%4096<>4095")
        moved.cases = try count("customer_case WHERE customer=\(id)")
        return moved
    }

    borrowing func merge(_ id: Int64) throws(SQLiteError) -> CustomerMerge? {
        let one = try database.prepare(
            "SELECT id, into_id, other, at, who, undone_at, undone_by FROM customer_merge WHERE id=?")
        try one.bind(id, 1)
        return try one.step() ? CustomerMerge(one) : nil
    }
}

extension CustomerMerge {
    /// From a row of id, into_id, other, at, who, undone_at, undone_by.
    init(_ row: borrowing Statement) {
        self.init(
            id: row.int(0), into: row.int(1), other: row.int(2), at: Timestamp(ms: row.int(3)), by: row.text(4),
            undoneAt: row.isNull(5) ? nil : Timestamp(ms: row.int(5)), undoneBy: row.text(6))
    }
}
