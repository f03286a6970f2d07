/// What a look-up outside the daemon, in the centre's CRM, said of a caller.
///
/// It is an event of the daemon's own, so that a replay asks nobody.
public struct OutsideAnswer: Equatable, Sendable, Codable {
    /// What came of the question; the raw value is in the log and in the API.
    public enum State: String, Equatable, Sendable, Codable, CaseIterable {
        /// The CRM knows the caller: the text says who.
        case found
        /// The CRM knows nobody with this number.
        case notFound = "not_found"
        /// Nothing came within the budget; it may still come.
        case late
        /// Nothing will come: the CRM is away, or its answer cannot be used.
        case failed
    }

    /// The look-up's name in the configuration.
    public var lookup: String
    /// What came of the question.
    public var state: State
    /// When the CRM said so. Before the call, for an answer that is kept from an earlier one.
    public var at: Timestamp
    /// How long the CRM took. Milliseconds; nil for an answer that was kept.
    public var took: Int64?
    /// A line `label: value` for each field that was found.
    public var text: String?
    /// The id that the CRM has for the customer.
    public var externalID: String?
    /// The customer's page in the CRM.
    public var url: String?
    /// It is older than the look-up's answers are trusted to be; a newer one is on its way, or cannot be had.
    public var isOld: Bool

    /// Copies its arguments.
    public init(
        lookup: String, state: State, at: Timestamp, took: Int64? = nil, text: String? = nil,
        externalID: String? = nil, url: String? = nil, isOld: Bool = false
    ) {
        self.lookup = lookup
        self.state = state
        self.at = at
        self.took = took
        self.text = text
        self.externalID = externalID
        self.url = url
        self.isOld = isOld
    }

    /// Without what it says of a person.
    var erased: OutsideAnswer {
        var answer = self
        if text != nil { answer.text = Erasure.text }
        answer.externalID = nil
        answer.url = nil
        return answer
    }
}

/// A look-up that is asked about callers, as pops name it.
public struct OutsideSource: Equatable, Sendable, Codable {
    /// The look-up's name in the configuration, as in `OutsideAnswer.lookup`.
    public var name: String
    /// What it is called on the screen.
    public var label: String

    /// Copies its arguments.
    public init(name: String, label: String) {
        self.name = name
        self.label = label
    }
}

extension CallerNumber {
    /// Whether look-ups outside are asked about it: a number, or digits that may be one although their range is not
    /// known. A CRM may have such a number, as our records may.
    public var isAskedOutside: Bool {
        switch kind {
        case .number: return e164 != nil
        case .withheld, .unavailable: return false
        case .notANumber:
            var digits = 0
            for byte in raw.utf8 {
                if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                    digits += 1
                } else if !"+-() .".utf8.contains(byte) {
                    return false
                }
            }
            return (9...15).contains(digits)
        }
    }
}

extension Call {
    /// Look-ups of one call, at most.
    static let outsideMax = 16

    /// Stores what a look-up said. What was found is not replaced by nothing: an old answer is better than none.
    mutating func note(_ answer: OutsideAnswer) {
        var all = outside
        guard let i = all.firstIndex(where: { $0.lookup == answer.lookup }) else {
            guard all.count < Call.outsideMax else { return }
            all.append(answer)
            outsideAnswers = all
            return
        }
        let isNothing = answer.state == .late || answer.state == .failed
        let hadAnswer = all[i].state == .found || all[i].state == .notFound
        guard !(isNothing && hadAnswer), !(answer.state == .late && all[i].state == .failed) else { return }
        all[i] = answer
        outsideAnswers = all
    }
}

extension Centre {
    mutating func apply(_ answer: OutsideAnswer, to id: String, _ event: Event, effects: inout [Effect]) {
        guard let number = number(of: CallKey(source: event.source, call: id)) else { return }
        var isChanged = false
        change(number) { call in
            let before = call.outside
            call.note(answer)
            isChanged = call.outside != before
        }
        guard isChanged, let call = calls[number], !call.life.isOver else { return }
        showRemarks(of: call, writtenBy: nil, at: event.time, effects: &effects)
    }

    /// The open calls that a look-up has not answered about, with who calls: what is asked after a start.
    public var callsWithoutOutside: [(call: CallKey, caller: CallerNumber, isKnown: Bool)] {
        guard !policy.outside.isEmpty else { return [] }
        return open.sorted().compactMap { number in
            guard let call = calls[number], let lookup = call.lookup, lookup.caller.isAskedOutside, !lookup.blocked,
                call.outside.count < policy.outside.count
            else { return nil }
            return (call.key, lookup.caller, call.customerID != nil)
        }
    }
}
