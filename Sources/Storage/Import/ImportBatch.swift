import CallCenter
import PhoneNumbers

/// What the rows of a file become, a chunk at a time.
protocol ImportBatch: AnyObject {
    /// Columns that are left aside, as the file heads them.
    var unknown: [String] { get }
    /// Rows that wait to be written.
    var count: Int { get }

    /// Reads a row; what is wrong with it is in the report.
    func read(_ row: CSVParser.Row, _ report: inout CustomerImport.Report)

    /// Writes the rows that wait, in one transaction and one entry of the log.
    func write(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError)

    /// All rows are written: what only the whole file says is written now.
    func finish(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError)
}

extension ImportBatch {
    func finish(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError) {}
}

/// Rows that are customers.
final class CustomerBatch: ImportBatch {
    private let reader: ImportRow
    private let merge: ImportMerge
    fileprivate let target: ImportTarget
    private var chunk: [ImportTarget.Row] = []
    fileprivate var links: CompanyLinks

    init(
        header: [String], _ mapping: ImportMapping, _ options: CustomerImport.Options, into target: ImportTarget
    ) throws(ImportError) {
        let columns = try ImportColumns(
            header: header, customFields: options.customFields, map: mapping.columns)
        reader = ImportRow(
            columns: columns, tiers: options.tiers, numbers: PhoneNumberReader(options.numbers),
            custom: CustomFieldReader(options.fieldRules))
        merge = ImportMerge(columns: columns.known, custom: columns.custom, tierDefault: options.tierDefault)
        self.target = target
        links = CompanyLinks(isOfNumberedRows: columns.known.contains(.recordNumber))
        chunk.reserveCapacity(CustomerImport.chunkRows)
    }

    var unknown: [String] { reader.columns.unknown }
    var count: Int { chunk.count }

    func read(_ row: CSVParser.Row, _ report: inout CustomerImport.Report) {
        do throws(ImportRow.Fault) {
            let reading = try reader.read(row.fields)
            for cell in reading.badCells { report.note(cell, line: row.line, isRow: false) }
            for one in reading.notes { report.warn(one, line: row.line) }
            chunk.append(.init(line: row.line, reading: reading))
        } catch { report.note(error, line: row.line, isRow: true) }
    }

    func write(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError) {
        guard !chunk.isEmpty else { return }
        let rows = chunk
        chunk.removeAll(keepingCapacity: true)
        let outcomes: [ImportTarget.Outcome]
        do throws(EditError) { outcomes = try target.write(rows, merge, links, now) } catch { throw ImportError(error) }
        for (row, outcome) in zip(rows, outcomes) {
            links.note(row.reading, outcome)
            if let missing = outcome.missing { links.wait(row.line, outcome, for: missing) }
            report.moves.add(outcome.move)
            report.count(outcome.change)
            let id = row.reading.fields.externalID ?? ""
            switch outcome.zeros {
            case .none: continue
            case .restored(let whole):
                report.zerosRestored += 1
                report.warn(
                    .init(
                        column: "external_id",
                        message: "\"\(id)\" is taken for \"\(whole)\": a spreadsheet drops leading zeros"),
                    line: row.line)
            case .doubtful(let whole):
                let message =
                    "\"\(id)\" is \"\(whole)\" but for leading zeros, "
                    + "and nothing else agrees: it is taken as another customer"
                report.warn(.init(column: "external_id", message: message), line: row.line)
            }
        }
    }
}

extension CustomerBatch {
    /// Persons whose company's row came behind theirs.
    func finish(at now: Timestamp, _ report: inout CustomerImport.Report) throws(ImportError) {
        while true {
            let some = links.someWaiting(CustomerImport.chunkRows)
            if some.isEmpty { return }
            let results: [CompanyLinks.Result]
            do throws(EditError) { results = try target.link(some, links, now) } catch { throw ImportError(error) }
            for (one, result) in zip(some, results) {
                switch result {
                case .linked where one.wasUnchanged:
                    report.unchanged -= 1
                    report.updated += 1
                case .linked, .same: break
                case .missing: report.note(links.fault(one.company), line: one.line, isRow: false)
                }
            }
        }
    }
}

extension CustomerImport.Report {
    mutating func note(_ fault: ImportRow.Fault, line: Int, isRow: Bool) {
        if isRow { rejected += 1 } else { badCells += 1 }
        guard bad.count < CustomerImport.problemsMax else { return }
        let problem = Problem(line: line, column: fault.column, message: fault.message)
        bad.append(.init(isRow: isRow, problem: problem))
    }

    mutating func warn(_ fault: ImportRow.Fault, line: Int) {
        warningCount += 1
        guard warnings.count < CustomerImport.problemsMax else { return }
        warnings.append(.init(line: line, column: fault.column, message: fault.message))
    }

    mutating func count(_ change: ImportTarget.Change) {
        switch change {
        case .created: created += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        }
    }
}

extension ImportError {
    init(_ error: EditError) {
        if case .store(let error) = error { self = .store(error) } else { self = .unwritten("\(error)") }
    }
}
