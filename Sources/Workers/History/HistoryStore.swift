import CallCenter
import Storage

/// The storage of the history. A call that is written again replaces its earlier version; other entries change nothing.
public protocol HistoryStore: Sendable {
    /// - Parameter through: the log position up to which the history was complete before; nil stores none.
    func write(calls: [CallRow], touchpoints: [TouchpointEntry], through: Int64?) throws(StoreError)
    /// Writes what was said of calls that are written already; of a call that is not, nothing.
    func write(_ remarks: [(remark: Remark, of: CallKey)]) throws(StoreError)
    /// Writes figures that left the live state; the same ones again change nothing.
    func write(_ all: [PastFigures]) throws(StoreError)
    /// The log position up to which the history is complete; nil when none is stored.
    func historyThrough() throws(StoreError) -> Int64?
    /// Stores the log position up to which the history is complete; an earlier one than the stored changes nothing.
    func noteHistory(through seq: Int64) throws(StoreError)

    /// Calls `handle` with the calls whose number is below `below`, newest first, until it returns false.
    func calls(below: Int64?, _ span: CallSpan, customer: Int64?, _ handle: (Call) -> Bool) throws(StoreError)
    /// The calls with this id on the PBX, one a source.
    func calls(id: String) throws(StoreError) -> [Call]
    /// The calls that began from `from` up to `to`, as they are stored.
    func calls(from: Timestamp, to: Timestamp) -> KeptCalls
    /// The call with this number of ours; nil where it is not stored.
    func call(number: Int64) throws(StoreError) -> Call?
    /// The notes on a customer that belong to no call, newest first, behind the place `below`; nil: from the newest.
    func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws(StoreError) -> [TouchpointEntry]
    /// A customer's contacts, newest first.
    func contacts(customer: Int64, limit: Int) throws(StoreError) -> [TouchpointEntry]
    /// A customer's contacts and notes that are asked for and wanted, newest first.
    func touchpoints(_ asked: TimelineQuery, _ isWanted: (TouchpointEntry) -> Bool) throws(StoreError)
        -> [TouchpointEntry]
    /// The sum of the figures that left the live state by `through`, without those that left it at the moments in
    /// `without`.
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp, without: Set<Timestamp>)
        throws(StoreError) -> PastFigures
    /// What was written of calls after they had left the live state, to be added to the figures of the intervals that
    /// begin from `from` up to `to`.
    func lateOutcomes(from: Timestamp, to: Timestamp) throws(StoreError) -> PastFigures
}

extension CustomerStore: HistoryStore {}
