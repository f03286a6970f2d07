import CallCenter
import SQLite

/// Opening, changing, handing over, closing and putting back cases, promises and tasks, and claiming them.
extension RecordWriter {
    /// Opens a case; nil when there is no such customer.
    ///
    /// - Parameters:
    ///   - person: the operator who opens it; nil for a program.
    ///   - spent: how long it was written on, where the desk measured it. Milliseconds.
    public func open(
        _ kind: OpenCase.Kind, _ title: String, of customer: Int64, owner: String?, due: Timestamp?,
        by person: String?, spent: Int64? = nil, details: CaseDetails = CaseDetails(), author: Author,
        at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let made = try records { () throws(SQLiteError) -> RecordChange.CaseFields? in
                guard try state.hasCustomer(customer) else { return nil }
                return RecordChange.CaseFields(
                    id: try state.nextCase(), customer: customer, kind: kind, title: title, owner: owner, due: due,
                    createdAt: now, createdBy: person, closedAt: nil, closedBy: nil, spent: spent, version: 1,
                    details: details)
            }
            guard let fields = made else { return Outcome(nil) }
            try checkCase(of: fields, before: nil, state)
            return try records { () throws(SQLiteError) in try applied(fields, origin, state) }
        }
    }

    /// Changes a case; what is said as it is makes no version. nil when there is none.
    ///
    /// - Parameters:
    ///   - expected: the version that the editor saw; nil changes any.
    ///   - parts: what becomes of its open promises and tasks where the change closes it.
    ///   - isProgress: whether the change may bring the case forward; false for what its customer did.
    ///   - change: what is different afterwards; the writer computes when it last went forward.
    public func edit(
        case id: Int64, expected: Int64? = nil, parts: OpenParts = .refuse, isProgress: Bool = true,
        by author: Author, at now: Timestamp, _ change: (inout CustomerCase) throws(EditError) -> Void
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in try state.customerCase(id) }
            guard let current = found else { return Outcome(nil) }
            guard expected == nil || current.version == expected else { throw .caseConflict(current) }
            return try edited(current, origin, state, at: now, parts: parts, isProgress: isProgress, change)
                ?? Outcome(current)
        }
    }

    /// A case after a change; nil when it is as it was.
    func edited(
        _ current: CustomerCase, _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State,
        at now: Timestamp, parts: OpenParts = .refuse, isProgress: Bool = true,
        _ change: (inout CustomerCase) throws(EditError) -> Void
    ) throws(EditError) -> Outcome<CustomerCase?>? {
        var changed = current
        try change(&changed)
        guard changed.fields != current.fields else { return nil }
        if isProgress { changed.noteProgress(since: current, at: now) }
        changed.version = current.version + 1
        let fields = changed.fields
        try checkCase(of: fields, before: current.fields, state)
        let settled = try settle(parts, of: current, fields, origin, state)
        return try records { () throws(SQLiteError) in try applied(fields, origin, state, after: settled) }
    }

    /// Closes a case; one that is closed stays as it was. nil when there is none.
    ///
    /// - Parameter parts: what becomes of its promises and tasks that are open.
    public func close(
        _ id: Int64, parts: OpenParts = .refuse, by person: String?, author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        try edit(case: id, parts: parts, by: author, at: now) { one in one.close(by: person, at: now) }
    }

    /// Puts back what a case was at a version, as a new version. nil when there is no such case.
    public func restore(
        case id: Int64, version: Int64, expected: Int64?, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let (found, then) = try records { () throws(SQLiteError) in
                (try state.customerCase(id), try state.customerCase(id, at: version))
            }
            guard let current = found else { return Outcome(nil) }
            guard expected == nil || current.version == expected else { throw .caseConflict(current) }
            guard var fields = then?.fields else { throw .noVersion(version) }
            fields.version = current.version
            guard fields != current.fields else { return Outcome(current) }
            fields.version += 1
            _ = try settle(.refuse, of: current, fields, origin, state)
            return try records { () throws(SQLiteError) in try applied(fields, origin, state) }
        }
    }

    /// - Parameter before: changes that were applied already, and are written with it.
    private func applied(
        _ fields: RecordChange.CaseFields, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State, after before: [RecordChange] = []
    ) throws(SQLiteError) -> Outcome<CustomerCase?> {
        let change = RecordChange.customerCase(fields)
        try state.apply(change, origin)
        return Outcome(try state.customerCase(fields.id), before + [change])
    }

    // MARK: Claims

    /// Claims a case for an operator. Of two who claim at once, the log decides which was first. nil when there is no
    /// such case.
    ///
    /// - Parameters:
    ///   - limit: after so long another's claim does not count any more. Milliseconds.
    ///   - takesOver: also where somebody else works on it.
    /// - Throws: `EditError.claimed` when somebody else works on it, `isClosed` when nobody has to.
    public func claim(
        case id: Int64, for operatorID: String, limit: Int64, takesOver: Bool = false, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        try setClaim(ofCase: id, by: author, at: now) { current throws(EditError) in
            if current.closedAt != nil { throw .isClosed }
            if !takesOver, let claim = current.claim, claim.by != operatorID, claim.isValid(at: now, limit: limit) {
                throw .claimed(claim)
            }
            return CaseClaim(by: operatorID, since: now)
        }
    }

    /// Releases a claim; nil when there is no such case.
    ///
    /// - Parameter own: only this operator's claim may be released; nil: anybody's.
    public func release(
        case id: Int64, own: String?, limit: Int64, by author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        try setClaim(ofCase: id, by: author, at: now) { current throws(EditError) in
            if let own, let claim = current.claim, claim.by != own, claim.isValid(at: now, limit: limit) {
                throw .claimed(claim)
            }
            return nil
        }
    }

    private func setClaim(
        ofCase id: Int64, by author: Author, at now: Timestamp,
        _ decide: (CustomerCase) throws(EditError) -> CaseClaim?
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in try state.customerCase(id) }
            guard let current = found else { return Outcome(nil) }
            let claim = try decide(current)
            guard claim != current.claim else { return Outcome(current) }
            return try records { () throws(SQLiteError) in
                try state.apply(.caseClaim(id: id, claim), origin)
                return Outcome(try state.customerCase(id), [.caseClaim(id: id, claim)])
            }
        }
    }
}

extension CustomerCase {
    /// Ends it.
    public mutating func close(by person: String?, at now: Timestamp) {
        guard closedAt == nil else { return }
        closedAt = now
        closedBy = person
        details.waitingSince = nil
        details.handover = nil
    }

    /// Opens it again.
    public mutating func reopen() {
        guard closedAt != nil else { return }
        closedAt = nil
        closedBy = nil
        details.reopened += 1
    }

    /// Offers it to a colleague, who accepts or declines.
    public mutating func handOver(to colleague: String, note: String?, at now: Timestamp) throws(EditError) {
        if closedAt != nil { throw .isClosed }
        details.handover = CaseHandover(from: owner, to: colleague, note: note, at: now)
    }

    /// The colleague owns it from now on.
    public mutating func accept() throws(EditError) {
        guard let handover = details.handover else { throw .noHandover }
        owner = handover.to
        details.handover = nil
    }

    /// It stays with whoever had it.
    public mutating func decline() throws(EditError) {
        guard details.handover != nil else { throw .noHandover }
        details.handover = nil
    }

    /// Stores when it went forward: a phase, a percentage, a next step, a link, being closed or opened again. Who owns
    /// it, until when and how pressing it is only says who has to do it and when.
    mutating func noteProgress(since before: CustomerCase, at now: Timestamp) {
        func work(_ one: CustomerCase) -> CustomerCase {
            var one = one
            one.title = ""
            one.owner = nil
            one.due = nil
            one.version = 0
            one.details.priority = .normal
            one.details.handover = nil
            one.details.ownerSince = nil
            one.details.escalated = [:]
            one.details.complaint = nil
            one.details.partOf = nil
            return one
        }
        if owner != before.owner { details.ownerSince = now }
        guard work(self) != work(before) else { return }
        details.progressAt = now
        if details.respondedAt == nil { details.respondedAt = now }
    }
}
