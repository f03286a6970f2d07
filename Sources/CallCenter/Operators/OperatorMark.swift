/// A moment at which something changes for an operator.
struct OperatorMark: Equatable, Sendable, Codable {
    enum Kind: Equatable, Sendable, Codable {
        case login
        case logout
        case pause(String?)
        case resume
        case ready
        case busy(String?)
        case free
        /// Calls out.
        case dial
        /// The far end of what this operator dialed answered.
        case reach
        /// The dialed call ended before an answer.
        case dialEnd
        case ring
        case ringEnd
        /// A ring that this operator did not answer.
        case unanswered
        case talk
        /// Took a call off its parking place: a talk that is no answer of its own.
        case retrieve
        case hold
        case unhold
        /// The talk ended. `leg` is its place in the call, `wrapUpLimit` in milliseconds.
        case leave(leg: Int, wrapUpLimit: Int64, transferred: Bool)
        /// The talk of a dialed call ended; `talk` and `hold` in milliseconds.
        case leaveOutbound(talk: Int64, hold: Int64, transferred: Bool)
    }

    var time: Timestamp
    var kind: Kind
    /// The call's number; 0 for what the operator does without a call.
    var call: Int64
    /// Orders marks of one call, or of no call, at the same moment.
    var order: Int64

    var isPresence: Bool { call == 0 }

    func precedes(_ other: OperatorMark) -> Bool {
        if time != other.time { return time < other.time }
        if isPresence != other.isPresence { return other.isPresence }
        if call != other.call { return call < other.call }
        return order < other.order
    }

    /// A mark before it has its call number.
    struct Draft {
        var `operator`: String
        var time: Timestamp
        var kind: Kind

        init(_ operator: String, _ time: Timestamp, _ kind: Kind) {
            self.operator = `operator`
            self.time = time
            self.kind = kind
        }
    }
}
