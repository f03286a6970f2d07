/// A checkpoint contains a day's callers, hundreds of thousands in a large centre. One text of numbers takes a tenth of
/// the time and space of a keyed container for each caller.
extension CallerMemory: Codable {
    /// Keys of three schema versions: `numbers` is from before requested callbacks, tries and claims existed, `callers`
    /// from before every visit of a call counted. `visits` is written now, with the `contacts` of customers.
    private enum Key: String, CodingKey { case numbers, callers, visits, contacts, words }

    public func encode(to encoder: any Encoder) throws {
        var out = NumberText()
        var words: [String] = []
        var places: [String: Int64] = [:]
        func place(_ word: String) -> Int64 {
            if let place = places[word] { return place }
            let place = Int64(words.count)
            words.append(word)
            places[word] = place
            return place
        }
        for (key, caller) in callers {
            out.append(Int64(key))
            out.append(caller.customer)
            out.append(Int64(caller.reached.count))
            for at in caller.reached { out.append(at.ms) }
            out.append(caller.claim?.since.ms)
            if let claim = caller.claim { out.append(place(claim.by)) }
            out.append(Int64(caller.tries.count))
            for made in caller.tries {
                out.append(made.call)
                out.append(made.at.ms)
                out.append(place(made.operator))
                out.append(made.reachedAt?.ms)
            }
            out.append(Int64(caller.calls.count))
            for entry in caller.calls {
                out.append(entry.call)
                out.append(entry.start.ms)
                out.append(entry.outcome.answeredAt?.ms)
                out.append(Int64(entry.outcome.answeredAgain.count))
                for at in entry.outcome.answeredAgain { out.append(at.ms) }
                let allLost = entry.outcome.allLost
                out.append(Int64(allLost.count))
                for lost in allLost {
                    out.append(lost.at.ms)
                    out.append(lost.kind == .requested ? 1 : 0)
                    out.append(lost.waited)
                    out.append(place(lost.queue))
                    out.append(place(lost.tier))
                }
            }
        }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(out.text, forKey: .visits)
        try container.encode(words, forKey: .words)
        var others = NumberText()
        for (id, contact) in contacts {
            others.append(id)
            others.append(contact.customer)
            others.append(contact.at.ms)
        }
        try container.encode(others.text, forKey: .contacts)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let words = try container.decode([String].self, forKey: .words)
        let isOld = container.contains(.numbers), hasVisits = container.contains(.visits)
        let key: Key = isOld ? .numbers : hasVisits ? .visits : .callers
        var from = NumberReader(try container.decode(String.self, forKey: key))
        func malformed() -> DecodingError {
            .dataCorruptedError(forKey: .numbers, in: container, debugDescription: "not the callers of a checkpoint")
        }
        func number() throws -> Int64 {
            guard let number = try from.next() else { throw malformed() }
            return number
        }
        func word() throws -> String {
            let place = try number()
            guard words.indices.contains(Int(place)) else { throw malformed() }
            return words[Int(place)]
        }
        self.init()
        do {
            while !from.isAtEnd {
                let key = UInt64(clamping: try number())
                var caller = Caller(customer: try from.next())
                if hasVisits {
                    for _ in 0..<max(0, try number()) { caller.reached.append(Timestamp(ms: try number())) }
                } else if let at = try from.next() {
                    caller.reached = [Timestamp(ms: at)]
                }
                if !isOld {
                    if let since = try from.next() { caller.claim = .init(by: try word(), since: Timestamp(ms: since)) }
                    for _ in 0..<max(0, try number()) {
                        var made = Callback.Try(
                            call: try number(), at: Timestamp(ms: try number()), operator: try word())
                        made.reachedAt = try from.next().map { Timestamp(ms: $0) }
                        caller.tries.append(made)
                    }
                }
                for _ in 0..<max(0, try number()) {
                    var entry = Entry(call: try number(), start: Timestamp(ms: try number()))
                    entry.outcome.answeredAt = try from.next().map { Timestamp(ms: $0) }
                    func lost(at: Int64) throws -> Entry.Lost {
                        let kind: Callback.Kind = isOld ? .abandoned : try number() == 1 ? .requested : .abandoned
                        let waited = try number()
                        return .init(
                            kind: kind, at: Timestamp(ms: at), queue: try word(), tier: try word(), waited: waited)
                    }
                    if hasVisits {
                        for _ in 0..<max(0, try number()) {
                            entry.outcome.answeredAgain.append(Timestamp(ms: try number()))
                        }
                        var allLost: [Entry.Lost] = []
                        for _ in 0..<max(0, try number()) { allLost.append(try lost(at: try number())) }
                        entry.outcome.lost = allLost.popLast()
                        entry.outcome.lostBefore = allLost
                    } else {
                        entry.outcome.lost = try from.next().map(lost)
                    }
                    caller.calls.append(entry)
                }
                restore(caller, key)
            }
            from = NumberReader(try container.decodeIfPresent(String.self, forKey: .contacts) ?? "")
            while !from.isAtEnd {
                let id = try number()
                note(Contact(customer: try number(), at: Timestamp(ms: try number())), id: id)
            }
        } catch is NumberReader.Malformed { throw malformed() }
    }
}

/// Numbers in decimal with a space behind each, `-` for none.
struct NumberText {
    private var bytes: [UInt8] = []
    private var digits: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ number: Int64?) {
        if let number {
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            var rest = number.magnitude
            digits.removeAll(keepingCapacity: true)
            repeat {
                digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits.reversed())
        } else {
            bytes.append(UInt8(ascii: "-"))
        }
        bytes.append(UInt8(ascii: " "))
    }
}

/// Reads what `NumberText` wrote.
struct NumberReader {
    struct Malformed: Error {}
    private let bytes: [UInt8]
    private var at = 0
    var isAtEnd: Bool { at == bytes.count }

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() throws(Malformed) -> Int64? {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: " ")), end > at else { throw Malformed() }
        defer { at = end + 1 }
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative, end == at + 1 { return nil }
        var number: Int64 = 0
        for digit in bytes[(isNegative ? at + 1 : at)..<end] {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { throw Malformed() }
            // Digits are subtracted, because `Int64.min` has no positive counterpart.
            let (tens, tooMany) = number.multipliedReportingOverflow(by: 10)
            let (next, tooFar) = tens.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !tooMany, !tooFar else { throw Malformed() }
            number = next
        }
        guard isNegative || number != .min else { throw Malformed() }
        return isNegative ? number : -number
    }
}
