/// What a pop shows of the look-ups outside: the pop is sent without waiting for them, and updated by each answer.
public struct PopOutside: Equatable, Sendable, Codable {
    /// What a look-up has said so far.
    public enum State: String, Equatable, Sendable, Codable, CaseIterable {
        /// Asked, and within its budget.
        case pending
        /// The CRM knows the caller.
        case found
        /// The CRM knows nobody with this number.
        case notFound = "not_found"
        /// Nothing came within the budget; it may still come.
        case late
        /// Nothing will come.
        case failed
    }

    /// A fact that the CRM gave.
    public struct Field: Equatable, Sendable, Codable {
        /// What the centre's configuration calls it.
        public var label: String
        /// As the CRM gave it.
        public var value: String
    }

    /// What one look-up says.
    public struct Source: Equatable, Sendable, Codable {
        /// The look-up's name in the configuration.
        public var lookup: String
        /// What it is called on the screen.
        public var label: String
        /// What it has said so far.
        public var state: State
        /// When the answer was given; nil without one.
        public var at: Timestamp?
        /// How old the answer is. Milliseconds; nil without one.
        public var age: Int64?
        /// Whether the answer is older than it is trusted to be.
        public var isOld: Bool
        /// What the CRM said, in the order of the configuration; empty without an answer.
        public var fields: [Field]
        /// The id that the CRM has for the customer; nil when it gave none.
        public var externalID: String?
        /// The customer's page in the CRM; nil when it gave none.
        public var url: String?
    }

    /// In the order of the configuration.
    public var sources: [Source]

    /// Whether nothing more is expected; false: the pop is partial.
    public var isComplete: Bool { !sources.contains { $0.state == .pending || $0.state == .late } }

    /// No answer is expected after this time. Milliseconds: well beyond the longest timeout.
    static let expectedWithin: Int64 = 40_000

    /// - Returns: nil for a centre without look-ups, and for a caller without a number.
    init?(_ call: Call, _ asked: [OutsideSource], at time: Timestamp) {
        // Most centres have none: nothing more is looked at for their pops.
        if asked.isEmpty, call.outsideAnswers == nil { return nil }
        let isAsked = call.lookup.map { $0.caller.isAskedOutside && !$0.blocked } ?? false
        guard !call.outside.isEmpty || (isAsked && !asked.isEmpty) else { return nil }
        let known = Set(asked.map(\.name))
        // What is not configured any more has answered before.
        let others = call.outside.filter { !known.contains($0.lookup) }
            .map { OutsideSource(name: $0.lookup, label: $0.lookup) }
        let isExpected = time - (call.firstHeard ?? time) < PopOutside.expectedWithin
        sources = (asked + others).map { source in
            guard let answer = call.outside.first(where: { $0.lookup == source.name }) else {
                return Source(
                    lookup: source.name, label: source.label, state: isExpected ? .pending : .failed, isOld: false,
                    fields: [])
            }
            return Source(source, answer, at: time)
        }
    }
}

extension PopOutside.Source {
    fileprivate init(_ source: OutsideSource, _ answer: OutsideAnswer, at time: Timestamp) {
        lookup = source.name
        label = source.label
        state =
            switch answer.state {
            case .found: .found
            case .notFound: .notFound
            case .late: .late
            case .failed: .failed
            }
        let isAnswer = answer.state == .found || answer.state == .notFound
        at = isAnswer ? answer.at : nil
        age = isAnswer ? max(0, time - answer.at) : nil
        isOld = answer.isOld
        fields = (answer.text ?? "").split(separator: "\n").compactMap(PopOutside.Field.init(line:))
        externalID = answer.externalID
        url = answer.url
    }
}

extension PopOutside.Field {
    /// `label: value`; nil for another line.
    fileprivate init?(line: Substring) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = line[line.utf8.index(after: colon)...]
        guard rest.utf8.first == UInt8(ascii: " ") else { return nil }
        label = String(line[..<colon])
        value = String(rest.dropFirst())
    }
}
