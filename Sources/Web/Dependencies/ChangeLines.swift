import CallCenter
import Storage

/// Who changed which customer, for `GET /v1/audit`, from the part of the daemon that stores the versions of records.
struct ChangeLines: Sendable {
    struct Asked: Sendable {
        /// Whose changes: operators' numbers and tokens' ids, any of these; nil for everybody's.
        var by: Set<String>?
        var customer: Int64?
        /// From this moment up to that one.
        var from: Timestamp?
        var to: Timestamp?
        /// Changes whose `place` is below this.
        var below: Int64?
        /// So many at most.
        var limit: Int
    }

    struct Line: Sendable {
        /// Its place among all changes: a newer one has a higher place.
        var place: Int64
        var at: Timestamp
        /// An operator's number, a token's id, `local`, or nil where nobody is known.
        var by: String?
        /// By what: a word such as `desk`, `api`, `import`.
        var through: String
        var customer: Int64
        /// The version of the record that it made; nil for what has none.
        var version: Int64?
        /// The names of the fields that it changed.
        var fields: [String]
        /// The customer was erased.
        var isErasure: Bool

        init(
            place: Int64, at: Timestamp, by: String?, through: String, customer: Int64, version: Int64?,
            fields: [String], isErasure: Bool = false
        ) {
            self.isErasure = isErasure
            self.place = place
            self.at = at
            self.by = by
            self.through = through
            self.customer = customer
            self.version = version
            self.fields = fields
        }
    }

    /// The changes, newest first.
    var read: @Sendable (Asked) throws -> [Line]

    init(_ read: @escaping @Sendable (Asked) throws -> [Line]) { self.read = read }

    /// The versions of customers.
    init(of store: CustomerStore) {
        self.init { asked in
            let found = try store.changes(
                by: asked.by, customer: asked.customer, from: asked.from, to: asked.to, below: asked.below,
                limit: asked.limit)
            let items = try store.itemChanges(
                by: asked.by, customer: asked.customer, from: asked.from, to: asked.to, below: asked.below,
                limit: asked.limit)
            let cases = try store.caseChanges(
                by: asked.by, customer: asked.customer, from: asked.from, to: asked.to, below: asked.below,
                limit: asked.limit)
            let lines = try found.map { line in
                let version = try store.versions(of: line.customer, below: line.version + 1, limit: 1)?.first
                return Line(
                    place: line.place, at: line.at, by: line.author.who ?? "local",
                    through: line.author.through.rawValue, customer: line.customer, version: line.version,
                    fields: version.map { VersionEncoder.changes($0).map(\.field) } ?? [],
                    isErasure: line.isErasure)
            }
            let all = lines + items.map { Line($0) } + cases.map { Line($0) }
            return all.sorted { $0.place > $1.place }.prefix(asked.limit).map { $0 }
        }
    }
}

extension ChangeLines.Line {
    /// A change of what belongs to a customer: its fields have the kind before them.
    fileprivate init(_ change: ItemChangeLine) {
        self.init(
            place: change.place, at: change.version.at, by: change.version.author.who ?? "local",
            through: change.version.author.through.rawValue, customer: change.customer, version: nil,
            fields: ItemEncoder.changes(change.version).map { "\(change.kind.word).\($0.field)" })
    }

    /// A change of a case or promise: its fields have `case` before them.
    fileprivate init(_ change: CaseChangeLine) {
        self.init(
            place: change.place, at: change.version.at, by: change.version.author.who ?? "local",
            through: change.version.author.through.rawValue, customer: change.customer, version: nil,
            fields: CaseEncoder.changes(change.version).map { "case.\($0.field)" })
    }
}
