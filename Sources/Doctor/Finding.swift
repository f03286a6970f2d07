import CallCenter

/// Something that was examined, and what to do about it.
public struct Finding: Equatable, Sendable {
    /// How much it matters to what the centre is promised: that nothing acknowledged is lost, and that it outlives a
    /// machine.
    public enum Severity: String, Comparable, Sendable {
        /// As it should be.
        case ok
        /// It works; something makes it slower, or harder to restore.
        case warning
        /// A promise does not hold now, or will not at the next failure.
        case problem

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .problem: 2
            }
        }

        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    }

    /// How bad it is.
    public var severity: Severity
    /// What was examined: a stable word for monitoring.
    public var check: Check
    /// What is the case, in a sentence.
    public var what: Sentence
    /// What to do, in a sentence; nil when there is nothing to do.
    public var advice: Sentence?

    init(_ severity: Severity, _ check: Check, _ what: Sentence, advice: Sentence? = nil) {
        self.severity = severity
        self.check = check
        self.what = what
        self.advice = advice
    }
}

/// A sentence in the languages of the interface.
public struct Sentence: Equatable, Sendable {
    /// The same sentence in Japanese and in English.
    public var ja, en: String

    init(_ ja: String, _ en: String) {
        self.ja = ja
        self.en = en
    }

    /// The sentence in one of the two.
    public func text(in language: Language) -> String { language == .ja ? ja : en }
}

/// What is examined.
public enum Check: String, Sendable, CaseIterable {
    /// Of the machine and its files. The raw values are stable words for monitoring.
    case log, checkpoint, views, fileSystem = "file_system", space, clock, backup, certificate, holidays
    /// Of the shared database, in a cluster.
    case database, recovery, standby, replication, synchronousCommit = "synchronous_commit", fsync
    /// PostgreSQL's `full_page_writes`.
    case fullPageWrites = "full_page_writes"
    /// Of the nodes, in a cluster.
    case leader, nodes, peers, nodeClock = "node_clock", lag, version
}

/// Everything that is known, examined.
public struct Examination: Equatable, Sendable {
    /// In the order in which they were examined.
    public var findings: [Finding]

    /// - Parameter cluster: nil for a daemon that is alone.
    public init(_ machine: MachineFacts, _ cluster: ClusterFacts?) {
        findings = Examination.findings(of: machine) + (cluster.map(Examination.findings(of:)) ?? [])
    }

    /// The worst of them.
    public var severity: Finding.Severity { findings.map(\.severity).max() ?? .ok }
}
