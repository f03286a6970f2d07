/// What was written of calls that were answered (metrics.md, "Outcomes that operators give").
///
/// Calls are counted, and not visits: once in the centre, its tier and its line, once in each queue in which they were
/// answered, and once of each operator who answered them. All of it counts where the answer was, however much later it
/// was written, so that what is divided lies in the same interval as what it is divided by.
public struct OutcomeFigures: Equatable, Sendable, Codable {
    /// Calls that an operator answered.
    public internal(set) var answeredCalls = 0
    /// Those of them with a note or a disposition.
    public internal(set) var documented = 0
    /// Those of them with a disposition, by the code of the newest.
    public internal(set) var dispositions: [String: Int] = [:]

    /// Nothing was counted.
    public init() {}

    /// Reads what `numbers` wrote; nil for anything else.
    package init?(numbers: [Int64]) {
        var rest = numbers[...]
        self.init(taking: &rest)
        if !rest.isEmpty { return nil }
    }

    /// Whether nothing was counted.
    var isEmpty: Bool { answeredCalls == 0 && documented == 0 && dispositions.isEmpty }
    /// Calls with any disposition.
    public var withDisposition: Int { dispositions.values.reduce(0, +) }
    /// Calls that came out as one of `codes`.
    public func complaints(_ codes: Set<String>) -> Int {
        dispositions.reduce(0) { codes.contains($1.key) ? $0 + $1.value : $0 }
    }
    /// - Parameter codes: of the dispositions that are complaints (`Policy.complaints`).
    public func complaintRate(_ codes: Set<String>) -> Double? {
        let all = withDisposition
        return all > 0 ? Double(complaints(codes)) / Double(all) : nil
    }
    /// Documented calls of the answered ones, between 0 and 1; nil without an answered call.
    public var documentedRate: Double? { answeredCalls > 0 ? Double(documented) / Double(answeredCalls) : nil }

    static func += (a: inout OutcomeFigures, b: OutcomeFigures) {
        a.answeredCalls += b.answeredCalls
        a.documented += b.documented
        for (code, count) in b.dispositions { a.add(count, of: code) }
    }

    private mutating func add(_ count: Int, of code: String) {
        let sum = dispositions[code, default: 0] + count
        dispositions[code] = sum == 0 ? nil : sum
    }

    mutating func add(_ entry: OutcomeEntry, _ sign: Int) {
        answeredCalls += sign
        if entry.isDocumented { documented += sign }
        if let code = entry.disposition { add(sign, of: code) }
    }
}

// MARK: Kept as numbers

extension OutcomeFigures {
    /// All values as numbers, for storage: nothing when there is nothing. A code is its length in bytes, and seven
    /// bytes a number.
    package var numbers: [Int64] {
        if isEmpty { return [] }
        var numbers = [Int64(answeredCalls), Int64(documented), Int64(dispositions.count)]
        for (code, count) in dispositions.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(code.utf8)
            numbers.append(Int64(bytes.count))
            for start in stride(from: 0, to: bytes.count, by: 7) {
                numbers.append(bytes[start..<min(start + 7, bytes.count)].reduce(0) { $0 << 8 | Int64($1) })
            }
            numbers.append(Int64(count))
        }
        return numbers
    }

    /// Reads what `numbers` wrote from the beginning of a list; nil for anything else.
    package init?(taking rest: inout ArraySlice<Int64>) {
        if rest.isEmpty { return }
        guard rest.count >= 3 else { return nil }
        answeredCalls = Int(truncatingIfNeeded: rest.removeFirst())
        documented = Int(truncatingIfNeeded: rest.removeFirst())
        var codes = rest.removeFirst()
        while codes > 0 {
            guard let length = rest.popFirst(), (0...4_096).contains(length), rest.count > (length + 6) / 7 else {
                return nil
            }
            var bytes: [UInt8] = []
            while bytes.count < Int(length) {
                let part = rest.removeFirst(), count = min(7, Int(length) - bytes.count)
                for place in (0..<count).reversed() {
                    bytes.append(UInt8(truncatingIfNeeded: part >> Int64(8 * place)))
                }
            }
            dispositions[String(decoding: bytes, as: UTF8.self)] = Int(truncatingIfNeeded: rest.removeFirst())
            codes -= 1
        }
    }
}

// MARK: What a call adds

/// The remarks about one answered call, with every place where they count. A change is booked by subtracting the old
/// value and adding the new one.
struct OutcomeEntry: Equatable {
    /// `Ledger.wholeCentre` for the call itself; otherwise a queue in which it was answered, where it was so first.
    struct Answer: Equatable {
        var queue: String
        var at: Timestamp
    }
    struct Part: Equatable {
        var `operator`: String
        /// The first answer.
        var at: Timestamp
    }

    var tier: String
    var line: String
    var answers: [Answer]
    var operators: [Part]
    var isDocumented: Bool
    var disposition: String?
}

extension Call {
    /// A note was finished, or a disposition was set.
    package var isDocumented: Bool { written?.isEmpty == false }

    /// nil for a call that no operator answered, and for one that was dialed.
    var outcomeEntry: OutcomeEntry? {
        guard let first = firstAnswer(in: nil) else { return nil }
        // As many as most calls have.
        var answers: [OutcomeEntry.Answer] = [], operators: [OutcomeEntry.Part] = []
        answers.reserveCapacity(2)
        answers.append(.init(queue: Ledger.wholeCentre, at: first.at))
        for i in life.visits.indices where life.visits[i].outcome == .answered {
            guard let at = life.visits[i].outcomeAt, !answers.contains(where: { $0.queue == life.visits[i].queue })
            else { continue }
            answers.append(.init(queue: life.visits[i].queue, at: at))
        }
        for i in life.legs.indices where life.legs[i].visit != nil && life.legs[i].answeredAt != nil {
            let who = life.legs[i].operator
            guard !operators.contains(where: { $0.operator == who }), let part = firstAnswer(in: nil, by: who)
            else { continue }
            if operators.isEmpty { operators.reserveCapacity(1) }
            operators.append(.init(operator: who, at: part.at))
        }
        return OutcomeEntry(
            tier: tier, line: line, answers: answers, operators: operators, isDocumented: isDocumented,
            disposition: disposition)
    }

    /// Where a call counts as answered: the first of its visits that was, in that queue or in any.
    func firstAnswer(in queue: String?) -> (at: Timestamp, visit: Int)? {
        for i in life.visits.indices where life.visits[i].outcome == .answered {
            if queue == nil || life.visits[i].queue == queue, let at = life.visits[i].outcomeAt { return (at, i) }
        }
        return nil
    }

    /// Where it counts as answered by an operator: the first time, in that queue or in any.
    func firstAnswer(in queue: String?, by who: String) -> (at: Timestamp, visit: Int)? {
        var first: (at: Timestamp, visit: Int)?
        for i in life.legs.indices where life.legs[i].operator == who {
            guard let at = life.legs[i].answeredAt, let visit = life.legs[i].visit, life.visits.indices.contains(visit),
                queue == nil || life.visits[visit].queue == queue, first.map({ at < $0.at }) ?? true
            else { continue }
            first = (at, visit)
        }
        return first
    }
}
