import CallCenter
import SQLite

/// Reading merges.
extension CustomerStore {
    /// Who has the data of a customer now: itself, or the one that it was merged into.
    public func survivor(of id: Int64) throws(StoreError) -> Int64 {
        try reading { state throws(SQLiteError) in try state.survivor(of: id) }
    }

    /// The customers that are a part of this one now, through others too.
    public func parts(of id: Int64) throws(StoreError) -> [Int64] {
        try reading { state throws(SQLiteError) in try state.parts(of: id) }
    }

    /// Merges, the newest first.
    ///
    /// - Parameters:
    ///   - customer: only those in which this customer has a part; nil for all.
    ///   - below: only those with a smaller number; nil for the newest.
    public func merges(of customer: Int64?, below: Int64?, limit: Int) throws(StoreError) -> [CustomerMerge] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT id, into_id, other, at, who, undone_at, undone_by FROM customer_merge WHERE id<?1
                \(customer == nil ? "" : "AND (into_id=?3 OR other=?3)") ORDER BY id DESC LIMIT ?2
                """)
            try all.bind(below ?? .max, 1)
            try all.bind(Int64(limit), 2)
            if let customer { try all.bind(customer, 3) }
            var found: [CustomerMerge] = []
            while try all.step() { found.append(CustomerMerge(all)) }
            return found
        }
    }

    /// A merge; nil when there never was one with this number.
    public func merge(_ id: Int64) throws(StoreError) -> CustomerMerge? {
        try reading { state throws(SQLiteError) in try state.merge(id) }
    }

    /// Makes external ids of merged customers known to a temporary copy of the records.
    ///
    /// - Parameter merged: who has the data of the customer with this external id.
    func adopt(merged: [String: Int64]) throws(StoreError) {
        guard !merged.isEmpty else { return }
        try with { state throws(SQLiteError) in
            let keep = try state.database.prepare(
                """
                INSERT INTO merged_customer(id, into_id, now_id, merge, version, created_at, merged_at, external_id,
                  fields) SELECT coalesce(min(id), 0) - 1, ?1, ?1, 0, 0, 0, 0, ?2, x'' FROM merged_customer
                """)
            for (external, holder) in merged {
                try keep.bind(holder, 1)
                try keep.bind(external, 2)
                try keep.runAgain()
            }
        }
    }
}

extension CustomerStore {
    /// What customers are called, or were when they were merged into others; deleted and erased ones are left out.
    public func names(of ids: Set<Int64>) throws(StoreError) -> [Int64: String] {
        try with { state throws(SQLiteError) in
            var names: [Int64: String] = [:]
            for id in ids {
                if let record = try state.record(id) {
                    names[id] = record.fields.name
                } else if let part = try state.part(id) {
                    names[id] = part.fields.name
                }
            }
            return names
        }
    }
}
