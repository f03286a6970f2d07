import CallCenter

/// The line that stays of a customer who was erased. It has none of the customer's data.
public struct ErasedCustomer: Equatable, Sendable {
    public var id: Int64
    /// The version that the erase made.
    public var version: Int64
    /// When it was erased.
    public var at: Timestamp
    /// Who erased it.
    public var author: Author
    /// As the one who erased wrote it.
    public var reason: String?
    /// When the log, the history and the files were free of the customer's data; nil while that is going on.
    public var doneAt: Timestamp?
    /// What was erased, and what was kept.
    public var counts: Counts

    /// What was erased, and what was kept because others have it too.
    public struct Counts: Equatable, Sendable {
        /// Versions of the record.
        public var versions: Int64 = 0
        /// Cases and promises.
        public var cases: Int64 = 0
        /// Telephone numbers.
        public var numbers: Int64 = 0
        /// Calls in the history and in memory.
        public var calls: Int64 = 0
        /// Contacts on other channels, and notes.
        public var contacts: Int64 = 0
        /// Entries of the log that were written again.
        public var entries: Int64 = 0
        /// Telephone numbers that another customer has too.
        public var numbersKept: Int64 = 0

        /// Nothing was erased.
        init() {}
    }
}

extension RecordChange {
    /// A customer who is erased.
    struct Erased: Equatable, Sendable {
        var id: Int64
        var version: Int64
        /// Ids of new cases start after this one.
        var casesBehind: Int64
        /// The same of purchases, contracts, contacts by hand and notes.
        var itemsBehind: Int64
        var reason: String?
        /// The calls in the live state that were the customer's.
        var calls: [ErasedCall]
    }
}

/// What has to be found and replaced for an erase, while it is under way.
struct ErasureWork: Equatable, Sendable {
    var erasure: Erasure
    /// Calls that are known to be the customer's.
    var calls: [ErasedCall] = []
    /// Texts of the customer, by which pages with remains are found.
    var texts: [String] = []
    /// Numbers that another customer has too.
    var kept: [String] = []
    /// Versions of other customers that have the customer's data: it was a part of them for a time.
    var hosts: [Host] = []
    /// Items of the inbox that are the customer's.
    var inbox: [Int64] = []

    struct Host: Equatable, Sendable {
        var customer: Int64
        var versions: ClosedRange<Int64>
    }

    var bytes: [UInt8] {
        var out = PackedWriter()
        out.byte(!inbox.isEmpty ? 3 : hosts.isEmpty ? 1 : 2)
        out.signed(erasure.customer)
        for words in [erasure.numbers, erasure.words] {
            out.list(words.sorted { $0.key < $1.key }) { out, one in
                out.text(one.key)
                out.text(one.value)
            }
        }
        out.list(calls) { $0.erasedCall($1) }
        for texts in [texts, kept] { out.list(texts) { $0.text($1) } }
        if !hosts.isEmpty || !inbox.isEmpty {
            out.list(hosts) { out, host in
                for number in [host.customer, host.versions.lowerBound, host.versions.upperBound] { out.signed(number) }
            }
        }
        if !inbox.isEmpty { out.list(inbox) { $0.signed($1) } }
        return out.bytes
    }

    init(_ erasure: Erasure) { self.erasure = erasure }

    init(_ bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in
            let format = try from.byte()
            guard (1...3).contains(format) else { throw Malformed() }
            var work = ErasureWork(Erasure(customer: try from.signed()))
            for (word, pseudonym) in try from.pairs() { work.erasure.numbers[word] = pseudonym }
            for (word, pseudonym) in try from.pairs() { work.erasure.words[word] = pseudonym }
            work.calls = try from.list { from throws(Malformed) in try from.erasedCall() }
            work.erasure.add(work.calls)
            work.texts = try from.texts()
            work.kept = try from.texts()
            guard format >= 2 else { return work }
            work.hosts = try from.list { from throws(Malformed) in
                let customer = try from.signed(), first = try from.signed(), last = try from.signed()
                guard first <= last else { throw Malformed() }
                return Host(customer: customer, versions: first...last)
            }
            if format == 3 { work.inbox = try from.list { from throws(Malformed) in try from.signed() } }
            return work
        }
    }
}

extension PackedWriter {
    mutating func erasedCall(_ call: ErasedCall) {
        signed(call.number)
        text(call.key.source)
        text(call.key.call)
        optional(call.started?.ms)
        list(call.codes) { $0.text($1) }
    }
}

extension PackedReader {
    mutating func erasedCall() throws(Malformed) -> ErasedCall {
        ErasedCall(
            number: try signed(), key: CallKey(source: try text(), call: try text()),
            started: try optionalSigned().map { Timestamp(ms: $0) }, codes: try texts())
    }

    fileprivate mutating func pairs() throws(Malformed) -> [(String, String)] {
        try list { from throws(Malformed) in (try from.text(), try from.text()) }
    }
}
