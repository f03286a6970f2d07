import CallCenter
import SQLite

/// A version of a customer: who made it, when, through what, and what the record was before and after it.
public struct CustomerVersion: Equatable, Sendable {
    /// The number of the version, from 1 on.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// The import that wrote it, or whose undoing did.
    public var importID: Int64?
    /// nil when there was no record: it was created, or brought back.
    public var before: CustomerFields?
    /// nil when the version is a deletion.
    public var after: CustomerFields?
}

/// A customer that was deleted, and can be brought back.
public struct DeletedCustomer: Equatable, Sendable {
    public var id: Int64
    /// The name that the record had.
    public var name: String
    /// When it was deleted.
    public var at: Timestamp
    /// Who deleted it, as of a version.
    public var who: String?
}

/// A line of who changed what, of any customer.
public struct CustomerChangeLine: Equatable, Sendable {
    /// Its place in the list: a newer change has a higher one.
    public var place: Int64
    /// The customer's id.
    public var customer: Int64
    /// The version that the change made.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// The customer was erased.
    public var isErasure = false
}

extension CustomerStore {
    /// The versions of a customer, newest first, also of a deleted one.
    ///
    /// - Parameters:
    ///   - below: only versions below this one; nil for the newest.
    ///   - limit: at most so many.
    /// - Returns: nil when there never was such a customer.
    public func versions(of id: Int64, below: Int64?, limit: Int) throws(StoreError) -> [CustomerVersion]? {
        try reading { state throws(SQLiteError) in
            guard try state.isKnown(id) else { return nil }
            return try state.versions(of: id, below: below, limit: limit)
        }
    }

    /// Whether this customer was deleted, and can be brought back.
    public func isDeleted(_ id: Int64) throws(StoreError) -> Bool {
        try reading { state throws(SQLiteError) in try state.deleted(id) != nil }
    }

    /// When a customer was created, also of a deleted one; nil when there never was such a customer.
    public func createdAt(of id: Int64) throws(StoreError) -> Timestamp? {
        try reading { state throws(SQLiteError) in
            if let record = try state.record(id) { return record.createdAt }
            if let part = try state.part(id) { return part.createdAt }
            return try state.deleted(id)?.createdAt
        }
    }

    /// Deleted customers, the newest deletion first.
    public func deletedCustomers(limit: Int) throws(StoreError) -> [DeletedCustomer] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT id FROM deleted_customer ORDER BY deleted_at DESC, id DESC LIMIT ?")
            try all.bind(Int64(limit), 1)
            var ids: [Int64] = []
            while try all.step() { ids.append(all.int(0)) }
            var lines: [DeletedCustomer] = []
            for id in ids {
                guard let kept = try state.deleted(id) else { continue }
                lines.append(DeletedCustomer(id: id, name: kept.fields.name, at: kept.deletedAt, who: kept.who))
            }
            return lines
        }
    }

    /// The place of a change of one customer: by its time, and among those of one time, such as of one import, by its
    /// version.
    static let place = "(at*1000000 + version%1000000)"

    /// Who changed which customer, newest first. Rows of imports are left out, unless one customer is asked for.
    ///
    /// - Parameters:
    ///   - who: only changes of one of these operators and tokens; nil for all.
    ///   - customer: only changes of this customer; nil for all.
    ///   - below: only changes whose `place` is below this one.
    public func changes(
        by who: Set<String>?, customer: Int64?, from: Timestamp?, to: Timestamp?, below: Int64?, limit: Int
    ) throws(StoreError) -> [CustomerChangeLine] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT customer, version, at, who, through, EXISTS(
                  SELECT 1 FROM erased_customer e WHERE e.id=customer AND e.version=customer_version.version),
                  EXISTS(SELECT 1 FROM customer_version b WHERE b.customer=customer_version.customer
                    AND b.version=customer_version.version-1 AND b.at=customer_version.at), \(CustomerStore.place)
                FROM customer_version
                WHERE \(customer == nil ? "import IS NULL AND at<=?3" : "customer=?4 AND \(CustomerStore.place)<?3")
                  AND at>=?1 AND at<?2 AND through<>'earlier' ORDER BY at DESC, version DESC
                """)
            try all.bind(from?.ms ?? .min, 1)
            try all.bind(to?.ms ?? .max, 2)
            try all.bind(customer == nil ? below.map { $0 >> 1 } ?? .max : below ?? .max, 3)
            if let customer { try all.bind(customer, 4) }
            var found: [CustomerChangeLine] = []
            while found.count < limit, try all.step() {
                if let who, !(all.text(3).map(who.contains) ?? false) { continue }
                // Bringing a deleted customer back and putting a version back are two versions of one time.
                let place = customer == nil ? all.int(2) << 1 | all.int(6) : all.int(7)
                if let below, place >= below { continue }
                found.append(
                    CustomerChangeLine(
                        place: place, customer: all.int(0), version: all.int(1),
                        at: Timestamp(ms: all.int(2)), author: all.author(3), isErasure: all.int(5) == 1))
            }
            return found
        }
    }
}

extension CustomerStore.State {
    /// Whether there is, or was, a customer with this id.
    borrowing func isKnown(_ id: Int64) throws(SQLiteError) -> Bool {
        if try hasCustomer(id) { return true }
        if try part(id) != nil { return true }
        return try deleted(id) != nil
    }

    /// What a customer was at a version; nil when that is not known, or the version was a deletion.
    borrowing func fields(of id: Int64, at version: Int64) throws(SQLiteError) -> CustomerFields? {
        if let current = try record(id), current.version == version { return current.fields }
        // What a version made is what the next one found.
        let next = try database.prepare("SELECT before FROM customer_version WHERE customer=? AND version=?")
        try next.bind(id, 1)
        try next.bind(version + 1, 2)
        guard try next.step(), !next.isNull(0) else { return nil }
        return try CustomerStore.State.unpacked(next.withBytes(0) { Array($0) }, id)
    }

    borrowing func versions(of id: Int64, below: Int64?, limit: Int) throws(SQLiteError) -> [CustomerVersion] {
        var after: CustomerFields?
        if let below { after = try fields(of: id, at: below - 1) } else { after = try record(id)?.fields }
        let all = try database.prepare(
            """
            SELECT version, at, who, through, import, before FROM customer_version WHERE customer=?1 AND version<?2
            ORDER BY version DESC LIMIT ?3
            """)
        try all.bind(id, 1)
        try all.bind(below ?? .max, 2)
        try all.bind(Int64(limit), 3)
        var found: [CustomerVersion] = []
        while try all.step() {
            let before = all.isNull(5) ? nil : try CustomerStore.State.unpacked(all.withBytes(5) { Array($0) }, id)
            found.append(
                CustomerVersion(
                    version: all.int(0), at: Timestamp(ms: all.int(1)), author: all.author(2),
                    importID: all.isNull(4) ? nil : all.int(4), before: before, after: after))
            after = before
        }
        return found
    }

    static func unpacked(_ bytes: [UInt8], _ id: Int64) throws(SQLiteError) -> CustomerFields {
        do throws(Malformed) { return try CustomerFields(packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "a version of customer \(id) cannot be read")
        }
    }
}
