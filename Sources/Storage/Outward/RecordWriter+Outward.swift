import CallCenter
import SQLite

/// Changes of what others are told. They are entries of the log, so that another node of a cluster goes on where this
/// one was.
extension RecordWriter {
    private static let author = Author(nil, through: .rule)

    /// Stores the position up to which a webhook is done.
    public func note(webhook: String, at seq: Int64, now: Timestamp) throws(EditError) {
        try append(.webhookPosition(name: webhook, seq: seq), now)
    }

    /// Stores that an event was given up.
    public func note(_ dead: DeadDelivery) throws(EditError) { try append(.deadDelivery(dead), dead.at) }

    /// Removes an event that was given up: its receiver has it now.
    ///
    /// - Returns: false when there was none.
    @discardableResult
    public func remove(
        deadDelivery seq: Int64, part: Int, of webhook: String, by author: Author, at now: Timestamp
    ) throws(EditError) -> Bool {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                let before = try state.deadDeliveryCount(of: webhook)
                let change = RecordChange.deadDeliveryGone(webhook: webhook, seq: seq, part: part)
                try state.apply(change, origin)
                return try state.deadDeliveryCount(of: webhook) < before ? Outcome(true, [change]) : Outcome(false)
            }
        }
    }

    /// Writes a warning to supervisors into the log.
    public func note(_ alert: RecordedAlert, at now: Timestamp) throws(EditError) { try append(.alert(alert), now) }

    /// Writes into the log that the due time of a case has passed.
    public func note(_ late: LateCase, at now: Timestamp) throws(EditError) { try append(.caseLate(late), now) }

    private func append(_ change: RecordChange, _ now: Timestamp) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: RecordWriter.author)
        try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                try state.apply(change, origin)
                return Outcome((), [change])
            }
        }
    }
}
