/// Every figure of metrics.md for one period.
public struct Stats: Sendable {
    public var at: Timestamp
    public var from: Timestamp
    public var to: Timestamp
    public var centre: FigureSet
    public var queues: [String: FigureSet]
    public var tiers: [String: FigureSet]
    public var operators: [String: OperatorSet]
    /// Of all operators.
    public var outbound = OutboundFigures()
    /// Codes of the dispositions that are complaints, as they are configured now.
    public var complaints: Set<String>

    /// The figures of a queue, a tier, or the whole centre.
    public struct FigureSet: Sendable {
        public var figures = QueueFigures()
        public var service = ServiceCounts()
        /// Milliseconds.
        public var threshold: Int64
        public var variant: ServiceLevelVariant
        public var waiting = 0
        /// Those of them that began in the period: they are offered in it, and have no outcome yet.
        public var waitingInPeriod = 0
        public var ringing = 0
        public var waitingVIP = 0
        /// Age of the oldest waiting visit in milliseconds; 0 when none.
        public var longestWait: Int64 = 0
        /// The same of VIPs.
        public var longestVIPWait: Int64 = 0
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

    public struct OperatorSet: Sendable {
        public var name: String?
        public var device: String?
        public var queues: [String]?
        public var state: OperatorState
        public var since: Timestamp
        public var reason: String?
        /// Ids of the calls that ring at or are held by this operator.
        public var calls: [String]
        public var figures: OperatorFigures
        /// Why they may be wrong.
        public var marks: [FigureMark]
    }
}
