import CallCenter
import SQLite

/// How a change of a case is applied: by its writer, and again from the log at a start. Both give the same rows.
extension CustomerStore.State {
    /// A case as it is after a change, in the log.
    borrowing func apply(_ one: RecordChange.CaseFields, _ origin: Origin) throws(SQLiteError) {
        guard try hasCustomer(one.customer) else { return }
        let before = try customerCase(one.id)
        if let before, before.version >= one.version {
            // A case that was there before the log had cases gets its first version.
            if before.version == one.version, origin.author.through == .earlier {
                try noteVersion(one, origin, before: nil)
            }
            return
        }
        try noteVersion(one, origin, before: before?.fields)
        // A case that is closed, or another's now, is nobody's work any more.
        let isKept = one.closedAt == nil && before?.owner == one.owner
        try write(one, claim: isKept ? before?.claim : nil)
    }

    borrowing func apply(_ claim: CaseClaim?, ofCase id: Int64) throws(SQLiteError) {
        let write = try database.prepare(
            "UPDATE customer_case SET claimed_by=?2, claimed_at=?3 WHERE id=?1 AND closed_at IS NULL")
        try write.bind(id, 1)
        try write.bind(claim?.by, 2)
        try write.bind(claim?.since.ms, 3)
        try write.run()
    }

    private borrowing func noteVersion(
        _ one: RecordChange.CaseFields, _ origin: Origin, before: RecordChange.CaseFields?
    ) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO case_version VALUES(?,?,?,?,?,?,?)")
        try write.bind(one.id, 1)
        try write.bind(one.version, 2)
        try write.bind(one.customer, 3)
        try write.bind(origin.at.ms, 4)
        try write.bind(origin.author.who, 5)
        try write.bind(origin.author.through.rawValue, 6)
        try write.bind(before?.packed, 7)
        try write.run()
    }

    /// Writes the row of a case.
    borrowing func write(_ one: RecordChange.CaseFields, claim: CaseClaim?) throws(SQLiteError) {
        let write = try database.prepare(
            """
            INSERT OR REPLACE INTO customer_case(id, customer, kind, title, owner, due, created_at, created_by, \
            closed_at, closed_by, spent, version, phase, priority, progress_at, waiting_since, handed_to, details, \
            claimed_by, claimed_at, complaint, part_of) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            """)
        try write.bind(one.id, 1)
        try write.bind(one.customer, 2)
        try write.bind(one.kind.rawValue, 3)
        try write.bind(one.title, 4)
        try write.bind(one.owner, 5)
        try write.bind(one.due?.ms, 6)
        try write.bind(one.createdAt.ms, 7)
        try write.bind(one.createdBy, 8)
        try write.bind(one.closedAt?.ms, 9)
        try write.bind(one.closedBy, 10)
        try write.bind(one.spent, 11)
        try write.bind(one.version, 12)
        try write.bind(one.details.phase, 13)
        try write.bind(one.details.priority.rawValue, 14)
        try write.bind(one.details.progressAt?.ms, 15)
        try write.bind(one.details.waitingSince?.ms, 16)
        try write.bind(one.details.handover?.to, 17)
        var details: [UInt8]?
        if one.details != CaseDetails() {
            var out = PackedWriter()
            out.caseDetails(one.details)
            details = out.bytes
        }
        try write.bind(details, 18)
        try write.bind(claim?.by, 19)
        try write.bind(claim?.since.ms, 20)
        try write.bind(one.details.complaint.map { $0.about ?? "" }, 21)
        try write.bind(one.details.partOf, 22)
        try write.run()
    }

    // MARK: Erasing

    /// What somebody wrote freely in the customer's cases, of every version.
    borrowing func caseTexts(of customer: Int64) throws(SQLiteError) -> [String] {
        var texts = try CustomerStore.caseFields(self, of: customer).flatMap(\.texts)
        let all = try database.prepare("SELECT before FROM case_version WHERE customer=? AND before IS NOT NULL")
        try all.bind(customer, 1)
        while try all.step() {
            texts += try CustomerStore.State.unpackedCase(all.withBytes(0) { Array($0) }, customer).texts
        }
        return texts
    }

    static func unpackedCase(_ bytes: [UInt8], _ customer: Int64) throws(SQLiteError) -> RecordChange.CaseFields {
        do throws(Malformed) { return try RecordChange.CaseFields(packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "a case of customer \(customer) cannot be read")
        }
    }
}

extension RecordChange.CaseFields {
    /// What is written freely.
    var texts: [String] {
        ([title, details.nextStep, details.handover?.note].compactMap { $0 }).filter { $0.utf8.count >= 3 }
    }
}
