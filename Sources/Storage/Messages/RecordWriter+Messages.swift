import CallCenter
import SQLite

/// Writing, reading and answering messages between desks.
extension RecordWriter {
    /// Keeps a message.
    ///
    /// - Parameter note: its id is given here; a case says whose it is, where the note does not.
    /// - Throws: `EditError.notFound` when there is no such customer or case.
    public func send(_ note: DeskNote, by author: Author, at now: Timestamp) throws(EditError) -> KeptMessage {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            var note = note
            if let caseID = note.caseID {
                let found = try records { () throws(SQLiteError) in try state.customerCase(caseID) }
                guard let found else { throw .notFound }
                note.customer = found.customer
            }
            if let named = note.customer {
                let customer = try records { () throws(SQLiteError) in
                    let now = try state.survivor(of: named)
                    return try state.hasCustomer(now) ? now : nil
                }
                guard let customer else { throw .notFound }
                note.customer = customer
            }
            return try sent(note, origin, state)
        }
    }

    /// Answers a message: one answer is kept, and goes to whoever wrote. Who answers has read it.
    ///
    /// - Throws: `EditError.answered` when somebody has answered, `nobodyAsked` when a program wrote it.
    public func answer(
        message id: Int64, text: String, from: String?, fromName: String?, by author: Author, at now: Timestamp
    ) throws(EditError) -> KeptMessage {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let (found, former) = try records { () throws(SQLiteError) in
                (try state.message(id), try state.origin(ofMessage: id))
            }
            guard let asked = found else { throw .notFound }
            if let answer = asked.answer { throw .answered(answer) }
            guard let to = asked.note.from else { throw .nobodyAsked }
            var note = DeskNote(
                to: .operator(to), from: from, fromName: fromName, text: text, call: asked.note.call,
                customer: former ?? asked.note.customer, caseID: asked.note.caseID, replyTo: id)
            if note.from == nil { note.fromName = fromName ?? author.who }
            var outcome = try sent(note, origin, state)
            if let from, !asked.readings.contains(where: { $0.by == from }) {
                try records { () throws(SQLiteError) in try state.applyReading(of: id, by: from, origin) }
                outcome.changes.append(.messageRead(id: id, by: from))
            }
            return outcome
        }
    }

    /// Stores that an operator read a message; a second time changes nothing.
    public func read(
        message id: Int64, reader: String, by author: Author, at now: Timestamp
    ) throws(EditError) -> KeptMessage {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in try state.message(id) }
            guard let found else { throw .notFound }
            if found.readings.contains(where: { $0.by == reader }) { return Outcome(found) }
            let read = try records { () throws(SQLiteError) in
                try state.applyReading(of: id, by: reader, origin)
                return try state.message(id)
            }
            guard let read else { throw .notFound }
            return Outcome(read, [.messageRead(id: id, by: reader)])
        }
    }

    /// Keeps a message whose customer is known.
    func sent(
        _ note: DeskNote, _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State
    ) throws(EditError) -> Outcome<KeptMessage> {
        var note = note
        let made = try records { () throws(SQLiteError) in
            note.id = try state.nextMessage()
            try state.apply(note, origin)
            return try state.message(note.id)
        }
        guard let made else { throw .notFound }
        return Outcome(made, [.message(note)])
    }
}
