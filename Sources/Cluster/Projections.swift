import CallCenter
import Storage

/// What is made of the log beside the state of calls, on a node that follows: records, tokens, accounts.
public struct Projections: Sendable {
    let records: CustomerStore
    let tokens: TokenStore
    let accounts: AccountStore

    /// Copies its arguments.
    public init(records: CustomerStore, tokens: TokenStore, accounts: AccountStore) {
        self.records = records
        self.tokens = tokens
        self.accounts = accounts
    }

    /// What the records know of erases whose entries are at these positions, and that are not finished.
    func erasures(in positions: ClosedRange<Int64>) throws(StoreError) -> [Int64: Erasure] {
        let found = try records.unfinishedErasures().filter { positions.contains($0.seq) }
        return Dictionary(found.map { ($0.seq, $0.erasure) }, uniquingKeysWith: { first, _ in first })
    }

    /// Applies changes that another node has appended, in order. Blocks: not for an event loop.
    ///
    /// - Returns: the customers that were changed, with their new versions.
    func follow(_ changes: [EventLog.Entry]) throws(StoreError) -> [(customer: Int64, version: Int64)] {
        let records = changes.filter { $0.kind == .records }, secrets = changes.filter { $0.kind == .secrets }
        let changed = records.isEmpty ? [] : try self.records.follow(records)
        if !secrets.isEmpty {
            try tokens.follow(secrets)
            try accounts.follow(secrets)
        }
        return changed
    }
}
