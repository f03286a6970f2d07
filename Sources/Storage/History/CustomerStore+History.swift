import CallCenter
import SQLite

/// A contact with a customer, as it is written into the history.
public struct TouchpointEntry: Sendable {
    /// Permanent id: writing the entry twice changes nothing.
    public var id: Int64
    /// The customer's id.
    public var customer: Int64
    /// The id of the call that it was; nil for another contact, and where it was not asked for.
    public var call: String?
    /// What is shown of it.
    public var touchpoint: Touchpoint

    /// Copies its arguments.
    public init(id: Int64, customer: Int64, call: String? = nil, touchpoint: Touchpoint) {
        self.id = id
        self.customer = customer
        self.call = call
        self.touchpoint = touchpoint
    }

    /// The id of a contact that the event at `seq` told: one call number in 4,096 is kept free for it.
    public static func id(seq: Int64) -> Int64 { seq * 4_096 + 4_095 }
}

/// A call that is over, as it is written into the history.
public struct CallRow: Sendable {
    /// The call's own number: its key in the history.
    let number: Int64
    fileprivate let id: String
    fileprivate let source: String
    fileprivate let started: Timestamp
    fileprivate let record: [UInt8]
    /// The contact with a customer; nil when the customer is unknown.
    fileprivate let contact: TouchpointEntry?
    fileprivate let e164: String?
    fileprivate let answeredAt: Timestamp?
    /// The last moment at which anything of it is counted.
    fileprivate let last: Timestamp

    /// The row of a call, with the contact that it was where its customer is known. Encodes the call.
    public init(_ call: borrowing Call) {
        number = call.number
        id = call.key.call
        source = call.key.source
        started = call.startedAt ?? Timestamp(ms: 0)
        record = CallBytes.encode(call)
        contact = call.customerID.map { [started, number] in
            TouchpointEntry(id: number, customer: $0, touchpoint: call.touchpoint(at: started))
        }
        e164 = call.lookup?.caller.e164
        answeredAt = call.life.legs.last { $0.answeredAt != nil }?.answeredAt
        last = max(call.life.endedAt ?? started, call.life.legs.compactMap(\.wrapUpEndedAt).max() ?? started)
    }
}

/// The period of a search for calls.
public struct CallSpan: Sendable {
    /// A call that ended before this is not wanted; nil for no bound.
    public var lastedUntil: Timestamp?
    /// Nor one that began at this time or later.
    public var beganBefore: Timestamp?
    /// Calls that began before `lastedUntil` are wanted too, when they lasted until then.
    public var isOfMoments: Bool

    /// Calls that last longer are few, and have a table of their own. Milliseconds: a day.
    static let usualMax: Int64 = 86_400_000

    /// Copies its arguments.
    public init(lastedUntil: Timestamp? = nil, beganBefore: Timestamp? = nil, isOfMoments: Bool = false) {
        self.lastedUntil = lastedUntil
        self.beganBefore = beganBefore
        self.isOfMoments = isOfMoments
    }

    /// From when on the usual calls of the span began.
    var beginsFrom: Timestamp? { lastedUntil.map { isOfMoments ? $0 - CallSpan.usualMax : $0 } }
}

extension CustomerStore {
    /// Writes ended calls and contacts in one transaction. An earlier version of a call is replaced: a call is written
    /// at its end, again when it changes, and perhaps once more by a start after a crash.
    ///
    /// - Parameter through: the log position up to which the history was complete before; nil stores none.
    public func write(calls: [CallRow], touchpoints: [TouchpointEntry], through: Int64? = nil) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            try state.write(calls)
            let contact = try state.database.prepare(CustomerStore.insertContact)
            for entry in touchpoints { try CustomerStore.insert(entry, number: nil, answeredAt: nil, contact) }
            if let newest = (calls.map(\.number) + touchpoints.map(\.id)).max() { try state.noteNewest(newest / 4_096) }
            if let through { try state.noteHistory(through: through) }
            try state.commit.run()
        }
    }

    fileprivate static let insertContact = """
        INSERT OR REPLACE INTO touchpoint(customer, at, id, channel, direction, operator, line, summary,\
         duration, outcome, tier, number,
        answered_at, origin) VALUES(coalesce((SELECT now_id FROM merged_customer WHERE id=?1), ?1),
        ?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13, (SELECT ?1 FROM merged_customer WHERE id=?1))
        """

    /// Adds remarks to calls in the history; a remark about another call is dropped. Adding one twice changes nothing.
    public func write(_ remarks: [(remark: Remark, of: CallKey)]) throws(StoreError) {
        for (remark, key) in remarks {
            guard var call = try calls(id: key.call).first(where: { $0.key == key }) else { continue }
            let before = call
            call.write(remark)
            // First: after a crash in between, the remark comes again and the correction is the same.
            if let late = PastFigures(correcting: before, by: call) { try write(late, of: remark.seq) }
            try write(calls: [CallRow(call)], touchpoints: [])
        }
    }

    /// The customer and time of a call's contact; nil when it has none.
    fileprivate static func contact(_ number: Int64, _ kept: borrowing Statement) throws(SQLiteError) -> (
        customer: Int64, at: Int64
    )? {
        defer { kept.reset() }
        try kept.bind(number, 1)
        guard try kept.step(), let call = kept.withBytes(0, { CallBytes.decode(Array($0), onlyFirstFact: true) }),
            let customer = call.customerID
        else { return nil }
        return (customer, call.startedAt?.ms ?? 0)
    }

    /// A customer's contacts with their own ids, newest first.
    public func contacts(customer: Int64, limit: Int) throws(StoreError) -> [TouchpointEntry] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, id FROM touchpoint "
                    + "WHERE customer=? ORDER BY at DESC LIMIT ?"
            )
            try all.bind(customer, 1)
            try all.bind(Int64(limit), 2)
            var found: [TouchpointEntry] = []
            while try all.step() {
                found.append(TouchpointEntry(id: all.int(9), customer: customer, touchpoint: Touchpoint(all)))
            }
            return found
        }
    }

    fileprivate static func insert(
        _ entry: TouchpointEntry, number: String?, answeredAt: Timestamp?, _ contact: borrowing Statement
    ) throws(SQLiteError) {
        try contact.bind(entry.customer, 1)
        try contact.bind(entry.touchpoint.at.ms, 2)
        try contact.bind(entry.id, 3)
        try contact.bind(entry.touchpoint.channel, 4)
        try contact.bind(entry.touchpoint.direction?.rawValue, 5)
        try contact.bind(entry.touchpoint.operator, 6)
        try contact.bind(entry.touchpoint.line, 7)
        try contact.bind(entry.touchpoint.summary, 8)
        try contact.bind(entry.touchpoint.duration, 9)
        try contact.bind(entry.touchpoint.outcome, 10)
        try contact.bind(entry.touchpoint.tier, 11)
        try contact.bind(number, 12)
        try contact.bind(answeredAt?.ms, 13)
        try contact.runAgain()
    }

    /// Calls `handle` with the stored calls, newest first, until it returns false.
    ///
    /// - Parameter below: only calls with a smaller number.
    public func calls(below: Int64?, _ span: CallSpan = CallSpan(), customer: Int64?, _ handle: (Call) -> Bool)
        throws(StoreError)
    {
        var next = below ?? .max
        // The few calls that lasted for days come from a separate table, and are merged in order.
        var long = try longCalls(span, below: next)[...]
        while true {
            let start = next
            // Reads page by page, so that no writer waits while years are read.
            let page = try reading { state throws(SQLiteError) in
                let all = try state.database.prepare(
                    """
                    SELECT number, record FROM call WHERE number<?1 \(span.beginsFrom == nil ? "" : "AND started>=?2") \
                    \(span.beganBefore == nil ? "" : "AND started<?3")
                    \(customer == nil ? "" : "AND number IN (SELECT id FROM touchpoint WHERE customer=?4)") ORDER BY \
                    number DESC LIMIT 500
                    """)
                try all.bind(start, 1)
                if let from = span.beginsFrom { try all.bind(from.ms, 2) }
                if let to = span.beganBefore { try all.bind(to.ms, 3) }
                if let customer { try all.bind(customer, 4) }
                var rows: [(Int64, [UInt8])] = []
                while try all.step() { rows.append((all.int(0), all.withBytes(1) { Array($0) })) }
                return rows
            }
            for (number, record) in page {
                next = number
                while let first = long.first, first.number >= number {
                    long = long.dropFirst()
                    if first.number > number, !handle(first) { return }
                }
                guard let call = CallBytes.decode(record) else { continue }
                if !handle(call) { return }
            }
            if page.count < 500 { break }
        }
        for call in long { if !handle(call) { return } }
    }

    /// Calls that began before the others of a span and lasted into it, newest first.
    private func longCalls(_ span: CallSpan, below: Int64) throws(StoreError) -> [Call] {
        guard span.isOfMoments, let from = span.lastedUntil else { return [] }
        let records = try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT record FROM call WHERE number IN (SELECT number FROM long_call WHERE last>=?1) AND number<?2 "
                    + "AND started<?3 ORDER BY number DESC"
            )
            try all.bind(from.ms, 1)
            try all.bind(below, 2)
            try all.bind((span.beginsFrom ?? from).ms, 3)
            var rows: [[UInt8]] = []
            while try all.step() { rows.append(all.withBytes(0) { Array($0) }) }
            return rows
        }
        return records.compactMap { CallBytes.decode($0) }
    }

    /// The notes on a customer that belong to no call and that earlier versions wrote as events, newest first. Others
    /// are items (`CustomerItem`).
    public func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws(StoreError) -> [TouchpointEntry] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, id FROM touchpoint
                WHERE customer=? AND channel='\(Touchpoint.note)' AND id>0 AND (at, id)<(?, ?)
                ORDER BY at DESC, id DESC LIMIT ?
                """)
            let below = below ?? .newest
            try all.bind(customer, 1)
            try all.bind(below.at, 2)
            try all.bind(below.id, 3)
            try all.bind(Int64(limit), 4)
            var found: [TouchpointEntry] = []
            while try all.step() {
                found.append(TouchpointEntry(id: all.int(9), customer: customer, touchpoint: Touchpoint(all)))
            }
            return found
        }
    }

    /// The stored call with this number; nil when there is none.
    public func call(number: Int64) throws(StoreError) -> Call? {
        let record = try reading { state throws(SQLiteError) -> [UInt8]? in
            let one = try state.database.prepare("SELECT record FROM call WHERE number=?")
            try one.bind(number, 1)
            return try one.step() ? one.withBytes(0) { Array($0) } : nil
        }
        return record.flatMap { CallBytes.decode($0) }
    }

    /// The calls kept that have this id, one a source at most.
    public func calls(id: String) throws(StoreError) -> [Call] {
        let records = try reading { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT record FROM call WHERE id=? ORDER BY number DESC LIMIT 100")
            try all.bind(id, 1)
            var rows: [[UInt8]] = []
            while try all.step() { rows.append(all.withBytes(0) { Array($0) }) }
            return rows
        }
        return records.compactMap { CallBytes.decode($0) }
    }
}

extension CustomerStore.State {
    /// Writes ended calls, within a transaction.
    borrowing func write(_ calls: [CallRow]) throws(SQLiteError) {
        let row = try database.prepare(
            "INSERT OR REPLACE INTO call(number, id, source, started, record) VALUES(?,?,?,?,?)")
        let contact = try database.prepare(CustomerStore.insertContact)
        let before = try database.prepare("SELECT record FROM call WHERE number=?")
        let gone = try database.prepare(
            """
            DELETE FROM touchpoint WHERE customer=coalesce((SELECT now_id FROM merged_customer WHERE id=?1), ?1)
              AND at=?2 AND id=?3
            """)
        for call in calls {
            // Somebody else's, or earlier than was thought: the contact that was written then is none any more.
            if let contact = try CustomerStore.contact(call.number, before),
                contact != call.contact.map({ ($0.customer, $0.touchpoint.at.ms) }) ?? (-1, 0)
            {
                try gone.bind(contact.customer, 1)
                try gone.bind(contact.at, 2)
                try gone.bind(call.number, 3)
                try gone.runAgain()
            }
            try row.bind(call.number, 1)
            try row.bind(call.id, 2)
            try row.bind(call.source, 3)
            try row.bind(call.started.ms, 4)
            try row.bind(call.record, 5)
            try row.runAgain()
            guard call.last - call.started > CallSpan.usualMax else { continue }
            let long = try database.prepare("INSERT OR REPLACE INTO long_call VALUES(?,?)")
            try long.bind(call.number, 1)
            try long.bind(call.last.ms, 2)
            try long.run()
        }
        // In the order of their index: neighbours are on one page.
        let identified = calls.indices.compactMap { i in calls[i].contact.map { (customer: $0.customer, i) } }
            .sorted { $0 < $1 }
        for (_, i) in identified {
            if let entry = calls[i].contact {
                try CustomerStore.insert(entry, number: calls[i].e164, answeredAt: calls[i].answeredAt, contact)
            }
        }
    }
}
