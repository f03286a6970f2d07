import CallCenter
import SQLite

/// Whether the view log is as it was written.
public struct ViewVerdict: Sendable {
    /// What is not right.
    public struct Fault: Equatable, Sendable {
        /// What is wrong; the raw value is in the API.
        public enum Kind: String, Equatable, Sendable, CaseIterable {
            /// These entries, or the hash before them, are not those that were written.
            case changed
            /// Entries between others are gone.
            case missing
            /// There are entries where others are already.
            case inserted
            /// The newest entries are gone.
            case cutOff = "cut_off"
            /// The oldest entries are gone, and the retention did not remove them.
            case begins
            /// The index by customers does not say what the entries say: views would not be found.
            case index
            /// The hash that was expected is nowhere in the chain.
            case expected
        }
        /// What is wrong.
        public var kind: Kind
        /// The entries concerned; nil where none can be named.
        public var from: Int64?
        /// The last of the entries concerned; nil where none can be named.
        public var to: Int64?
    }

    /// Entries that are there, and how many of them are views.
    public var entries: Int64 = 0
    /// How many of the entries are views; the others are of the log itself.
    public var views: Int64 = 0
    /// The newest entry, and the hash of its link: to be stored elsewhere, and given to a later `--expect`.
    public var head = ViewMark(seq: 0, hash: [])
    /// The place before the oldest entry.
    public var anchor = ViewMark(seq: 0, hash: [])
    /// The times of the oldest and of the newest entry; nil for none.
    public var firstAt: Timestamp?
    /// When the newest entry was written; nil without any.
    public var lastAt: Timestamp?
    /// `faultsMax` at most, in the order of the entries.
    public var faults: [Fault] = []
    /// Whether nothing is wrong.
    public var isIntact: Bool { faults.isEmpty }

    static let faultsMax = 100

    mutating func add(_ kind: Fault.Kind, _ from: Int64? = nil, _ to: Int64? = nil) {
        let fault = Fault(kind: kind, from: from, to: to)
        if faults.count < ViewVerdict.faultsMax, faults.last != fault { faults.append(fault) }
    }
}

extension ViewVerdict {
    /// The chain ends elsewhere than it should.
    fileprivate mutating func addEnd(_ end: ViewMark, insteadOf right: ViewMark?) {
        let seq = right?.seq ?? 0
        if seq > end.seq {
            add(.cutOff, end.seq + 1, seq)
        } else if seq < end.seq {
            add(.inserted, seq + 1, end.seq)
        } else {
            add(.changed, seq, seq)
        }
    }
}

/// Checks the chain, link by link: a value without a database, to be given each row in order.
struct ViewChain {
    private(set) var verdict = ViewVerdict()
    private var previous: ViewMark
    /// The newest record of a cut.
    private var cut: ViewCut?
    /// The hash that has to be there; nil for none.
    private let expected: HashDigits?
    private var isExpectedFound: Bool
    /// What the writer wrote last, while it runs.
    private let written: ViewMark?
    private var isWrittenFound: Bool
    /// Sums over the pairs of customer and link in the entries: equal to those over the index when both have the same.
    private var pairs = PairSum()

    /// - Parameter expected: in hexadecimal digits, or the first of them.
    init(anchor: ViewMark, expected: String? = nil, written: ViewMark? = nil) {
        previous = anchor
        verdict.anchor = anchor
        verdict.head = anchor
        let digits = expected.map { HashDigits($0) }
        self.expected = digits
        self.written = written
        isExpectedFound = digits?.begin(anchor.hash) ?? true
        isWrittenFound = written.map { $0 == anchor } ?? true
    }

    mutating func add(_ link: ViewLink, hash: [UInt8]) {
        let next = previous.seq &+ 1
        if link.first > next {
            verdict.add(.missing, next, link.first - 1)
        } else if link.first < next || link.count < 1 {
            verdict.add(.inserted, link.first, link.last)
            // The next one is held against the link before this one.
            return read(link)
        } else if link.hash(after: previous.hash) != hash {
            verdict.add(.changed, link.first, link.last)
        }
        read(link)
        // The hash that is in the row: one change is one fault, and not a fault in everything after it.
        previous = ViewMark(seq: link.last, hash: hash)
        verdict.head = previous
        verdict.entries += max(0, link.count)
        if verdict.firstAt == nil { verdict.firstAt = Timestamp(ms: link.firstAt) }
        verdict.lastAt = Timestamp(ms: link.lastAt)
        if let expected, !isExpectedFound { isExpectedFound = expected.begin(hash) }
        if previous == written { isWrittenFound = true }
    }

    /// What the index has to say of it, and what it says of a cut.
    private mutating func read(_ link: ViewLink) {
        link.body.withUnsafeBytes { bytes in
            switch ViewLink.Kind(rawValue: link.kind) {
            case .views:
                let views = (try? ViewBytes.decode(bytes)) ?? []
                verdict.views += Int64(views.count)
                if Int64(views.count) != link.count { verdict.add(.changed, link.first, link.last) }
                for customer in Set(views.map(\.customer)) { pairs.add(customer, link.first) }
            case .cut: cut = try? ViewCut(bytes)
            case nil: verdict.add(.changed, link.first, link.last)
            }
        }
    }

    /// - Parameters:
    ///   - head: the newest entry, as the file has it beside the links.
    ///   - index: the sum over the file's index.
    func finished(head: ViewMark?, index: PairSum) -> ViewVerdict {
        var verdict = self.verdict
        let begins = cut.map { ViewMark(seq: $0.through, hash: $0.hash) }
        if begins.map({ $0 != verdict.anchor }) ?? (verdict.anchor.seq != 0) {
            verdict.add(.begins, nil, verdict.anchor.seq)
        }
        if head != previous { verdict.addEnd(previous, insteadOf: head) }
        if !isWrittenFound { verdict.addEnd(previous, insteadOf: written) }
        if index != pairs { verdict.add(.index) }
        if !isExpectedFound { verdict.add(.expected) }
        return verdict
    }
}

/// The first digits of a hash, or all.
struct HashDigits {
    /// Each of them, 0 to 15; 16 for what is no digit, which no hash has.
    private let digits: [UInt8]

    /// - Parameter text: in hexadecimal digits.
    init(_ text: String) { digits = text.map { UInt8($0.hexDigitValue ?? 16) } }

    /// Whether a hash begins with them.
    func begin(_ hash: [UInt8]) -> Bool {
        digits.count <= hash.count * 2
            && digits.indices.allSatisfy { digits[$0] == ($0 % 2 == 0 ? hash[$0 / 2] >> 4 : hash[$0 / 2] & 15) }
    }
}

/// A sum over a set of pairs that does not depend on their order. Swift's hashes are seeded at random in each process,
/// so nobody can make another set with the same sum.
struct PairSum: Equatable {
    private var sum = 0
    private var count = 0

    mutating func add(_ customer: Int64, _ link: Int64) {
        var hasher = Hasher()
        hasher.combine(customer)
        hasher.combine(link)
        sum &+= hasher.finalize()
        count += 1
    }
}

extension ViewReader {
    /// Reads the whole log and checks it: about a second for each million links.
    ///
    /// - Parameters:
    ///   - directory: the state directory; the daemon may run there.
    ///   - expected: a hash that an administrator stored earlier, in hexadecimal digits, or the first of them.
    ///   - written: what the writer wrote last, while it runs.
    public static func verify(
        in directory: String, expecting expected: String? = nil, written: ViewMark? = nil
    ) throws(StoreError) -> ViewVerdict {
        let database = try ViewsDatabase.reader(directory), path = ViewsDatabase.path(directory)
        do throws(SQLiteError) {
            // One transaction: what is written meanwhile is not looked at.
            try database.run("BEGIN")
            let anchor = try ViewMark.read("anchor", database)
            var chain = ViewChain(
                anchor: anchor ?? ViewMark(seq: 0, hash: []), expected: expected, written: written)
            let links = try database.prepare(
                "SELECT kind, first, count, first_at, last_at, body, hash FROM link ORDER BY first")
            while try links.step() {
                let link = ViewLink(
                    kind: links.int(0), first: links.int(1), count: links.int(2), firstAt: links.int(3),
                    lastAt: links.int(4), body: links.withBytes(5) { Array($0) })
                chain.add(link, hash: links.withBytes(6) { Array($0) })
            }
            var index = PairSum()
            let seen = try database.prepare("SELECT customer, link FROM seen")
            while try seen.step() { index.add(seen.int(0), seen.int(1)) }
            return chain.finished(head: try ViewMark.read("head", database), index: index)
        } catch { throw StoreError(error, path: path) }
    }
}
