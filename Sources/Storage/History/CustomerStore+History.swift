import CallCenter
import SQLite

/// A contact with a customer, as it is written into the history.
public struct TouchpointEntry: Sendable {
    /// Its own for good: written again, it changes nothing.
    public var id: Int64
    public var customer: Int64
    public var touchpoint: Touchpoint

    public init(id: Int64, customer: Int64, touchpoint: Touchpoint) {
        self.id = id
        self.customer = customer
        self.touchpoint = touchpoint
    }

    /// The id of a contact that the event at `seq` told: one call number in 4,096 is kept free for it.
    public static func id(seq: Int64) -> Int64 { seq * 4_096 + 4_095 }
}

/// A call that left the live state, as it is written into the history.
public struct CallRow: Sendable {
    fileprivate let number: Int64
    fileprivate let id: String
    fileprivate let source: String
    fileprivate let started: Timestamp
    fileprivate let record: [UInt8]
    /// The contact that it was with a customer; nil when nobody knows who it was.
    fileprivate let contact: TouchpointEntry?
    fileprivate let e164: String?
    fileprivate let answeredAt: Timestamp?

    public init(_ call: borrowing Call) {
        number = call.number
        id = call.key.call
        source = call.key.source
        started = call.startedAt ?? Timestamp(ms: 0)
        record = CallBytes.encode(call)
        contact = call.customerID.map { [started, number] in TouchpointEntry(id: number, customer: $0, touchpoint: call.touchpoint(at: started)) }
        e164 = call.lookup?.caller.e164
        answeredAt = call.life.legs.last { $0.answeredAt != nil }?.answeredAt
    }
}

extension CustomerStore {
    /// Keeps calls that are over and contacts, in one transaction. What was kept before is replaced by itself, so a start after a crash may
    /// keep it again.
    public func keep(calls: [CallRow], touchpoints: [TouchpointEntry]) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            let row = try state.database.prepare("INSERT OR REPLACE INTO call(number, id, source, started, record) VALUES(?,?,?,?,?)")
            let contact = try state.database.prepare(
                """
                INSERT OR REPLACE INTO touchpoint(customer, at, id, channel, direction, operator, line, summary, duration, outcome, tier, number,
                answered_at) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)
                """)
            for call in calls {
                try row.bind(call.number, 1)
                try row.bind(call.id, 2)
                try row.bind(call.source, 3)
                try row.bind(call.started.ms, 4)
                try row.bind(call.record, 5)
                try row.runAgain()
            }
            // In the order of their index: neighbours are on one page.
            let identified = calls.indices.compactMap { i in calls[i].contact.map { (customer: $0.customer, i) } }.sorted { $0 < $1 }
            for (_, i) in identified {
                if let entry = calls[i].contact { try CustomerStore.put(entry, number: calls[i].e164, answeredAt: calls[i].answeredAt, contact) }
            }
            for entry in touchpoints { try CustomerStore.put(entry, number: nil, answeredAt: nil, contact) }
            try state.commit.run()
        }
    }

    /// Adds what was written of calls that are kept already; of one that is not, nothing is kept. The same again changes nothing.
    public func keep(_ remarks: [(remark: Remark, of: CallKey)]) throws(StoreError) {
        for (remark, key) in remarks {
            guard var call = try calls(id: key.call).first(where: { $0.key == key }) else { continue }
            call.write(remark)
            try keep(calls: [CallRow(call)], touchpoints: [])
        }
    }

    private static func put(_ entry: TouchpointEntry, number: String?, answeredAt: Timestamp?, _ contact: borrowing Statement) throws(SQLiteError) {
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

    /// Tells the calls kept, newest first, until `tell` returns false.
    ///
    /// - Parameters:
    ///   - below: calls whose number is below this alone.
    ///   - from: calls that started at or after this alone.
    public func calls(below: Int64?, from: Timestamp?, to: Timestamp?, customer: Int64?, _ tell: (Call) -> Bool) throws(StoreError) {
        var next = below ?? .max
        while true {
            let start = next
            // A page at a time, so that no writer waits for a reader of years.
            let page = try with { state throws(SQLiteError) in
                let all = try state.database.prepare(
                    """
                    SELECT number, record FROM call WHERE number<?1 AND started>=?2 AND started<?3 \(customer == nil ? "" : "AND number IN (SELECT id FROM touchpoint WHERE customer=?4)")
                    ORDER BY number DESC LIMIT 500
                    """)
                try all.bind(start, 1)
                try all.bind(from?.ms ?? .min, 2)
                try all.bind(to?.ms ?? .max, 3)
                if let customer { try all.bind(customer, 4) }
                var rows: [(Int64, [UInt8])] = []
                while try all.step() { rows.append((all.int(0), all.withBytes(1) { Array($0) })) }
                return rows
            }
            for (number, record) in page {
                next = number
                guard let call = CallBytes.decode(record) else { continue }
                if !tell(call) { return }
            }
            if page.count < 500 { return }
        }
    }

    /// The notes on a customer that belong to no call, newest first.
    public func notes(on customer: Int64, below: Int64?, limit: Int) throws(StoreError) -> [TouchpointEntry] {
        try with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, id FROM touchpoint
                WHERE customer=? AND channel='\(Touchpoint.note)' AND id<? ORDER BY id DESC LIMIT ?
                """)
            try all.bind(customer, 1)
            try all.bind(below ?? .max, 2)
            try all.bind(Int64(limit), 3)
            var found: [TouchpointEntry] = []
            while try all.step() { found.append(TouchpointEntry(id: all.int(9), customer: customer, touchpoint: Touchpoint(all))) }
            return found
        }
    }

    /// The call kept under this number; nil for none.
    public func call(number: Int64) throws(StoreError) -> Call? {
        let record = try with { state throws(SQLiteError) -> [UInt8]? in
            let one = try state.database.prepare("SELECT record FROM call WHERE number=?")
            try one.bind(number, 1)
            return try one.step() ? one.withBytes(0) { Array($0) } : nil
        }
        return record.flatMap { CallBytes.decode($0) }
    }

    /// The calls kept that have this id, one a source at most.
    public func calls(id: String) throws(StoreError) -> [Call] {
        let records = try with { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT record FROM call WHERE id=? ORDER BY number DESC LIMIT 100")
            try all.bind(id, 1)
            var rows: [[UInt8]] = []
            while try all.step() { rows.append(all.withBytes(0) { Array($0) }) }
            return rows
        }
        return records.compactMap { CallBytes.decode($0) }
    }
}
