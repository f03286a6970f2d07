/// Finds the calls in memory by what requests ask for, without walking them. Its entries go with their calls.
///
/// The calls whose likeliest customer is asked for are in `Centre.byCustomer`.
struct CallIndex: Equatable, Sendable {
    /// Equal ids of several sources are several calls. Sorted by number.
    private(set) var byID: [String: [Int64]] = [:]
    /// By customers who may be the caller as well, behind the likeliest. Sorted by number.
    private(set) var byFurther: [Int64: [Int64]] = [:]

    mutating func add(_ key: CallKey, number: Int64) { CallIndex.add(number, to: &byID[key.call, default: []]) }

    mutating func remove(_ key: CallKey, number: Int64) { CallIndex.remove(number, of: key.call, &byID) }

    /// To be called when the look-up of a call was set.
    mutating func addFurther(of call: borrowing Call) {
        for customer in call.furtherCustomers { CallIndex.add(call.number, to: &byFurther[customer, default: []]) }
    }

    /// To be called before the look-up of a call is replaced.
    mutating func removeFurther(of call: borrowing Call) {
        for customer in call.furtherCustomers { CallIndex.remove(call.number, of: customer, &byFurther) }
    }

    private static func add(_ number: Int64, to numbers: inout [Int64]) {
        guard let last = numbers.last, last >= number else { return numbers.append(number) }
        guard !numbers.contains(number) else { return }
        numbers.insert(number, at: numbers.firstIndex { $0 > number } ?? numbers.count)
    }

    private static func remove<Key>(_ number: Int64, of key: Key, _ all: inout [Key: [Int64]]) {
        guard let i = all.index(forKey: key) else { return }
        all.values[i].removeAll { $0 == number }
        if all.values[i].isEmpty { all.remove(at: i) }
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
    /// The calls in memory with this id, one a source, oldest first.
    public func calls(withID id: String) -> [Call] { (callIndex.byID[id] ?? []).compactMap { calls[$0] } }

    /// The calls in memory that a customer may have made, as the likeliest caller or as a further one.
    func calls(withCandidate customer: Int64) -> [Call] {
        var numbers = byCustomer[customer] ?? []
        if let further = callIndex.byFurther[customer] { numbers += further }
        return numbers.compactMap { calls[$0] }
    }
}
