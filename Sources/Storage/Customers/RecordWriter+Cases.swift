import CallCenter
import SQLite

/// Opening and closing cases and promises, and blocking numbers.
extension RecordWriter {
    /// Opens a case; nil when there is no such customer.
    ///
    /// - Parameters:
    ///   - person: the operator who opens it; nil for a program.
    ///   - spent: how long it was written on, where the desk measured it. Milliseconds.
    public func open(
        _ kind: OpenCase.Kind, _ title: String, of customer: Int64, owner: String?, due: Timestamp?,
        by person: String?, spent: Int64? = nil, author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard try state.hasCustomer(customer) else { return Outcome(nil) }
                let change = RecordChange.customerCase(
                    .init(
                        id: try state.nextCase(), customer: customer, kind: kind, title: title, owner: owner, due: due,
                        createdAt: now, createdBy: person, closedAt: nil, closedBy: nil, spent: spent))
                return try applied(change, origin, state)
            }
        }
    }

    /// Closes a case; one that is closed stays as it was. nil when there is none.
    public func close(
        _ id: Int64, by person: String?, author: Author, at now: Timestamp
    ) throws(EditError) -> CustomerCase? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard let found = try state.customerCase(id), found.closedAt == nil else {
                    return Outcome(try state.customerCase(id))
                }
                var fields = found.fields
                fields.closedAt = now
                fields.closedBy = person
                return try applied(.customerCase(fields), origin, state)
            }
        }
    }

    private func applied(
        _ change: RecordChange, _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Outcome<CustomerCase?> {
        try state.apply(change, origin)
        guard case .customerCase(let one) = change else { return Outcome(nil) }
        return Outcome(try state.customerCase(one.id), [change])
    }

    /// Blocks a number. One that is blocked already keeps its date and its spelling and gets the new reason.
    ///
    /// - Returns: the entry as it is now.
    @discardableResult
    public func block(_ entry: BlockedNumber, by author: Author, at now: Timestamp) throws(EditError) -> BlockedNumber {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                var kept = entry
                if let known = try CustomerStore.blocked(state, number: entry.number).first {
                    kept = known
                    kept.reason = entry.reason
                }
                try state.apply(.blocked(kept), origin)
                return Outcome(kept, [.blocked(kept)])
            }
        }
    }

    /// False when it was not blocked.
    public func unblock(_ number: String, by author: Author, at now: Timestamp) throws(EditError) -> Bool {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                guard try !CustomerStore.blocked(state, number: number).isEmpty else { return Outcome(false) }
                try state.apply(.unblocked(number), origin)
                return Outcome(true, [.unblocked(number)])
            }
        }
    }
}
