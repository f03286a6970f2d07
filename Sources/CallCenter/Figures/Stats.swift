/// Every figure of metrics.md for one period.
public struct Stats: Sendable {
    /// The moment at which what is open was looked at.
    public var at: Timestamp
    /// The beginning of the period, on an interval's boundary.
    public var from: Timestamp
    /// The end of the period, on an interval's boundary.
    public var to: Timestamp
    /// All visits of the centre together.
    public var centre: FigureSet
    /// By the queue's name: every queue with a visit in the period, or with a rule.
    public var queues: [String: FigureSet]
    /// By the tier's name, of all queues together.
    public var tiers: [String: FigureSet]
    /// By the operator's id.
    public var operators: [String: OperatorSet]
    /// Of all operators.
    public var outbound = OutboundFigures()
    /// Codes of the dispositions that are complaints, as they are configured now.
    public var complaints: Set<String>
    /// When figures last left memory: what left it up to then is added by `add(past:)`.
    public var forgottenAt: Timestamp
    /// The rules by which they are counted.
    let policy: Policy
    /// Times in which a link to a PBX was down.
    var gaps: [Centre.LinkGap]
    /// Times in which a PBX's clock differed.
    var skews: [ClockSkew]

    /// The figures of a queue, a tier, or the whole centre.
    public struct FigureSet: Sendable {
        /// What was counted in the period.
        public var figures = QueueFigures()
        /// What the service level is computed from; of several queues the sum, each by its own threshold.
        public var service = ServiceCounts()
        /// Milliseconds.
        public var threshold: Int64
        /// Which service level is shown first.
        public var variant: ServiceLevelVariant
        /// Visits without an outcome now, those that ring included.
        public var waiting = 0
        /// Those of them that began in the period: they are offered in it, and have no outcome yet.
        public var waitingInPeriod = 0
        /// Those of them that ring at an operator.
        public var ringing = 0
        /// Those of them whose caller is a VIP.
        public var waitingVIP = 0
        /// Age of the oldest waiting visit in milliseconds; 0 when none.
        public var longestWait: Int64 = 0
        /// The same of VIPs.
        public var longestVIPWait: Int64 = 0
        /// Callers who wait to be called back.
        public var callbacksDue = 0
        /// Age of the oldest in milliseconds; nil when none.
        public var callbacksOldest: Int64?
        /// A link to a PBX was down within the period.
        public var incomplete = false
        /// Why they may be wrong.
        public var marks: [FigureMark] = []

        init(_ policy: QueuePolicy) {
            threshold = policy.serviceLevelThreshold
            variant = policy.serviceLevelVariant
        }
    }

    /// What an operator does now, and the operator's figures in the period.
    public struct OperatorSet: Sendable {
        /// The name of the newest login; nil when none was given.
        public var name: String?
        /// What the PBX dials, `PJSIP/101`; nil when it is not known.
        public var device: String?
        /// The queues that the operator serves; nil for all of them.
        public var queues: [String]?
        /// What the operator does now.
        public var state: OperatorState
        /// Since when the operator is in this state. Event time.
        public var since: Timestamp
        /// Why the operator is paused or busy, as the PBX said; nil otherwise.
        public var reason: String?
        /// Ids of the calls that ring at or are held by this operator.
        public var calls: [String]
        /// What was counted in the period, the state that lasts included.
        public var figures: OperatorFigures
        /// Why they may be wrong.
        public var marks: [FigureMark]
    }
}
