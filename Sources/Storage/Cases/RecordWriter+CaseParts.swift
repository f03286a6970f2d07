import CallCenter
import SQLite

/// What becomes of the promises and tasks of a case that is closed while they are open.
public enum OpenParts: String, Equatable, Sendable {
    /// The case is not closed, and whoever closes it is told of them.
    case refuse
    /// They stay open.
    case keep
    /// They are done with it.
    case close
}

extension RecordWriter {
    /// A promise or task is part of an open case of its own customer. Only another case than before is checked: it may
    /// be closed, or another customer's after a merge was taken apart, and its parts stay as they are.
    func checkCase(
        of fields: RecordChange.CaseFields, before: RecordChange.CaseFields?, _ state: borrowing CustomerStore.State
    ) throws(EditError) {
        guard let id = fields.details.partOf, id != before?.details.partOf else { return }
        let found = try records { () throws(SQLiteError) in try state.customerCase(id) }
        guard let found, found.kind == .case, found.customer == fields.customer else { throw .noCase(id) }
        if found.closedAt != nil { throw .isClosed }
    }

    /// Closes the open parts of a case that is being closed, where that is wanted.
    ///
    /// - Returns: the changes, which are applied already.
    /// - Throws: `EditError.hasOpenParts` when nobody said what becomes of them.
    func settle(
        _ parts: OpenParts, of before: CustomerCase, _ after: RecordChange.CaseFields,
        _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State
    ) throws(EditError) -> [RecordChange] {
        guard before.closedAt == nil, let closedAt = after.closedAt, parts != .keep else { return [] }
        let open = try records { () throws(SQLiteError) in try state.openParts(ofCase: before.id) }
        if open.isEmpty { return [] }
        guard parts == .close else { throw .hasOpenParts(open) }
        return try records { () throws(SQLiteError) in
            var changes: [RecordChange] = []
            for part in open {
                var closed = part
                closed.close(by: after.closedBy, at: closedAt)
                closed.noteProgress(since: part, at: closedAt)
                closed.version += 1
                let change = RecordChange.customerCase(closed.fields)
                try state.apply(change, origin)
                changes.append(change)
            }
            return changes
        }
    }
}
