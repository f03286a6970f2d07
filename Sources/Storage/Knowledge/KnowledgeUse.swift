import CallCenter

/// Somebody used an article, or said whether it helped.
public struct KnowledgeUse: Equatable, Sendable {
    /// What was done; the raw value is in the log and in the API.
    public enum What: String, Equatable, Sendable, CaseIterable {
        /// It was put into a note.
        case used
        /// Somebody said that it helped.
        case helped
        /// Somebody said that it did not help.
        case notHelped = "not_helped"
    }

    /// The article's id.
    var article: Int64
    /// What was done.
    var what: What
    /// As of an `Author`.
    public var by: String?
    /// The id of the call in which it was.
    public var call: String?

    /// Copies its arguments.
    public init(article: Int64, what: What, by: String?, call: String?) {
        self.article = article
        self.what = what
        self.by = by
        self.call = call
    }
}

/// How often an article was used.
public struct KnowledgeCounts: Equatable, Sendable {
    /// How often it was put into a note.
    public var used: Int64 = 0
    /// How often somebody said that it helped.
    public var helped: Int64 = 0
    /// How often somebody said that it did not help.
    public var notHelped: Int64 = 0
    /// When it was last put into a note.
    public var lastUsed: Timestamp?

    /// It was never used.
    public init() {}
}

/// What the articles lack.
public struct KnowledgeReport: Equatable, Sendable {
    /// An article that lacks something.
    public struct Line: Equatable, Sendable {
        public var id: Int64
        /// The article, as it is now.
        public var article: Article
        /// How often it was used.
        public var counts: KnowledgeCounts
    }

    /// A search that found nothing.
    public struct Missing: Equatable, Sendable {
        /// What was searched for.
        public var text: String
        /// How often.
        public var count: Int64
        /// When it was searched for last.
        public var last: Timestamp
    }

    /// Whose day of review has come, the oldest first.
    public var reviewDue: [Line] = []
    /// That nobody used, the oldest first.
    public var unused: [Line] = []
    /// That did not help more often than they helped.
    public var unhelpful: [Line] = []
    /// Searches that would find nothing now either, the most frequent first.
    public var missing: [Missing] = []
}
