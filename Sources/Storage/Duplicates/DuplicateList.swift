import CallCenter
import SQLite
import Synchronization

/// All pairs of records that may be of one customer, for merging by hand.
///
/// Numbers, addresses and accounts are grouped by their indexes; names are compared in one pass over the records. The
/// list is kept until a record changes: it takes a second among a million customers. Read on a connection of its own,
/// so that neither writers nor searches wait for it.
public final class DuplicateList: Sendable {
    private let store: CustomerStore
    private let kept = Mutex<(through: Int64, pairs: [DuplicatePair])?>(nil)

    /// Members of one group that are compared with each other: a number of a whole company has more.
    private static let groupMax = 8
    /// More are not worked through by hand.
    public static let pairsMax = 10_000

    /// A list over these records; nothing is read before `pairs`.
    public init(_ store: CustomerStore) { self.store = store }

    /// The likeliest first.
    public func pairs() throws(StoreError) -> [DuplicatePair] {
        let through = try store.changesThrough() ?? 0
        if let known = kept.withLock({ $0 }), known.through == through { return known.pairs }
        var ids: Set<Pair> = []
        do throws(SQLiteError) {
            let database = try Connection(path: store.path, readOnly: true)
            try database.run("PRAGMA cache_size=-8192; PRAGMA mmap_size=268435456")
            for question in DuplicateList.groups { try DuplicateList.add(question, on: database, to: &ids) }
            try DuplicateList.addNames(on: database, to: &ids)
        } catch { throw StoreError(error, path: store.path) }
        var found: [(pair: DuplicatePair, rank: Int)] = []
        for pair in ids {
            guard let first = try store.customer(pair.first), let second = try store.customer(pair.second),
                let one = DuplicateProbe(first).duplicate(second)
            else { continue }
            let made = DuplicatePair(
                first: pair.first, second: pair.second, reasons: one.reasons, isSameName: one.isSameName)
            found.append((made, one.reasons.count + (one.isSameName ? 10 : 0)))
        }
        let pairs = found.sorted {
            ($1.rank, $0.pair.first, $0.pair.second) < ($0.rank, $1.pair.first, $1.pair.second)
        }.map(\.pair)
        kept.withLock { $0 = (through, pairs) }
        return pairs
    }

    private struct Pair: Hashable {
        var first, second: Int64
        init(_ a: Int64, _ b: Int64) { (first, second) = (min(a, b), max(a, b)) }
    }

    /// Values that several customers have, and who has such a value.
    private static let groups: [(values: String, members: String)] = [
        (
            "SELECT e164 FROM phone WHERE e164 IS NOT NULL GROUP BY e164 HAVING min(customer)<>max(customer)",
            "SELECT DISTINCT customer FROM phone WHERE e164=?1"
        ),
        (
            """
            SELECT email FROM customer WHERE email IS NOT NULL GROUP BY email HAVING count(*)>1
            UNION SELECT i.value FROM customer_identity i JOIN customer c ON c.email=i.value
              WHERE i.kind=1 AND c.id<>i.customer
            UNION SELECT value FROM customer_identity WHERE kind=1 GROUP BY value HAVING count(*)>1
            """,
            """
            SELECT id FROM customer WHERE email=?1
            UNION SELECT customer FROM customer_identity WHERE value=?1 AND kind=1
            """
        ),
        (
            """
            SELECT line_id FROM customer WHERE line_id IS NOT NULL GROUP BY line_id HAVING count(*)>1
            UNION SELECT i.value FROM customer_identity i JOIN customer c ON c.line_id=i.value
              WHERE i.kind=2 AND c.id<>i.customer
            UNION SELECT value FROM customer_identity WHERE kind=2 GROUP BY value HAVING count(*)>1
            """,
            """
            SELECT id FROM customer WHERE line_id=?1
            UNION SELECT customer FROM customer_identity WHERE value=?1 AND kind=2
            """
        ),
    ]

    private static func add(
        _ group: (values: String, members: String), on database: borrowing Connection, to ids: inout Set<Pair>
    ) throws(SQLiteError) {
        let values = try database.prepare(group.values)
        let members = try database.prepare("SELECT * FROM (\(group.members)) LIMIT \(groupMax)")
        while ids.count < pairsMax, try values.step() {
            try members.bind(values.text(0), 1)
            var group: [Int64] = []
            while try members.step() { group.append(members.int(0)) }
            members.reset()
            add(group, to: &ids)
        }
    }

    private static func add(_ group: [Int64], to ids: inout Set<Pair>) {
        for (i, one) in group.enumerated() {
            for other in group[(i + 1)...] where other != one && ids.count < pairsMax { ids.insert(Pair(one, other)) }
        }
    }

    /// Pairs of one name, or of one reading, with one address or company.
    private static func addNames(on database: borrowing Connection, to ids: inout Set<Pair>) throws(SQLiteError) {
        var keys: [(key: Int, id: Int64)] = []
        let all = try database.prepare(
            """
            SELECT id, name, kana, address, company, belongs_to FROM customer
            WHERE address IS NOT NULL OR company IS NOT NULL OR belongs_to IS NOT NULL
            """)
        while try all.step() {
            let id = all.int(0)
            let name = all.text(1) ?? ""
            var names = [Likeness.name(name), Likeness.name(all.text(2))].filter { !$0.isEmpty }
            // Japanese names are compared as a whole; in Latin letters the family name may come first or last.
            if name.utf8.count == name.count { names.append(Array(Likeness.words(name).joined())) }
            var places = [Likeness.address(all.text(3)), Likeness.company(all.text(4))].filter { !$0.isEmpty }
            if !all.isNull(5) { places.append([0, UInt32(truncatingIfNeeded: all.int(5))]) }
            for name in names {
                for place in places {
                    var hasher = Hasher()
                    hasher.combine(name)
                    hasher.combine(place)
                    keys.append((hasher.finalize(), id))
                }
            }
        }
        keys.sort { ($0.key, $0.id) < ($1.key, $1.id) }
        var from = 0
        while from < keys.count, ids.count < pairsMax {
            let to = keys[from...].firstIndex { $0.key != keys[from].key } ?? keys.count
            if to - from > 1 { add(keys[from..<to].prefix(groupMax).map(\.id), to: &ids) }
            from = to
        }
    }
}
