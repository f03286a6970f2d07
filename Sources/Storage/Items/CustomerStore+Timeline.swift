import CallCenter
import SQLite
import Synchronization

/// A customer's timeline: contacts, notes, purchases and contracts, each found by the customer and its time.
///
/// Read on the connection for searches: a long history keeps no writer waiting.
extension CustomerStore {
    /// By the primary key of the contacts.
    static let touchpointsQuestion = """
        SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, id FROM touchpoint
        WHERE customer=?1 AND (at, id)<(?2, ?3) ORDER BY at DESC, id DESC
        """

    /// The contacts and notes of a page: at most one more than its limit.
    ///
    /// - Parameter isWanted: those that it refuses are left out.
    public func touchpoints(
        _ asked: TimelineQuery, _ isWanted: (TouchpointEntry) -> Bool = { _ in true }
    ) throws(StoreError) -> [TouchpointEntry] {
        try searching { database throws(SQLiteError) in
            let all = try database.prepare(CustomerStore.touchpointsQuestion)
            let call = try database.prepare("SELECT id FROM call WHERE number=?")
            let below = asked.below?.bound(in: .touchpoint) ?? .newest
            try all.bind(asked.customer, 1)
            try all.bind(below.at, 2)
            try all.bind(below.id, 3)
            var found: [TouchpointEntry] = []
            while found.count <= asked.limit, try all.step() {
                var entry = TouchpointEntry(id: all.int(9), customer: asked.customer, touchpoint: Touchpoint(all))
                guard asked.matches(entry), isWanted(entry) else { continue }
                if entry.id > 0 {
                    try call.bind(entry.id, 1)
                    if try call.step() { entry.call = call.text(0) }
                    call.reset()
                }
                found.append(entry)
            }
            return found
        }
    }

    /// The purchases, what happened with contracts, and what came of lists, of a page, newest first: of purchases at
    /// most one more than its limit.
    public func timelineItems(_ asked: TimelineQuery, now: Timestamp) throws(StoreError) -> [TimelineEntry] {
        try searching { database throws(SQLiteError) in
            var found: [TimelineEntry] = []
            if asked.wants(TimelineQuery.purchase) {
                let below = asked.below?.bound(in: .purchase)
                try ItemQuery.walk(on: database, .purchase, of: asked.customer, below: below) { item in
                    if case .purchase(let one) = item.content, asked.finds(one.product, one.order) {
                        found.append(TimelineEntry(item, one))
                    }
                    return found.count <= asked.limit
                }
            }
            if asked.wants(TimelineQuery.contract) {
                // A contract has several places; customers have few contracts.
                try ItemQuery.walk(on: database, .contract, of: asked.customer, below: nil) { item in
                    if case .contract(let one) = item.content, asked.finds(one.service) {
                        found += TimelineEntry.events(of: item, one, until: now).filter { entry in
                            asked.below.map { entry.place < $0 } ?? true
                        }
                    }
                    return true
                }
            }
            if asked.wants(TimelineQuery.list) {
                for one in try ListOutcome.read(database, of: asked.customer) {
                    let entry = TimelineEntry(one)
                    let isBehind = asked.below.map { entry.place < $0 } ?? true
                    if isBehind, asked.finds(one.title, one.result.note) { found.append(entry) }
                }
            }
            return found.sorted { $0.place > $1.place }
        }
    }
}
