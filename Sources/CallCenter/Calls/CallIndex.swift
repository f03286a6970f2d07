/// Finds the calls in memory by what requests ask for, without walking them. Its entries go with their calls.
///
/// The calls whose likeliest customer is asked for are in `Centre.byCustomer`.
struct CallIndex: Equatable, Sendable {
    /// By the hash of the id: to find a number among numbers takes a third of what it takes to find a text among texts.
    /// Equal ids of several sources are several calls, and so are ids with one hash.
    private var byID: [Int: Numbers] = [:]
    /// By customers who may be the caller as well, behind the likeliest. Sorted by number.
    private(set) var byFurther: [Int64: [Int64]] = [:]

    /// Numbers of calls, sorted. Nearly always it is one, which needs no memory of its own.
    struct Numbers: Equatable, Sendable {
        private(set) var first: Int64
        private(set) var others: [Int64] = []

        var all: [Int64] { [first] + others }

        init(_ number: Int64) { first = number }

        fileprivate mutating func add(_ number: Int64) {
            if number == first { return }
            CallIndex.add(max(number, first), to: &others)
            first = min(number, first)
        }

        /// False when nothing is left.
        fileprivate mutating func remove(_ number: Int64) -> Bool {
            if number != first {
                others.removeAll { $0 == number }
            } else if others.isEmpty {
                return false
            } else {
                first = others.removeFirst()
            }
            return true
        }
    }

    mutating func add(_ key: CallKey, number: Int64) {
        let hash = key.call.hashValue
        guard let i = byID.index(forKey: hash) else { return byID[hash] = Numbers(number) }
        byID.values[i].add(number)
    }

    /// Among them are the calls with this id; others may be as well.
    func numbers(of id: String) -> Numbers? { byID[id.hashValue] }

    mutating func remove(_ key: CallKey, number: Int64) {
        guard let i = byID.index(forKey: key.call.hashValue) else { return }
        if !byID.values[i].remove(number) { byID.remove(at: i) }
    }

    /// To be called when the look-up of a call was set.
    mutating func addFurther(of call: borrowing Call) {
        for customer in call.furtherCustomers { CallIndex.add(call.number, to: &byFurther[customer, default: []]) }
    }

    /// To be called before the look-up of a call is replaced.
    mutating func removeFurther(of call: borrowing Call) {
        for customer in call.furtherCustomers {
            guard let i = byFurther.index(forKey: customer) else { continue }
            byFurther.values[i].removeAll { $0 == call.number }
            if byFurther.values[i].isEmpty { byFurther.remove(at: i) }
        }
    }

    private static func add(_ number: Int64, to numbers: inout [Int64]) {
        guard let last = numbers.last, last >= number else { return numbers.append(number) }
        guard !numbers.contains(number) else { return }
        numbers.insert(number, at: numbers.firstIndex { $0 > number } ?? numbers.count)
    }
}

extension Call {
    /// Customers who may be the caller, without the likeliest.
    fileprivate var furtherCustomers: [Int64] {
        guard let candidates = lookup?.candidates, candidates.count > (ranking.isEmpty ? 0 : 1) else { return [] }
        let likeliest = customerID
        return candidates.map(\.customer.id).filter { $0 != likeliest }
    }
}

extension Centre {
    /// Where a call in memory is.
    func place(of key: CallKey) -> CallTable.Place? {
        guard let numbers = callIndex.numbers(of: key.call) else { return nil }
        if let place = calls.place(of: numbers.first), calls[place].key == key { return place }
        for number in numbers.others {
            if let place = calls.place(of: number), calls[place].key == key { return place }
        }
        return nil
    }

    /// The number of a call in memory.
    func number(of key: CallKey) -> Int64? { place(of: key).map { calls[$0].number } }

    /// The calls in memory with this id, one a source, oldest first.
    public func calls(withID id: String) -> [Call] {
        callIndex.numbers(of: id)?.all.compactMap { calls[$0] }.filter { $0.key.call == id } ?? []
    }

    /// The calls in memory that a customer may have made, as the likeliest caller or as a further one.
    func calls(withCandidate customer: Int64) -> [Call] {
        var numbers = byCustomer[customer] ?? []
        if let further = callIndex.byFurther[customer] { numbers += further }
        return numbers.compactMap { calls[$0] }
    }
}
