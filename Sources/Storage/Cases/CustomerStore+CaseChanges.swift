import CallCenter
import SQLite

/// A line of who changed which case, of any customer.
public struct CaseChangeLine: Sendable {
    /// Its place in the list: a newer change has a higher one; as of `CustomerChangeLine`.
    public var place: Int64
    /// The customer's id.
    public var customer: Int64
    /// The id of the case.
    var caseID: Int64
    /// The version that the change made.
    public var version: CaseVersion
}

extension CustomerStore {
    /// Who changed which case, newest first, with the parameters of `changes`. Claims change nothing. What is of a
    /// deleted customer is listed again when the customer comes back.
    public func caseChanges(
        by who: Set<String>?, customer: Int64?, from: Timestamp?, to: Timestamp?, below: Int64?, limit: Int
    ) throws(StoreError) -> [CaseChangeLine] {
        let rows = try reading { state throws(SQLiteError) in
            let place = customer == nil ? "at*2" : CustomerStore.place
            let all = try state.database.prepare(
                """
                SELECT \(place), v.customer, v.case_id, v.version, v.who FROM case_version v
                WHERE \(customer == nil ? "1" : "v.customer=?4") AND \(place)<?3 AND at>=?1 AND at<?2
                  AND v.through<>'earlier' AND EXISTS(SELECT 1 FROM customer_case k WHERE k.id=v.case_id)
                ORDER BY at DESC, v.version DESC
                """)
            try all.bind(from?.ms ?? .min, 1)
            try all.bind(to?.ms ?? .max, 2)
            try all.bind(below ?? .max, 3)
            if let customer { try all.bind(customer, 4) }
            var found: [(place: Int64, customer: Int64, id: Int64, version: Int64)] = []
            while found.count < limit, try all.step() {
                if let who, !(all.text(4).map(who.contains) ?? false) { continue }
                found.append((all.int(0), all.int(1), all.int(2), all.int(3)))
            }
            return found
        }
        var lines: [CaseChangeLine] = []
        for row in rows {
            guard let version = try versions(ofCase: row.id, below: row.version + 1, limit: 1)?.first else { continue }
            lines.append(
                CaseChangeLine(place: row.place, customer: row.customer, caseID: row.id, version: version))
        }
        return lines
    }
}
