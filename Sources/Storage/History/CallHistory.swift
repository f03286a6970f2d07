import CallCenter

/// Ended calls, for lists and records: those on disk and those that wait to be written.
public protocol CallHistory: Sendable {
    /// Calls with a number below `below`, newest first, without those of which the live state has a newer version.
    func calls(_ filter: CallFilter, below: Int64?, without live: Set<Int64>, limit: Int) throws -> [Call]
    /// The calls with this id, one a source.
    func calls(id: String) throws -> [Call]
    /// The calls that left the live state and began from `from` up to `to`.
    func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls
    /// How many entries wait to be written.
    var backlog: Int { get }
    /// The notes on a customer that belong to no call and that earlier versions wrote as events, newest first.
    ///
    /// - Parameter below: only those behind this place.
    func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws -> [TouchpointEntry]
    /// A customer's contacts, newest first.
    func contacts(of customer: Int64, limit: Int) throws -> [Touchpoint]
    /// A customer's contacts and notes for a timeline, newest first: at most one more than its limit.
    func touchpoints(_ asked: TimelineQuery) throws -> [TouchpointEntry]
    /// When the customers were last in contact, as far as that is not on disk yet.
    func lastContacts(of customers: Set<Int64>) -> [Int64: Timestamp]
    /// The call with this number of ours.
    func call(number: Int64) throws -> Call?
    /// The figures that left the live state no later than `through`, of the intervals that begin from `from` up to `to`
    /// and perhaps of others; with what was written of calls after they had left it.
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp) throws -> [PastFigures]
}

extension CallHistory {
    /// What is to be added to figures of the live state.
    public func figures(of stats: Stats) throws -> [PastFigures] {
        try figures(from: stats.from, to: stats.to, forgottenThrough: stats.forgottenAt)
    }
}
