import CallCenter
import SQLite

/// The statements of the records, prepared once, and what they read and write.
extension CustomerStore.State {
    init(_ opened: consuming Connection) throws(SQLiteError) {
        let insert = try opened.prepare(
            """
            INSERT INTO customer(external_id, name, kana, company, email, line_id, address, tier, owner, tags,\
             cautions, do_not_pair, custom,
              updated_at, created_at, version, details, belongs_to, id) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?14,?15,?16,
              ?18, ?19, coalesce(?17, 1 + max(coalesce((SELECT max(id) FROM customer), 0),\
             (SELECT customers_behind FROM identity))))
            """)
        let update = try opened.prepare(
            """
            UPDATE customer SET external_id=?1, name=?2, kana=?3, company=?4, email=?5, line_id=?6, address=?7, \
            tier=?8, owner=?9, tags=?10,
              cautions=?11, do_not_pair=?12, custom=?13, updated_at=?14, version=?16, details=?18,
              belongs_to=?19 WHERE id=?15
            """)
        let insertPhone = try opened.prepare("INSERT INTO phone(customer, place, raw, e164, display) VALUES(?,?,?,?,?)")
        let deletePhones = try opened.prepare("DELETE FROM phone WHERE customer=?")
        let byID = try opened.prepare(
            """
            SELECT \(CustomersDatabase.columns),
              (SELECT at FROM touchpoint WHERE customer=c.id AND channel<>'\(Touchpoint.note)'
                ORDER BY at DESC LIMIT 1), c.details
            FROM customer c WHERE c.id=?
            """)
        let phones = try opened.prepare("SELECT raw, e164, display FROM phone WHERE customer=? ORDER BY place")
        let byExternalID = try opened.prepare("SELECT id FROM customer WHERE external_id=?")
        let sameNumber = try opened.prepare(
            """
            SELECT p.customer FROM phone p JOIN customer c ON c.id=p.customer WHERE p.e164=? AND c.name=?
              GROUP BY p.customer ORDER BY p.customer LIMIT 1000
            """)
        let sameEmail = try opened.prepare("SELECT id FROM customer WHERE email=? AND name=? ORDER BY id LIMIT 1000")
        let sameName = try opened.prepare(
            """
            SELECT id FROM customer c INDEXED BY customer_name_only WHERE name=? AND external_id IS NULL AND email IS \
            NULL
              AND NOT EXISTS (SELECT 1 FROM phone WHERE customer=c.id) ORDER BY id LIMIT 1000
            """)
        let sameButZeros = try opened.prepare(
            """
            SELECT id FROM customer INDEXED BY customer_leading_zeros
              WHERE ltrim(external_id,'0')=? AND substr(external_id,1,1)='0' ORDER BY id LIMIT 1000
            """)
        let deleteIdentities = try opened.prepare("DELETE FROM customer_identity WHERE customer=?")
        let items = try ItemStatements(opened)
        let begin = try opened.prepare("BEGIN IMMEDIATE")
        let commit = try opened.prepare("COMMIT")
        // What is not indexed yet will be, as it is then.
        let reindex = try opened.prepare(
            "INSERT OR IGNORE INTO search_todo SELECT ?1 WHERE ?1 <= (SELECT watermark FROM search_state)")
        let newest = try opened.prepare("UPDATE identity SET newest=?1 WHERE newest<?1")
        let version = try opened.prepare(
            "INSERT OR IGNORE INTO customer_version(customer, version, at, who, through, import, before) "
                + "VALUES(?,?,?,?,?,?,?)")
        self.items = items
        self.version = version
        self.newest = newest
        self.insert = insert
        self.update = update
        self.insertPhone = insertPhone
        self.deletePhones = deletePhones
        self.deleteIdentities = deleteIdentities
        self.byID = byID
        self.phones = phones
        self.byExternalID = byExternalID
        self.sameNumber = sameNumber
        self.sameEmail = sameEmail
        self.sameName = sameName
        self.sameButZeros = sameButZeros
        self.begin = begin
        self.commit = commit
        self.reindex = reindex
        database = opened
    }

    borrowing func record(_ id: Int64) throws(SQLiteError) -> CustomerRecord? {
        defer { byID.reset() }
        try byID.bind(id, 1)
        guard try byID.step() else { return nil }
        var fields = CustomerFields(name: byID.text(2) ?? "")
        fields.externalID = byID.text(1)
        fields.kana = byID.text(3)
        fields.company = byID.text(4)
        fields.email = byID.text(5)
        fields.lineID = byID.text(6)
        fields.address = byID.text(7)
        fields.tier = byID.text(8) ?? fields.tier
        fields.owner = byID.text(9)
        fields.tags = CustomersDatabase.list(byID.text(10))
        fields.cautions = CustomersDatabase.list(byID.text(11))
        fields.doNotPair = CustomersDatabase.list(byID.text(12))
        fields.custom = CustomersDatabase.fields(byID.text(13))
        if !byID.isNull(18) {
            let bytes = byID.withBytes(18) { Array($0) }
            do throws(Malformed) { fields.details = try CustomerDetails(packed: bytes) } catch {
                throw SQLiteError(code: LogTables.damaged, message: "the details of customer \(id) cannot be read")
            }
        }
        defer { phones.reset() }
        try phones.bind(id, 1)
        while try phones.step() { fields.phones.append(PhoneEntry(phones)) }
        return CustomerRecord(
            id: id, fields: fields, version: byID.int(14), createdAt: Timestamp(ms: byID.int(15)),
            updatedAt: Timestamp(ms: byID.int(16)),
            lastContact: byID.isNull(17) ? nil : Timestamp(ms: byID.int(17)))
    }

    /// Inserts a customer.
    ///
    /// - Parameter id: nil for the next one.
    /// - Returns: its id.
    borrowing func insert(
        _ fields: CustomerFields, id: Int64? = nil, version: Int64 = 1, createdAt: Timestamp? = nil, at now: Timestamp
    ) throws(SQLiteError) -> Int64 {
        try bind(fields, at: now, to: insert)
        try insert.bind(createdAt?.ms ?? now.ms, 15)
        try insert.bind(version, 16)
        try insert.bind(id, 17)
        try insert.runAgain()
        let id = database.newestKey
        try insert(fields.phones, of: id)
        try insert(fields.details.identities, of: id)
        return id
    }

    borrowing func update(
        _ id: Int64, _ fields: CustomerFields, version: Int64, at now: Timestamp
    ) throws(SQLiteError) {
        defer { update.reset() }
        try bind(fields, at: now, to: update)
        try update.bind(id, 15)
        try update.bind(version, 16)
        _ = try update.step()
        try deletePhones.bind(id, 1)
        try deletePhones.run()
        try reindex.bind(id, 1)
        try reindex.run()
        try insert(fields.phones, of: id)
        try deleteIdentities.bind(id, 1)
        try deleteIdentities.runAgain()
        try insert(fields.details.identities, of: id)
    }

    private borrowing func insert(
        _ identities: [(kind: CustomerDetails.IdentityKind, value: String)], of id: Int64
    ) throws(SQLiteError) {
        guard !identities.isEmpty else { return }
        let write = try database.prepare(
            "INSERT OR IGNORE INTO customer_identity(customer, kind, value) VALUES(?,?,?)")
        for (kind, value) in identities {
            try write.bind(id, 1)
            try write.bind(kind.rawValue, 2)
            try write.bind(value, 3)
            try write.runAgain()
        }
    }

    private borrowing func bind(_ fields: CustomerFields, at now: Timestamp, to statement: borrowing Statement)
        throws(SQLiteError)
    {
        try statement.bind(fields.externalID, 1)
        try statement.bind(fields.name, 2)
        try statement.bind(fields.kana, 3)
        try statement.bind(fields.company, 4)
        try statement.bind(fields.email, 5)
        try statement.bind(fields.lineID, 6)
        try statement.bind(fields.address, 7)
        try statement.bind(fields.tier, 8)
        try statement.bind(fields.owner, 9)
        try statement.bind(CustomersDatabase.list(fields.tags), 10)
        try statement.bind(CustomersDatabase.list(fields.cautions), 11)
        try statement.bind(CustomersDatabase.list(fields.doNotPair), 12)
        try statement.bind(CustomersDatabase.fields(fields.custom), 13)
        try statement.bind(now.ms, 14)
        try statement.bind(fields.details.packed, 18)
        try statement.bind(fields.details.companyID, 19)
    }

    private borrowing func insert(_ numbers: [PhoneEntry], of id: Int64) throws(SQLiteError) {
        for (place, number) in numbers.enumerated() {
            try insertPhone.bind(id, 1)
            try insertPhone.bind(Int64(place), 2)
            try insertPhone.bind(number.raw, 3)
            try insertPhone.bind(number.key, 4)
            try insertPhone.bind(number.display, 5)
            try insertPhone.runAgain()
        }
    }

    /// Who has an external id, other than `id`.
    borrowing func holder(ofExternalID external: String?, but id: Int64?) throws(SQLiteError) -> Int64? {
        guard let external else { return nil }
        defer { byExternalID.reset() }
        try byExternalID.bind(external, 1)
        if try byExternalID.step() {
            let found = byExternalID.int(0)
            return found == id ? nil : found
        }
        // The one of a customer who is a part of another now is not free: taken apart, it has it again.
        let merged = try database.prepare("SELECT now_id FROM merged_customer WHERE external_id=? LIMIT 1")
        try merged.bind(external, 1)
        guard try merged.step() else { return nil }
        return merged.int(0) == id ? nil : merged.int(0)
    }

    /// Customers with this name and number, in the order of their ids.
    borrowing func customers(named name: String, number: String) throws(SQLiteError) -> [Int64] {
        try sameNumber.bind(number, 1)
        try sameNumber.bind(name, 2)
        return try ids(sameNumber)
    }
    borrowing func customers(named name: String, email: String) throws(SQLiteError) -> [Int64] {
        try sameEmail.bind(email, 1)
        try sameEmail.bind(name, 2)
        return try ids(sameEmail)
    }
    /// Customers with this name and nothing else to know them by.
    borrowing func customers(namedOnly name: String) throws(SQLiteError) -> [Int64] {
        try sameName.bind(name, 1)
        return try ids(sameName)
    }

    /// Customers whose `external_id` is this one but for leading zeros. Only of digits alone do spreadsheets drop them.
    borrowing func zeroTwins(of external: String?) throws(SQLiteError) -> [Int64] {
        guard let external, !external.isEmpty, external.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return [] }
        let stripped = external.first == "0" ? String(external.drop { $0 == "0" }) : external
        try sameButZeros.bind(stripped, 1)
        let padded = try ids(sameButZeros)
        // The one without any.
        guard stripped.utf8.count < external.utf8.count, !stripped.isEmpty else { return padded }
        return try holder(ofExternalID: stripped, but: nil).map { [$0] + padded } ?? padded
    }

    private borrowing func ids(_ statement: borrowing Statement) throws(SQLiteError) -> [Int64] {
        defer { statement.reset() }
        var found: [Int64] = []
        while try statement.step() { found.append(statement.int(0)) }
        return found
    }
}

extension PhoneEntry {
    /// From a row of raw, e164, display. The column has E.164, or the digits by which another text is found.
    fileprivate init(_ row: borrowing Statement) {
        let key = row.text(1)
        self.init(raw: row.text(0) ?? "", e164: key?.first == "+" ? key : nil, display: row.text(2) ?? "")
    }
}
