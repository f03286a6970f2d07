import CallCenter
import Storage

/// The storage of the history. A call that is written again replaces its earlier version; other entries change nothing.
public protocol HistoryStore: Sendable {
    /// - Parameter through: the log position up to which the history was complete before; nil stores none.
    func write(calls: [CallRow], touchpoints: [TouchpointEntry], through: Int64?) throws(StoreError)
    func write(_ remarks: [(remark: Remark, of: CallKey)]) throws(StoreError)
    func write(_ all: [PastFigures]) throws(StoreError)
    /// The log position up to which the history is complete; nil when none is stored.
    func historyThrough() throws(StoreError) -> Int64?
    func noteHistory(through seq: Int64) throws(StoreError)

    /// Calls `handle` with the calls whose number is below `below`, newest first, until it returns false.
    func calls(below: Int64?, _ span: CallSpan, customer: Int64?, _ handle: (Call) -> Bool) throws(StoreError)
    func calls(id: String) throws(StoreError) -> [Call]
    func calls(from: Timestamp, to: Timestamp) -> KeptCalls
    func call(number: Int64) throws(StoreError) -> Call?
    func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws(StoreError) -> [TouchpointEntry]
    func contacts(customer: Int64, limit: Int) throws(StoreError) -> [TouchpointEntry]
    func touchpoints(_ asked: TimelineQuery, _ isWanted: (TouchpointEntry) -> Bool) throws(StoreError)
        -> [TouchpointEntry]
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp, without: Set<Timestamp>)
        throws(StoreError) -> PastFigures
    func lateOutcomes(from: Timestamp, to: Timestamp) throws(StoreError) -> PastFigures
}

extension CustomerStore: HistoryStore {}
