import PhoneNumbers
import SQLite
import Synchronization

/// Search for customers by any part of their texts, among a million and while somebody types.
///
/// The index is updated after an import and not within it; records that are not indexed yet are scanned. The index only
/// grows: a changed record gets a new entry, and entries with an outdated version are skipped.
extension CustomerStore {
    /// Maximum of counted matches.
    public static let matchesMax = 1_000

    /// Customers whose name, reading, company, address, mail, external id, number or tag contains the text, at most
    /// `limit`, and their total up to `matchesMax`.
    public func search(_ text: String, limit: Int) throws(StoreError) -> (customers: [CustomerRecord], matches: Int) {
        guard let question = SearchText.question(text) else { return ([], 0) }
        let ids: [Int64] = try searching { finder throws(SQLiteError) in
            let indexed = try CustomerStore.ids(
                finder,
                """
                SELECT d.customer FROM customer_grams g JOIN search_doc d ON d.doc=g.rowid JOIN customer c ON \
                c.id=d.customer AND c.version=d.version
                WHERE customer_grams MATCH ?1 LIMIT \(CustomerStore.matchesMax)
                """, question)
            guard indexed.count < CustomerStore.matchesMax else { return indexed }
            return Array(Set(indexed).union(try CustomerStore.unindexed(finder, text)))
        }
        return try reading { state throws(SQLiteError) in
            var records: [CustomerRecord] = []
            for id in ids.sorted().prefix(limit) { if let record = try state.record(id) { records.append(record) } }
            return (records, min(ids.count, CustomerStore.matchesMax))
        }
    }

    /// Runs queries on the connection for searches: the writer does not wait for them.
    ///
    /// In one read transaction: all of them see the same state of the records and of the index.
    func searching<Found: Sendable>(
        _ work: (borrowing Connection) throws(SQLiteError) -> Found
    ) throws(StoreError) -> Found {
        let found: Result<Found, SQLiteError> = finder.withLock { finder in
            do throws(SQLiteError) {
                try finder.run("BEGIN")
                defer { finder.endReading() }
                return .success(try work(finder))
            } catch { return .failure(error) }
        }
        do throws(SQLiteError) { return try found.get() } catch { throw StoreError(error, path: path) }
    }

    private static func unindexed(_ finder: borrowing Connection, _ text: String) throws(SQLiteError) -> [Int64] {
        let escaped = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        let digits = NumberText.narrow(text).filter { $0.isASCII && $0.isNumber }
        let number =
            digits.count >= 3 && digits.count >= text.count - 4
            ? String(digits.hasPrefix("0") ? digits.dropFirst() : digits[...]) : ""
        let inPhones =
            number.isEmpty
            ? "" : "OR EXISTS(SELECT 1 FROM phone p WHERE p.customer=customer.id AND p.e164 LIKE ?2)"
        return try ids(
            finder,
            """
            SELECT id FROM customer WHERE (id > (SELECT watermark FROM search_state) OR id IN (SELECT customer FROM \
            search_todo)) AND (
              name LIKE ?1 ESCAPE '\\' OR kana LIKE ?1 ESCAPE '\\' OR company LIKE ?1 ESCAPE '\\' OR email LIKE ?1 \
            ESCAPE '\\'
              OR external_id LIKE ?1 ESCAPE '\\' OR address LIKE ?1 ESCAPE '\\' OR tags LIKE ?1 ESCAPE '\\' \(inPhones)
              OR EXISTS(SELECT 1 FROM customer_identity i WHERE i.customer=customer.id AND i.value LIKE ?1 ESCAPE '\\'))
            LIMIT \(matchesMax)
            """, "%\(escaped)%", number.isEmpty ? nil : "%\(number)%")
    }

    private static func ids(
        _ finder: borrowing Connection, _ question: String, _ argument: String, _ second: String? = nil
    ) throws(SQLiteError) -> [Int64] {
        let all = try finder.prepare(question)
        try all.bind(argument, 1)
        if let second { try all.bind(second, 2) }
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }

    // MARK: The index

    /// Adds at most `count` records to the index.
    ///
    /// - Returns: whether there are more.
    public func indexSome(_ count: Int) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in
            let isBehind =
                "SELECT max(id) > (SELECT watermark FROM search_state) OR EXISTS(SELECT 1 FROM search_todo) FROM "
                    + "customer"
            guard try state.database.integer(isBehind) == 1 else { return false }
            try state.database.run("BEGIN IMMEDIATE")
            var ids = try CustomerStore.numbers(
                state.database,
                "SELECT id FROM customer WHERE id > (SELECT watermark FROM search_state) ORDER BY id LIMIT \(count)")
            if let last = ids.last {
                try state.database.run("UPDATE search_state SET watermark=\(last)")
            } else {
                ids = try CustomerStore.numbers(state.database, "SELECT customer FROM search_todo LIMIT \(count)")
                for id in ids { try state.database.run("DELETE FROM search_todo WHERE customer=\(id)") }
            }
            let note = try state.database.prepare("INSERT INTO search_doc(customer, version) VALUES(?,?)")
            let write = try state.database.prepare("INSERT INTO customer_grams(rowid, grams) VALUES(?,?)")
            for id in ids {
                guard let record = try state.record(id) else { continue }
                try note.bind(id, 1)
                try note.bind(record.version, 2)
                try note.runAgain()
                try write.bind(state.database.newestKey, 1)
                try write.bind(SearchText.grams(of: record.fields.searched), 2)
                try write.runAgain()
            }
            try CustomerStore.beginAnewWhenMostIsStale(state.database)
            try state.database.run("COMMIT")
            return true
        }
    }

    private static func numbers(_ database: borrowing Connection, _ question: String) throws(SQLiteError) -> [Int64] {
        let all = try database.prepare(question)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }

    /// Rebuilds the index when most entries are outdated: a nightly import that changes every record adds one entry for
    /// each.
    private static func beginAnewWhenMostIsStale(_ database: borrowing Connection) throws(SQLiteError) {
        // Both are numbered with few gaps, and counting would read all rows.
        let docs = try database.integer("SELECT max(doc) FROM search_doc") ?? 0,
            customers = try database.integer("SELECT max(id) FROM customer") ?? 0
        guard docs > 3 * customers + 10_000 else { return }
        try database.run(
            "DROP TABLE customer_grams; DELETE FROM search_doc; DELETE FROM search_todo; UPDATE search_state SET "
                + "watermark=0"
        )
        try database.run(CustomersDatabase.grams)
    }
}

extension CustomerFields {
    /// What a customer is found by.
    var searched: [String] {
        [name, kana, company, email, externalID, address].compactMap { $0 } + tags + details.identities.map(\.value)
            + phones.flatMap { phone in [phone.display, phone.e164.map { String($0.drop { $0 == "+" }) } ?? ""] }
    }
}
