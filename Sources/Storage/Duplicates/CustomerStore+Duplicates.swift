import CallCenter
import SQLite
import Synchronization

/// Who may be the same customer as somebody: by indexes, while somebody types.
extension CustomerStore {
    /// Records that are looked at for one question, by number and the like, and by name.
    private static let looksMax = 100

    /// The records that may be of the same customer, the likeliest first, at most `limit`.
    public func duplicates(of probe: DuplicateProbe, limit: Int) throws(StoreError) -> [Duplicate] {
        let named = try namesakes(of: probe)
        return try reading { state throws(SQLiteError) in
            var ids: Set<Int64> = Set(named)
            let emails = Set(probe.emails + probe.emails.map { $0.lowercased() }).sorted()
            let questions = [
                ("SELECT DISTINCT customer FROM phone WHERE e164=?1", probe.numbers),
                ("SELECT id FROM customer WHERE email=?1", emails),
                ("SELECT customer FROM customer_identity WHERE value=?1 AND kind=1", emails),
                ("SELECT id FROM customer WHERE line_id=?1", probe.accounts),
                ("SELECT customer FROM customer_identity WHERE value=?1 AND kind=2", probe.accounts),
            ]
            for (question, values) in questions where !values.isEmpty {
                let all = try state.database.prepare("\(question) LIMIT \(CustomerStore.looksMax)")
                for value in values {
                    try all.bind(value, 1)
                    while try all.step() { ids.insert(all.int(0)) }
                    all.reset()
                }
            }
            var found: [Duplicate] = []
            for id in ids.sorted() {
                if let record = try state.record(id), let one = probe.duplicate(record) { found.append(one) }
            }
            return Array(found.sorted(by: Duplicate.isLikelier).prefix(limit))
        }
    }

    /// Customers whose name or reading contains the name, the reading, or the half of a name without spaces.
    private func namesakes(of probe: DuplicateProbe) throws(StoreError) -> [Int64] {
        guard probe.address != nil || probe.company != nil || probe.companyID != nil else { return [] }
        var texts = [probe.name] + [probe.kana].compactMap { $0 }
        let words = probe.name.split(whereSeparator: \.isWhitespace).map(String.init)
        // A family name has more forms than a given one.
        texts.append(words.count > 1 ? words[words.count - 1] : String(probe.name.suffix(2)))
        var ids: Set<Int64> = []
        for text in texts where !text.isEmpty {
            ids.formUnion(try search(text, limit: CustomerStore.looksMax).customers.map(\.id))
        }
        return ids.sorted()
    }
}

extension Duplicate {
    static func isLikelier(_ a: Duplicate, _ b: Duplicate) -> Bool {
        if a.isSameName != b.isSameName { return a.isSameName }
        if a.reasons.count != b.reasons.count { return a.reasons.count > b.reasons.count }
        return a.customer.id < b.customer.id
    }
}
