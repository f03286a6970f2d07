import CallCenter

/// Somebody used an article, or said whether it helped.
public struct KnowledgeUse: Equatable, Sendable {
    public enum What: String, Equatable, Sendable, CaseIterable {
        /// It was put into a note.
        case used
        case helped
        case notHelped = "not_helped"
    }

    public var article: Int64
    public var what: What
    /// As of an `Author`.
    public var by: String?
    /// The id of the call in which it was.
    public var call: String?

    public init(article: Int64, what: What, by: String?, call: String?) {
        self.article = article
        self.what = what
        self.by = by
        self.call = call
    }
}

/// How often an article was used.
public struct KnowledgeCounts: Equatable, Sendable {
    public var used: Int64 = 0
    public var helped: Int64 = 0
    public var notHelped: Int64 = 0
    /// When it was last put into a note.
    public var lastUsed: Timestamp?

    public init() {}
}

/// What the articles lack.
public struct KnowledgeReport: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        public var id: Int64
        public var article: Article
        public var counts: KnowledgeCounts
    }

    /// A search that found nothing.
    public struct Missing: Equatable, Sendable {
        public var text: String
        public var count: Int64
        public var last: Timestamp
    }

    /// Whose day of review has come, the oldest first.
    public var reviewDue: [Line] = []
    /// That nobody used, the oldest first.
    public var unused: [Line] = []
    /// That did not help more often than they helped.
    public var unhelpful: [Line] = []
    /// The most frequent first.
    public var missing: [Missing] = []
}
