import CallCenter

/// Selects the lines of a list of calls, in memory and in the history alike: the counts behind a figure, or calls.
public struct CallFilter: Equatable, Sendable {
    /// The counts to list, a line each; none lists calls, by when they began.
    public var behind: [Behind] = []
    /// Of calls themselves: with a visit to this queue, or on the way to it.
    public var queue: String?
    /// Of calls themselves: at whom they rang or who spoke with them.
    public var `operator`: String?
    /// Of this customer alone, by id; nil for all.
    public var customer: Int64?
    /// Customers that are a part of that one now: their calls are the customer's.
    public var parts: Set<Int64> = []
    /// Calls that operators dialed, or those that came in; nil for both.
    public var isOutbound: Bool?
    /// Of calls themselves: dialed, over, and nobody answered.
    public var isNotReached = false
    /// Of calls with this disposition alone.
    public var disposition: String?
    /// Of calls whose other side's number, or whose line, has these digits in it.
    public var number: String?
    /// Of calls in whose notes, whose customer's name, or whose caller this text is, in letters of any case and width.
    public var text: String?
    /// Of calls themselves: those that began from `from` up to `to`.
    public var from: Timestamp?
    /// The moment before which a call began; nil for no bound.
    public var to: Timestamp?
    /// Open calls only.
    public var onlyOpen = false
    /// The current policy, with the thresholds to count by.
    public var policy = Policy()
    /// The end of states that still last.
    public var now = Timestamp(ms: 0)

    /// All calls.
    public init() {}

    /// No call that ended before this has a line.
    public var lastedUntil: Timestamp? {
        behind.isEmpty ? from : behind.contains { $0.from == nil } ? nil : behind.compactMap(\.from).min()
    }
    /// No call that began after this has a line.
    public var beganBefore: Timestamp? {
        behind.isEmpty ? to : behind.contains { $0.to == nil } ? nil : behind.compactMap(\.to).max()
    }
    /// A call that began before `lastedUntil` may have a line all the same.
    public var isOfMoments: Bool { !behind.isEmpty }

    /// Whether any line of the list is this call's.
    public func matches(_ call: borrowing Call) -> Bool { !lines(of: call).isEmpty }

    /// The lines of the list that are this call's, in the order of its visits.
    public func lines(of call: borrowing Call) -> [Counted] {
        if onlyOpen, call.life.isOver { return [] }
        if let customer, call.customerID.map({ $0 != customer && !parts.contains($0) }) ?? true { return [] }
        if let isOutbound, call.life.isOutbound != isOutbound { return [] }
        if let disposition, call.disposition != disposition { return [] }
        if isNotReached, call.result != "not_reached" { return [] }
        if let number, !call.hasNumber(with: number) { return [] }
        if let text, !call.mentions(text) { return [] }
        if !behind.isEmpty { return behind.flatMap { $0.counts(of: call, policy, now: now) } }
        guard let start = call.startedAt, from.map({ $0 <= start }) ?? true, to.map({ start < $0 }) ?? true else {
            return []
        }
        if let who = `operator`, !call.life.legs.contains(where: { $0.operator == who }) { return [] }
        if let queue, call.offered?.queue != queue || !call.life.visits.isEmpty,
            !call.life.visits.contains(where: { $0.queue == queue })
        {
            return []
        }
        return [Counted(at: start)]
    }
}

extension Call {
    /// - Parameter digits: some digits; other characters of it are not looked at.
    fileprivate func hasNumber(with digits: String) -> Bool {
        let wanted = digits.filter(\.isNumber)
        guard !wanted.isEmpty else { return false }
        let caller = lookup?.caller
        return [caller?.e164, caller?.display, caller?.raw, called].contains { text in
            text?.filter(\.isNumber).contains(wanted) ?? false
        }
    }

    fileprivate func mentions(_ text: String) -> Bool {
        let wanted = SearchText.normalized(text)
        guard !wanted.isEmpty else { return false }
        let texts = writings.map(\.text) + [customer?.name, lookup?.caller.display, disposition].compactMap { $0 }
        return texts.contains { text in
            let all = SearchText.normalized(text)
            guard all.count >= wanted.count else { return false }
            return (0...(all.count - wanted.count)).contains { all[$0..<($0 + wanted.count)].elementsEqual(wanted) }
        }
    }
}
