import CallCenter
import Engine
import Storage

/// Numbers that an operator adds to a customer, and removes again.
extension CustomerRecords {
    /// Attempts of an edit when others edit the same record.
    private static let triesMax = 5
    /// As many as a record may have (`CustomerBody`).
    private static let phonesMax = 32

    /// Stores a caller's number with a customer, as the last of the phones.
    ///
    /// - Returns: false for no customer, when it is no telephone number, when it is there already, and when there is no
    /// room.
    func store(_ caller: CallerNumber?, with id: Int64?, by author: Author) async throws -> Bool {
        guard let id, let caller, caller.kind == .number, let e164 = caller.e164 else { return false }
        return try await edit(id, author) { fields in
            let isThere = fields.phones.contains { $0.e164 == e164 }
            guard !isThere, fields.phones.count < CustomerRecords.phonesMax else { return false }
            fields.phones.append(PhoneEntry(raw: caller.display, e164: e164, display: caller.display))
            return true
        }
    }

    /// Removes a caller's number from a customer.
    func removeNumber(_ caller: CallerNumber?, of id: Int64, by author: Author) async throws {
        guard let e164 = caller?.e164 else { return }
        _ = try await edit(id, author) { fields in
            let before = fields.phones.count
            fields.phones.removeAll { $0.e164 == e164 }
            return fields.phones.count < before
        }
    }

    /// Edits the current version of a record; a concurrent edit by somebody else is kept.
    ///
    /// - Parameter change: false leaves the record as it is.
    private func edit(
        _ id: Int64, _ author: Author, _ change: (inout CustomerFields) -> Bool
    ) async throws -> Bool {
        for _ in 0..<CustomerRecords.triesMax {
            guard let record = try writer.store.customer(id) else { return false }
            var fields = record.fields
            guard change(&fields) else { return false }
            do throws(EditError) {
                let saved = try writer.save(id, fields, expected: record.version, by: author, at: now())
                await engine.customerChanged(saved.id, version: saved.version)
                return true
            } catch .conflict { continue } catch {
                throw Problem(.serviceUnavailable, "The customer's number could not be written; try again in a moment.")
            }
        }
        throw Problem(.conflict, "Others edit this customer all the time; try again in a moment.")
    }
}
