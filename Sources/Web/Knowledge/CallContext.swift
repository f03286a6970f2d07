import CallCenter
import Hummingbird
import Storage

/// What of a call, and of its customer, knowledge is chosen by.
struct CallContext {
    let callReader: CallReader
    let records: CustomerStore

    /// Purchases and contracts that are looked at: the newest.
    private static let itemsMax = 50

    /// Of the call that the query names; nil when it names none.
    func asked(_ query: Query, _ context: WebContext) async throws -> KnowledgeContext? {
        guard let id = query.text("call") else { return nil }
        return try of(await callReader.call(id, source: query.text("source"), orPop: true, context))
    }

    func of(_ call: Call) throws -> KnowledgeContext {
        var found = KnowledgeContext()
        let caller = call.lookup?.caller
        found.queue = call.life.visits.last?.queue ?? call.offered?.queue
        found.line = call.called
        found.e164 = caller?.e164
        found.place = caller?.place
        found.region = caller?.region
        found.note = call.writings.map(\.text).joined(separator: "\n")
        guard let id = call.customer?.id, let customer = try records.customer(id) else { return found }
        found.tags = customer.fields.tags
        let limit = CallContext.itemsMax
        for item in try records.items(.purchase, of: id, below: nil, limit: limit) {
            if case .purchase(let one) = item.content { found.products.append(one.product) }
        }
        for item in try records.items(.contract, of: id, below: nil, limit: limit) {
            if case .contract(let one) = item.content { found.products.append(one.service) }
        }
        return found
    }
}
