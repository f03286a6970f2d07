import CallCenter
import SQLite

/// Which companies the rows of a file name, across all of the file: a person's row may come before the company's.
struct CompanyLinks: Sendable {
    /// A customer whose row names a company that was not there yet.
    struct Waiting: Sendable {
        /// Of the file, from 1.
        var line: Int
        var customer: Int64
        var company: ImportRow.Company
        /// The row changed nothing else.
        var wasUnchanged: Bool
    }

    /// What became of one that waited.
    enum Result: Equatable { case linked, same, missing }

    /// Whether rows say which number their record had: then others name it by that number and by no other one, as the
    /// records here may have other numbers.
    let isOfNumberedRows: Bool
    /// The records of the companies, by the numbers that the file has.
    private var companies: [Int64: Int64] = [:]
    private var waiting: [Waiting] = []
    private var tried = 0

    init(isOfNumberedRows: Bool) { self.isOfNumberedRows = isOfNumberedRows }

    /// A row is written.
    mutating func note(_ row: ImportRow.Reading, _ outcome: ImportTarget.Outcome) {
        if outcome.isCompany, let number = row.recordNumber { companies[number] = outcome.customer }
    }

    mutating func wait(_ line: Int, _ outcome: ImportTarget.Outcome, for company: ImportRow.Company) {
        waiting.append(
            Waiting(
                line: line, customer: outcome.customer, company: company,
                wasUnchanged: outcome.change == .unchanged))
    }

    /// The next ones that waited, at most `count`; each once.
    mutating func someWaiting(_ count: Int) -> [Waiting] {
        let some = Array(waiting[tried..<min(waiting.count, tried + count)])
        tried += some.count
        return some
    }

    /// The company that a row names; nil when there is none yet, and when the row names none.
    func found(
        _ company: ImportRow.Company, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Int64? {
        if case .number(let number) = company, isOfNumberedRows { return companies[number] }
        return try existing(company, state)
    }

    /// The same among the records alone.
    func existing(
        _ company: ImportRow.Company, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Int64? {
        let id: Int64?
        switch company {
        case .externalID(let external): id = try state.holder(ofExternalID: external, but: nil)
        case .number(let number): id = isOfNumberedRows ? nil : number
        case .unsaid, .none, .found: id = nil
        }
        guard let id, try state.record(id)?.fields.details.kind == .company else { return nil }
        return id
    }

    func fault(_ company: ImportRow.Company) -> ImportRow.Fault {
        let message =
            switch company {
            case .externalID(let external): "no company has the external_id \"\(external)\""
            case .number(let number) where isOfNumberedRows:
                "no row of the file is a company with the record_number \(number); name it by company_external_id"
            case .number(let number): "no company has the number \(number)"
            case .unsaid, .none, .found: "there is no such company"
            }
        return .init(column: company.column.rawValue, message: message)
    }
}

extension ImportRow.Company {
    /// Whether there is something to find.
    var isNamed: Bool {
        switch self {
        case .externalID, .number: true
        case .unsaid, .none, .found: false
        }
    }
}

extension ImportTarget {
    /// Links persons with their companies, now that all rows are written.
    ///
    /// - Returns: what became of each.
    func link(
        _ some: [CompanyLinks.Waiting], _ links: CompanyLinks, _ now: Timestamp
    ) throws(EditError) -> [CompanyLinks.Result] {
        switch self {
        case .records(let writer, let run):
            let origin = CustomerStore.State.Origin(
                at: now, author: Author(run.by, through: .import), importID: run.id)
            return try writer.write(origin) { state, origin throws(EditError) in
                try writer.records { () throws(SQLiteError) in
                    try ImportTarget.link(some, links, origin, state)
                }
            }
        case .trial(_, let scratch):
            do throws(StoreError) {
                return try scratch.with { state throws(SQLiteError) in
                    try state.begin.run()
                    let origin = CustomerStore.State.Origin(at: now, author: Author(nil, through: .import))
                    let outcome = try ImportTarget.link(some, links, origin, state)
                    try state.commit.run()
                    return outcome.answer
                }
            } catch { throw .store(error) }
        }
    }

    private static func link(
        _ some: [CompanyLinks.Waiting], _ links: CompanyLinks, _ origin: CustomerStore.State.Origin,
        _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> RecordWriter.Outcome<[CompanyLinks.Result]> {
        var results: [CompanyLinks.Result] = [], changes: [RecordChange] = []
        for one in some {
            // Somebody may have deleted the customer since its row was written.
            guard let current = try state.record(one.customer) else {
                results.append(.same)
                continue
            }
            guard let company = try links.found(one.company, state) else {
                // Part of an export: the company of the record is not in the file, and stays.
                let isOwn = current.fields.details.companyID.map { one.company == .number($0) } ?? false
                results.append(isOwn ? .same : .missing)
                continue
            }
            guard current.fields.details.companyID != company, current.fields.details.kind == .person else {
                results.append(.same)
                continue
            }
            var fields = current.fields
            fields.details.companyID = company
            changes.append(try state.change(current, to: fields, origin))
            results.append(.linked)
        }
        return .init(results, changes)
    }
}
