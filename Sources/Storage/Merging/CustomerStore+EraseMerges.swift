import CallCenter
import SQLite

/// What erasing a customer has to do with merges. The rows of `customer_merge` stay: they have no data of anybody.
extension CustomerStore.State {
    /// Versions of other customers that have a customer's data, from merges that were taken apart. Of a merge that
    /// holds, the one who stays is erased too.
    borrowing func hosts(of id: Int64) throws(SQLiteError) -> [ErasureWork.Host] {
        let all = try database.prepare(
            """
            SELECT into_id, into_version, undone_version FROM customer_merge
            WHERE other=? AND undone_version>into_version ORDER BY id
            """)
        try all.bind(id, 1)
        var found: [ErasureWork.Host] = []
        while try all.step() {
            found.append(.init(customer: all.int(0), versions: all.int(1)...all.int(2) - 1))
        }
        return found
    }

    /// Removes a customer from the merged ones, and from versions of those it was a part of.
    borrowing func eraseMerges(of id: Int64, _ hosts: [ErasureWork.Host]) throws(SQLiteError) {
        for host in hosts { try erase(host) }
        try database.run(
            """
            DELETE FROM merged_customer WHERE id=\(id);
            DELETE FROM merged_case WHERE origin=\(id)
            """)
    }

    /// What follows these versions was made of the last one before them, and so were deletions among them: as a rebuild
    /// of a log without them has it.
    private borrowing func erase(_ host: ErasureWork.Host) throws(SQLiteError) {
        let first = host.versions.lowerBound, last = host.versions.upperBound, customer = host.customer
        try unindex(customer, versions: host.versions)
        let all = try database.prepare(
            """
            SELECT version FROM customer_version
            WHERE customer=? AND version>? AND version<=? AND before IS NULL ORDER BY version
            """)
        try all.bind(customer, 1)
        try all.bind(first, 2)
        try all.bind(last + 1, 3)
        // A version that was made of nothing brought a deleted customer back; the one before it was the deletion.
        var kept: [Int64] = []
        while try all.step() { kept += [all.int(0) - 1, all.int(0)] }
        let list = kept.map(String.init).joined(separator: ",")
        try database.run(
            """
            UPDATE customer_version SET before=(SELECT before FROM customer_version WHERE customer=\(customer) \
            AND version=\(first)) WHERE customer=\(customer) AND version>\(first) AND version<=\(last + 1) \
            AND before IS NOT NULL AND (version=\(last + 1) OR version IN (\(list))) \
            AND EXISTS (SELECT 1 FROM customer_version WHERE customer=\(customer) AND version=\(first));
            DELETE FROM customer_version WHERE customer=\(customer) AND version BETWEEN \(first) AND \(last) \
            AND version NOT IN (\(list))
            """)
    }
}
