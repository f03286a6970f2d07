import CallCenter
import SQLite

/// A case that fired a rule, and the line that supervisors read of it: one entry of the log, so that a line is never
/// lost between the two, and that every node has it, after a restart too.
extension RecordWriter {
    /// What a rule did.
    public struct Escalated: Equatable, Sendable {
        /// The case, as it is afterwards.
        public var one: CustomerCase
        /// nil: supervisors are not told.
        public var line: KeptMessage?
    }

    /// Changes a case by a rule, and keeps the line about it. nil when there is no such case, or nothing changed.
    ///
    /// - Parameters:
    ///   - line: what supervisors read, of the case as it is afterwards; nil for nothing.
    ///   - change: what is different afterwards.
    public func escalate(
        case id: Int64, by author: Author, at now: Timestamp, line: (CustomerCase) -> String?,
        _ change: (inout CustomerCase) throws(EditError) -> Void
    ) throws(EditError) -> Escalated? {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in try state.customerCase(id) }
            guard let current = found, var outcome = try edited(current, origin, state, at: now, change) else {
                return Outcome(nil)
            }
            guard let one = outcome.answer else { return Outcome(nil) }
            guard let text = line(one) else { return Outcome(Escalated(one: one, line: nil), outcome.changes) }
            let note = DeskNote(
                to: .supervisors, from: nil, fromName: nil, text: text, customer: one.customer, caseID: one.id)
            let kept = try sent(note, origin, state)
            outcome.changes += kept.changes
            return Outcome(Escalated(one: one, line: kept.answer), outcome.changes)
        }
    }
}
