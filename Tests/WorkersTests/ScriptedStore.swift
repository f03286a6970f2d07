import CallCenter
import Storage
import Synchronization

@testable import Workers

/// The records of a state directory, on a disk that refuses to write while a test says so.
final class ScriptedStore: HistoryStore {
    private let real: CustomerStore
    private let state = Mutex((isFailing: false, writes: 0))

    init(_ directory: StateDirectory) throws { real = try CustomerStore.open(directory: directory.path) }

    /// How often something was kept, or could not be.
    var writes: Int { state.withLock { $0.writes } }
    func setFailing(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    private func write() throws(StoreError) {
        let isFailing = state.withLock { state in
            state.writes += 1
            return state.isFailing
        }
        if isFailing { throw .busy(path: "customers.db") }
    }

    func write(calls: [CallRow], touchpoints: [TouchpointEntry], through: Int64?) throws(StoreError) {
        try write()
        try real.write(calls: calls, touchpoints: touchpoints, through: through)
    }
    func write(_ remarks: [(remark: Remark, of: CallKey)]) throws(StoreError) { try real.write(remarks) }
    func write(_ all: [PastFigures]) throws(StoreError) { try real.write(all) }
    func historyThrough() throws(StoreError) -> Int64? { try real.historyThrough() }
    func noteHistory(through seq: Int64) throws(StoreError) { try real.noteHistory(through: seq) }
    func calls(below: Int64?, _ span: CallSpan, customer: Int64?, _ handle: (Call) -> Bool) throws(StoreError) {
        try real.calls(below: below, span, customer: customer, handle)
    }
    func calls(id: String) throws(StoreError) -> [Call] { try real.calls(id: id) }
    func calls(from: Timestamp, to: Timestamp) -> KeptCalls { real.calls(from: from, to: to) }
    func call(number: Int64) throws(StoreError) -> Call? { try real.call(number: number) }
    func notes(on customer: Int64, below: ItemPlace?, limit: Int) throws(StoreError) -> [TouchpointEntry] {
        try real.notes(on: customer, below: below, limit: limit)
    }
    func contacts(customer: Int64, limit: Int) throws(StoreError) -> [TouchpointEntry] {
        try real.contacts(customer: customer, limit: limit)
    }
    func touchpoints(_ asked: TimelineQuery, _ isWanted: (TouchpointEntry) -> Bool) throws(StoreError)
        -> [TouchpointEntry]
    {
        try real.touchpoints(asked, isWanted)
    }
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp, without: Set<Timestamp>)
        throws(StoreError) -> PastFigures
    {
        try real.figures(from: from, to: to, forgottenThrough: through, without: without)
    }
    func lateOutcomes(from: Timestamp, to: Timestamp) throws(StoreError) -> PastFigures {
        try real.lateOutcomes(from: from, to: to)
    }
}
