/// What the erasing of a customer replaces, in the log, in the history and in the live state alike.
///
/// The same replacement is made in all of them, and figures do not depend on what is replaced: names, notes and texts
/// become one constant text, and the customer's own numbers become words that keep calls of one number together. Tiers,
/// times, operators, queues and outcomes stay. So a replay of the replaced log gives the replaced state.
/// `Tests/EngineTests/ErasureReplayTests.swift` compares the two.
public struct Erasure: Equatable, Sendable {
    /// What stands in place of a name or text.
    public static let text = "(erased)"

    /// The customer's id. It stays in the log, and is not used again.
    public var customer: Int64
    /// The numbers that only this customer has, as look-ups use them, and what stands in place of each.
    public var numbers: [String: String]
    /// The same for mail addresses, accounts and ids in other systems.
    public var words: [String: String]
    /// The numbers of calls that are known to be the customer's, also where the caller's number stays.
    public private(set) var calls: Set<Int64>
    /// When these calls began, and their dispositions: look-ups of other customers may have one of them as a contact,
    /// where it was taken for theirs at first.
    private var quotes: [Timestamp: Set<String>] = [:]

    /// Copies its arguments.
    /// - Parameter customer: the id of the customer who is erased.
    public init(
        customer: Int64, numbers: [String: String] = [:], words: [String: String] = [:], calls: Set<Int64> = []
    ) {
        self.customer = customer
        self.numbers = numbers
        self.words = words
        self.calls = calls
    }

    /// Adds calls that are known to be the customer's.
    public mutating func add(_ more: [ErasedCall]) {
        for call in more {
            calls.insert(call.number)
            if let started = call.started { quotes[started, default: []].formUnion(call.codes) }
        }
    }

    /// Adds numbers of calls that are known to be the customer's.
    public mutating func add(calls more: Set<Int64>) { calls.formUnion(more) }

    // MARK: Numbers

    /// What stands in place of a number as somebody wrote it; nil for another one's.
    ///
    /// - Parameter caller: the number as it was read, where it was.
    func pseudonym(_ raw: String?, _ caller: CallerNumber? = nil) -> String? {
        if let raw, let found = pseudonym(ofText: raw) { return found }
        guard raw != nil, let caller else { return nil }
        return pseudonym(of: caller)
    }

    /// What stands in place of a number that was read; nil for another one's.
    func pseudonym(of caller: CallerNumber) -> String? {
        caller.e164.map { numbers[$0] } ?? numbers[caller.raw]
    }

    /// By the digits alone, as a PBX or a person may write them: with or without the country's prefix, in a URI.
    private func pseudonym(ofText raw: String) -> String? {
        if let found = numbers[raw] { return found }
        let user = AddressText(raw).user
        if let found = numbers[user] { return found }
        let digits = user.unicodeScalars.compactMap(Erasure.digit).drop { $0 == 0x30 }
        guard digits.count >= Erasure.digitsMin else { return nil }
        for (number, pseudonym) in numbers where number.utf8.first == UInt8(ascii: "+") {
            let own = number.utf8.dropFirst()
            guard own.count - digits.count <= Erasure.countryDigitsMax, own.count >= digits.count else { continue }
            if own.suffix(digits.count).elementsEqual(digits) { return pseudonym }
        }
        return nil
    }

    /// Fewer digits may be those of another number in another area.
    private static let digitsMin = 8
    private static let countryDigitsMax = 3

    private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0x30...0x39: UInt8(scalar.value)
        case 0xFF10...0xFF19: UInt8(scalar.value - 0xFF10 + 0x30)
        default: nil
        }
    }

    /// Whether a number is one of the customer's, or stands in place of one.
    private func isOwn(_ caller: CallerNumber) -> Bool {
        if pseudonym(of: caller) != nil { return true }
        return caller.e164.map { numbers.values.contains($0) } ?? false
    }

    // MARK: Calls

    /// Whether a call is the customer's: by the caller's number, by who was identified, or because it is known to be.
    public func isTheirs(_ call: Call) -> Bool {
        if calls.contains(call.number) || call.customerID == customer { return true }
        if let lookup = call.lookup, isOwn(lookup.caller) { return true }
        if let lookup = call.byNumber, isOwn(lookup.caller) { return true }
        let numbers = call.life.isOutbound ? [call.dialed?.to] : [call.offered?.from, call.dialed?.to]
        return numbers.contains { number in
            number.map { pseudonym($0) != nil || self.numbers.values.contains($0) } ?? false
        }
    }

    // MARK: Look-ups

    /// A look-up without the customer's data. What routing and figures used of it stays.
    public func applied(to lookup: Lookup) -> Lookup {
        var lookup = lookup
        if let pseudonym = pseudonym(of: lookup.caller) {
            let isE164 = lookup.caller.e164 != nil
            lookup.caller = CallerNumber(
                kind: lookup.caller.kind, raw: pseudonym, e164: isE164 ? pseudonym : nil, display: "")
        }
        for i in lookup.candidates.indices {
            if lookup.candidates[i].customer.id == customer { Erasure.blank(&lookup.candidates[i]) }
            if lookup.candidates[i].company?.id == customer { lookup.candidates[i].company = nil }
            for j in lookup.candidates[i].history.indices where !quotes.isEmpty {
                let contact = lookup.candidates[i].history[j]
                guard contact.channel == "phone", let codes = quotes[contact.at], !codes.contains(contact.summary)
                else { continue }
                lookup.candidates[i].history[j].summary = ""
            }
            for j in lookup.candidates[i].talks.indices {
                guard let number = lookup.candidates[i].talks[j].number, let pseudonym = numbers[number] else {
                    continue
                }
                lookup.candidates[i].talks[j].number = pseudonym
            }
        }
        return lookup
    }

    /// Keeps of a customer what decided about calls: tier, owner, who may not be paired, times.
    private static func blank(_ candidate: inout Candidate) {
        let before = candidate.customer
        candidate.customer = CustomerCard(
            id: before.id, name: Erasure.text, tier: before.tier, owner: before.owner,
            cautions: before.cautions.map { _ in Erasure.text }, doNotPair: before.doNotPair)
        for i in candidate.history.indices { candidate.history[i].summary = "" }
        for i in candidate.cases.indices { candidate.cases[i].title = Erasure.text }
        candidate.dealings = nil
        candidate.company = nil
    }
}

extension CustomerCard {
    /// Stands in place of the card of a customer who was erased.
    public var isErased: Bool { name == Erasure.text && externalID == nil && kana == nil && email == nil }
}

/// A call of a customer who was erased, by which its events are found in the log.
public struct ErasedCall: Equatable, Sendable {
    /// Our number of it.
    public var number: Int64
    /// What the PBX calls it.
    public var key: CallKey
    /// When it began; nil where that is not known.
    public var started: Timestamp?
    /// Its dispositions.
    public var codes: [String]

    /// Copies its arguments.
    public init(number: Int64, key: CallKey, started: Timestamp? = nil, codes: [String] = []) {
        self.number = number
        self.key = key
        self.started = started
        self.codes = codes
    }

    /// A call that is in memory, as it is now.
    public init(_ call: Call) {
        self.init(
            number: call.number, key: call.key, started: call.startedAt,
            codes: call.remarks.compactMap { if case .disposition(let code) = $0.what { code } else { nil } })
    }
}
