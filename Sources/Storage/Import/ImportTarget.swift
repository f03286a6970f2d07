import CallCenter
import SQLite

/// The destination of an import: the records, or a temporary copy for a dry run.
enum ImportTarget {
    case records(RecordWriter, ImportRun)
    case trial(of: CustomerStore, in: CustomerStore)

    struct Row: Sendable {
        /// Of the file, from 1.
        var line: Int
        var reading: ImportRow.Reading
    }

    enum Change { case created, updated, unchanged }

    /// What leading zeros had to do with finding the record.
    enum Zeros: Equatable {
        case none
        /// The record has this `external_id`, and the file's has lost its zeros.
        case restored(String)
        /// A record has this `external_id`, and nothing else of it agrees with the row.
        case doubtful(String)
    }

    struct Outcome {
        var change: Change
        /// The record that the row is about, and whether it is a company's.
        var customer: Int64
        var isCompany: Bool
        /// The company that the row names and that there is not; nil when there is nothing to find.
        var missing: ImportRow.Company?
        var zeros = Zeros.none
        /// The customer has another tier now.
        var move: TierMoves.Move?
    }

    /// A dry run: rows are written to a temporary database with copies of the records that they may be about. So it
    /// counts as the import would, across all transactions, and blocks no other writer.
    static func trial(of store: CustomerStore) throws(StoreError) -> ImportTarget {
        .trial(of: store, in: try CustomerStore.scratch())
    }

    /// - Parameter links: the companies of the rows before; those of these rows are added to a copy.
    /// - Returns: the outcome of each row.
    func write(
        _ rows: [Row], _ merge: ImportMerge, _ links: CompanyLinks, _ now: Timestamp
    ) throws(EditError) -> [Outcome] {
        switch self {
        case .records(let writer, let run):
            let origin = CustomerStore.State.Origin(
                at: now, author: Author(run.by, through: .import), importID: run.id)
            return try writer.write(origin) { state, origin throws(EditError) in
                try writer.records { () throws(SQLiteError) in
                    try ImportTarget.write(rows, merge, links, origin, state)
                }
            }
        case .trial(let store, let scratch):
            do throws(StoreError) {
                return try ImportTarget.tryOut(rows, merge, links, now, of: store, in: scratch)
            } catch { throw .store(error) }
        }
    }

    private static func tryOut(
        _ rows: [Row], _ merge: ImportMerge, _ links: CompanyLinks, _ now: Timestamp, of store: CustomerStore,
        in scratch: CustomerStore
    ) throws(StoreError) -> [Outcome] {
        let concerned = try store.with { state throws(SQLiteError) in
            var found: [Int64: CustomerRecord] = [:], merged: [String: Int64] = [:]
            for row in rows {
                let fields = row.reading.fields
                for id in try ImportTarget.known(fields, state) + state.zeroTwins(of: fields.externalID)
                where found[id] == nil {
                    found[id] = try state.record(id)
                }
                if let company = try links.existing(row.reading.company, state), found[company] == nil {
                    found[company] = try state.record(company)
                }
                guard let external = fields.externalID,
                    let holder = try state.holder(ofExternalID: external, but: nil),
                    found[holder]?.fields.externalID != external
                else { continue }
                merged[external] = holder
            }
            return (records: Array(found.values), merged: merged)
        }
        try scratch.adopt(concerned.records)
        try scratch.adopt(merged: concerned.merged)
        return try scratch.with { state throws(SQLiteError) in
            try state.begin.run()
            let origin = CustomerStore.State.Origin(at: now, author: Author(nil, through: .import))
            let outcome = try ImportTarget.write(rows, merge, links, origin, state)
            try state.commit.run()
            return outcome.answer
        }
    }

    /// Writes rows within a transaction.
    private static func write(
        _ rows: [Row], _ merge: ImportMerge, _ links: CompanyLinks, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> RecordWriter.Outcome<[Outcome]> {
        var outcomes: [Outcome] = [], changes: [RecordChange] = [], links = links
        outcomes.reserveCapacity(rows.count)
        for row in rows {
            var reading = row.reading
            let company = try links.found(reading.company, state)
            if let company { reading.company = .found(company) }
            var outcome = try write(reading, merge, origin, state, &changes)
            if company == nil, reading.company.isNamed { outcome.missing = reading.company }
            links.note(reading, outcome)
            outcomes.append(outcome)
        }
        return .init(outcomes, changes)
    }

    private static func write(
        _ row: ImportRow.Reading, _ merge: ImportMerge, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State, _ changes: inout [RecordChange]
    ) throws(SQLiteError) -> Outcome {
        var first: CustomerRecord?
        func outcome(
            _ change: Change, _ id: Int64, _ fields: CustomerFields, _ zeros: Zeros = .none,
            _ move: TierMoves.Move? = nil
        ) -> Outcome {
            Outcome(
                change: change, customer: id, isCompany: fields.details.kind == .company, zeros: zeros, move: move)
        }
        for id in try known(row.fields, state) {
            guard let before = try state.record(id) else { continue }
            // Of a customer who is a part of this one: it would come back with each import, or take the place.
            if let external = row.fields.externalID, before.fields.externalID != external {
                return outcome(.unchanged, before.id, before.fields)
            }
            // Two customers may share name and number: the row is about the one that it equals, if any.
            if merge.merged(row, into: before.fields) == before.fields {
                return outcome(.unchanged, before.id, before.fields)
            }
            if first == nil { first = before }
        }
        if let first, row.fields.isIdentified {
            let merged = merge.merged(row, into: first.fields)
            changes.append(try state.change(first, to: merged, origin))
            return outcome(.updated, first.id, merged, .none, first.move(to: merged))
        }
        let (twin, zeros) = try twin(of: row, merge, state)
        if let twin {
            var kept = row
            kept.fields.externalID = twin.fields.externalID
            let merged = merge.merged(kept, into: twin.fields)
            if merged == twin.fields { return outcome(.unchanged, twin.id, merged, zeros) }
            changes.append(try state.change(twin, to: merged, origin))
            return outcome(.updated, twin.id, merged, zeros, twin.move(to: merged))
        }
        let fields = merge.new(row), made = try state.create(fields, origin)
        changes.append(made)
        return outcome(.created, made.belongsTo ?? 0, fields, zeros)
    }

    /// Who a row may be about.
    private static func known(
        _ row: CustomerFields, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> [Int64] {
        if let external = row.externalID {
            return try state.holder(ofExternalID: external, but: nil).map { [$0] } ?? []
        }
        if let number = row.phones.first?.key { return try state.customers(named: row.name, number: number) }
        if let email = row.email { return try state.customers(named: row.name, email: email) }
        return try state.customers(namedOnly: row.name)
    }

    /// The record that a spreadsheet made `1` of `0001` for: one whose `external_id` differs by leading zeros only, and
    /// that has a number, the mail or the name of the row as well. In some centres 1 and 01 are two customers.
    private static func twin(
        of row: ImportRow.Reading, _ merge: ImportMerge, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> (CustomerRecord?, Zeros) {
        let ids = try state.zeroTwins(of: row.fields.externalID)
        if ids.isEmpty { return (nil, .none) }
        var fitting: [CustomerRecord] = [], other: String?
        for id in ids {
            guard let record = try state.record(id) else { continue }
            if agrees(row.fields, record.fields) { fitting.append(record) } else { other = record.fields.externalID }
        }
        if fitting.count == 1, let one = fitting.first { return (one, .restored(one.fields.externalID ?? "")) }
        return (nil, .doubtful(fitting.first?.fields.externalID ?? other ?? ""))
    }

    private static func agrees(_ row: CustomerFields, _ record: CustomerFields) -> Bool {
        if row.phones.contains(where: { one in record.phones.contains { $0.key == one.key } }) { return true }
        if let email = row.email, email == record.email { return true }
        return row.name == ImportRow.trimmed(record.name)
    }
}

extension CustomerRecord {
    /// What becomes of the tier; nil when it stays.
    func move(to after: CustomerFields) -> TierMoves.Move? {
        TierMoves.Move(id, owner: after.owner, from: fields.tier, to: after.tier)
    }
}

extension CustomerFields {
    /// There is more than a name to know the customer by.
    fileprivate var isIdentified: Bool { externalID != nil || email != nil || phones.first?.key != nil }
}
