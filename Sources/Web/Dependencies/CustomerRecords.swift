import CallCenter
import Engine
import Storage

/// The customers' records, including contacts that are not on disk yet, and notifications to desks that show them.
struct CustomerRecords: Sendable {
    let engine: Engine
    let writer: RecordWriter
    let history: any CallHistory
    let now: @Sendable () -> Timestamp

    private var records: CustomerStore { writer.store }

    /// A record with its newest contact, which may not be on disk yet.
    func current(_ record: CustomerRecord) -> CustomerRecord { current([record])[0] }

    func current(_ all: [CustomerRecord]) -> [CustomerRecord] {
        let last = history.lastContacts(of: Set(all.map(\.id)))
        return all.map { record in
            // A contact that no longer waits may have been written after the record was read.
            let newest = last[record.id] ?? (try? records.customer(record.id))?.lastContact
            guard let at = newest, record.lastContact.map({ $0 < at }) ?? true else { return record }
            var record = record
            record.lastContact = at
            return record
        }
    }

    /// Warns supervisors, the customer's operator and who has the customer on the screen when the tier is another than
    /// before.
    ///
    /// - Parameter before: what the customer was; nil for one that was not there.
    func warn(of now: CustomerRecord, before: CustomerFields?) async {
        guard let before, before.tier != now.fields.tier else { return }
        var card = now.card
        // Not everybody who is warned may see each of the centre's own fields.
        card.custom = [:]
        await engine.tierChanged(card, from: before.tier)
    }

    /// Notifies every desk that shows a customer that the record changed.
    func changed(_ id: Int64) async {
        guard let record = try? records.customer(id) else { return }
        await engine.customerChanged(id, version: record.version)
    }
}
