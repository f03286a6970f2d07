import CallCenter
import SQLite

/// What rules about cases need: the cases that are open, what they were in the past, and which to open again.
extension CustomerStore {
    /// Open cases behind one, in the order of their ids.
    public func openCases(after id: Int64, limit: Int) throws(StoreError) -> [CustomerCase] {
        try reading { state throws(SQLiteError) in
            try CustomerStore.cases(
                state, "WHERE k.closed_at IS NULL AND k.id>? ORDER BY k.id LIMIT \(limit)", id)
        }
    }

    /// Cases that were open at some time since a moment, behind one, in the order of their ids.
    public func cases(openSince time: Timestamp, after id: Int64, limit: Int) throws(StoreError) -> [CustomerCase] {
        try reading { state throws(SQLiteError) in
            try CustomerStore.cases(
                state,
                "WHERE k.id>? AND (k.closed_at IS NULL OR k.closed_at>=\(time.ms)) ORDER BY k.id LIMIT \(limit)", id)
        }
    }

    /// What a case was from each moment on, the opening first.
    public func moments(of one: CustomerCase) throws(StoreError) -> [CaseMoment] {
        let versions = try versions(ofCase: one.id, below: nil, limit: 10_000) ?? []
        var moments: [CaseMoment] = []
        for version in versions.reversed() {
            if moments.isEmpty, let before = version.before {
                // The log does not know how it was opened.
                moments.append(before.moment(from: one.createdAt))
            }
            if let after = version.after { moments.append(after.moment(from: version.at)) }
        }
        return moments.isEmpty ? [one.moment(from: one.createdAt)] : moments
    }

    /// Open cases that wait for their customer, who was in touch since; since when each waits. A mail does not count:
    /// it goes into the case that it is about, which goes on at once.
    public func casesNoLongerWaiting() throws(StoreError) -> [(id: Int64, since: Timestamp)] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT k.id, k.waiting_since FROM customer_case k
                WHERE k.closed_at IS NULL AND k.waiting_since IS NOT NULL AND EXISTS(
                  SELECT 1 FROM touchpoint t
                  WHERE t.customer=k.customer AND t.at>k.waiting_since AND t.direction='inbound'
                    AND t.channel<>'email')
                ORDER BY k.id
                """)
            var found: [(id: Int64, since: Timestamp)] = []
            while try all.step() { found.append((all.int(0), Timestamp(ms: all.int(1)))) }
            return found
        }
    }

    /// Cases that were closed after a moment and whose customer was in touch since: of each customer the one that was
    /// closed last, and none while another is open, as the contact is about that one. A promise was kept, and stays
    /// closed.
    public func casesToReopen(closedAfter time: Timestamp) throws(StoreError) -> [Int64] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT k.id FROM customer_case k
                WHERE k.closed_at>?1 AND k.kind='case' AND EXISTS(
                  SELECT 1 FROM touchpoint t
                  WHERE t.customer=k.customer AND t.at>k.closed_at AND t.direction='inbound')
                AND NOT EXISTS(
                  SELECT 1 FROM customer_case o WHERE o.customer=k.customer AND o.kind='case' AND o.id<>k.id
                    AND (o.closed_at IS NULL OR (o.closed_at, o.id)>(k.closed_at, k.id)))
                ORDER BY k.id
                """)
            try all.bind(time.ms, 1)
            var found: [Int64] = []
            while try all.step() { found.append(all.int(0)) }
            return found
        }
    }
}
