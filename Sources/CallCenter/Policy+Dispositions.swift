/// A disposition: a result of calls, as the centre configures it.
public struct DispositionPolicy: Equatable, Sendable, Codable {
    /// What the screen calls it; nil where the centre says nothing in that language.
    public struct Label: Equatable, Sendable, Codable {
        /// In Japanese; nil when the centre gave none.
        public var ja: String?
        /// In English; nil when the centre gave none.
        public var en: String?

        /// Copies its arguments.
        public init(ja: String? = nil, en: String? = nil) {
            self.ja = ja
            self.en = en
        }
    }

    /// What events, figures and lists call it.
    public var code: String
    /// What the screen calls it.
    public var label: Label
    /// Calls that come out so are counted in `complaint_rate`.
    public var isComplaint: Bool
    /// Offered for calls of these queues alone; nil: for all.
    public var queues: [String]?

    /// Copies its arguments.
    public init(code: String, label: Label = Label(), isComplaint: Bool = false, queues: [String]? = nil) {
        self.code = code
        self.label = label
        self.isComplaint = isComplaint
        self.queues = queues
    }

    /// Whether a call of this queue may come out so.
    ///
    /// - Parameter queue: nil for a call without one.
    public func isFor(_ queue: String?) -> Bool {
        guard let queues else { return true }
        return queue.map(queues.contains) ?? false
    }

    /// In the reader's language, else in the other one; nil when the centre gave none.
    public func label(_ language: Language) -> String? {
        switch language {
        case .ja: label.ja ?? label.en
        case .en: label.en ?? label.ja
        }
    }
}

extension Policy {
    /// Why a call of a queue may not come out as this; nil when it may. A word that nobody configured may be given.
    public func queuesAllowed(for code: String, in queue: String?) -> [String]? {
        guard let one = dispositions.first(where: { $0.code == code }), !one.isFor(queue) else { return nil }
        return one.queues
    }

    /// The codes of the dispositions that are complaints.
    public var complaints: Set<String> { Set(dispositions.lazy.filter(\.isComplaint).map(\.code)) }
}
