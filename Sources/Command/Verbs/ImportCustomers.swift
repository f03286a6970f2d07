import ArgumentParser
import Foundation
import Synchronization

/// `screenpop customers import`, and `screenpop import`.
struct ImportCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: """
            Import customers, or what belongs to them, from CSV, an Excel workbook (.xlsx) or JSON Lines; or past calls
            from Asterisk's queue_log.
            """,
        discussion: """
            The first line names the columns, in any order: external_id, name, kana, company, phone, phone2, phone3, \
            email, tier, owner, tags,
            cautions, address, line_id, do_not_pair, kind (person or company), company_external_id, company_id,
            record_number, emails, accounts (service:name), persona, preferences, consent (newsletter=yes),
            do_not_call, status_reason, and the centre's own fields. UTF-8, UTF-16, Shift_JIS, EUC-JP or
            Windows-1252; comma, semicolon or tab; of a workbook the first sheet. Headings of Google Contacts, Outlook,
            HubSpot, kintone, Zoho, Salesforce, 弥生 and freee are known; others are named with --map. Several tags,
            cautions or operators in one cell are parted by ; and several numbers by /
            A person's company_id is the record_number of the company's row, wherever it is in the file or, in a file
            without that column, the number of a record.

            A row whose external_id is known updates that customer; importing a file twice changes nothing. A bad cell
            is reported by its line and column and left out, and so is a row without a name; the rest is taken, and the
            exit status is 2.

              screenpop customers import customers.csv
              screenpop customers import customers.csv --dry-run
              screenpop customers import customers.csv --errors bad.csv
              screenpop customers import old.csv --encoding euc-jp
              screenpop customers import members.xlsx --map 'お客様のお名前=name' --map '備考='

            What --map says is remembered: a file with the same headings needs no --map the next time.

            --kind purchases, contracts, contacts or notes takes what belongs to customers. A row names its customer by
            external_id, customer (the record's number), phone or email, and is refused when nobody is found; several
            with one number are told apart by name.

              purchases  at, product, quantity, unit_price, amount, currency, order, state
              contracts  service, amount, currency, signed, starts, expires, renews
              contacts   at, channel, direction, summary, duration_ms or minutes, operator
              notes      at, text, seconds, operator

              screenpop import orders.xlsx --kind purchases --dry-run

            --kind queue-log takes calls of past days from Asterisk's queue_log, with their own times: lists, customers'
            histories, reports and intervals have them, and no screen pops. Rotated files are given as one, the oldest
            first. A call that is known is passed over, so importing a file twice adds nothing; `screenpop imports undo`
            takes an import out again. Say the --source that the bridge's events have, so that calls it told are known.

              cat queue_log.2 queue_log.1 queue_log > all; screenpop import all --kind queue-log --dry-run
              screenpop import all --kind queue-log --source default --map 'Taro Yamada=101'
              screenpop import queue_log.csv --kind queue-log --zone Asia/Tokyo
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Flag(name: .customLong("dry-run"), help: "Check everything and change nothing.") var isDryRun = false
    @Option(
        help: ArgumentHelp(
            "Write all bad rows' and cells' lines, columns and reasons into this CSV file.", valueName: "file"))
    var errors: String?
    @Option(
        help: ArgumentHelp(
            "utf-8, shift_jis, euc-jp, windows-1252, utf-16le or utf-16be; guessed when not said.",
            valueName: "name"))
    var encoding: String?
    @Option(
        help: ArgumentHelp(
            "Which column a heading of the file is; nothing behind the = leaves it out. Of a queue log which operator "
                + "an agent is. May be given several times.",
            valueName: "heading=column"))
    var map: [String] = []
    @Option(help: "What the rows are: customers, purchases, contracts, contacts, notes or queue-log.")
    var kind = "customers"
    @Option(help: "Of a queue log: the source that its PBX's events have. (default: asterisk)") var source: String?
    @Option(
        help: ArgumentHelp(
            "Of a queue log whose times are local: the time zone. (default: the centre's)", valueName: "Asia/Tokyo"))
    var zone: String?
    @Flag(
        name: .customLong("no-remembered"),
        help: "Do not take headings for what they were at the last import of the same ones.")
    var isForgetting = false
    @Argument(help: "The file.", completion: .file(extensions: ["csv", "xlsx", "jsonl"])) var file: String

    func validate() throws {
        guard isQueueLog || (source == nil && zone == nil) else {
            throw ValidationError("--source and --zone go with --kind queue-log.")
        }
    }

    private var isQueueLog: Bool { kind == "queue-log" || kind == "queue_log" }

    private struct Line: Decodable {
        struct Progress: Decodable {
            var bytes, bytesTotal, rows: Int
        }
        struct Report: Decodable {
            struct Bad: Decodable {
                var line: Int
                var column: String
                var message: String
            }
            var `import`: Int?
            var mappedBy: Int?
            var rows, created, updated, unchanged, rejected, badCells, zerosRestored: Int
            var encoding, sheet: String?
            var unknownColumns: [String]
            var errors: [Bad]
            var errorsLeftOut: Int
            var warnings: [Bad]
            var warningsLeftOut: Int
            var ms: Int64
        }
        struct Fault: Decodable { var detail: String }
        var progress: Progress?
        var report: Report?
        var error: Fault?
    }

    func run() async throws {
        try await global.run {
            guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
                throw ClientError.local("\(file) cannot be read: is the name right?")
            }
            let name = URL(fileURLWithPath: file).lastPathComponent, map = try mapping()
            let bar = ProgressBar(total: size, language: global.speech)
            var rest = Data()
            var last = Data()
            let question = APIClient.Question(
                method: .POST,
                path: path(
                    ["v1", "imports"],
                    [
                        ("kind", isQueueLog ? "queue_log" : kind), ("source", source), ("zone", zone),
                        ("dry_run", isDryRun ? "true" : nil), ("encoding", encoding), ("file", name),
                        ("map", map), ("remembered", isForgetting ? "false" : nil),
                    ]),
                body: .file(file, type: "text/csv") { bar.uploaded($0) })
            try await global.client.ask(question) { piece in
                rest.append(contentsOf: piece.readableBytesView)
                while let end = rest.firstIndex(of: 10) {
                    let line = rest[rest.startIndex..<end]
                    rest.removeSubrange(rest.startIndex...end)
                    let news: Line = try APIClient.decode(Data(line))
                    if let progress = news.progress {
                        bar.taken(progress.bytes, of: progress.bytesTotal, rows: progress.rows)
                    } else {
                        last = Data(line)
                    }
                }
                return true
            }
            bar.finish()
            let end: Line = try APIClient.decode(last)
            if let fault = end.error { throw ClientError.refused(status: 422, detail: fault.detail) }
            guard let report = end.report else { throw ClientError.strange("there is no report") }
            if let errors { try write(report.errors, to: errors) }
            if output.json { say(String(decoding: last, as: UTF8.self)) } else { printReport(report) }
            if report.rejected + report.badCells > 0 { throw ExitCode(Exit.partly) }
        }
    }

    /// As the interface reads it; nil without any.
    private func mapping() throws -> String? {
        guard !map.isEmpty else { return nil }
        var all: [String: String] = [:]
        for one in map {
            guard let sign = one.lastIndex(of: "="), sign > one.startIndex else {
                throw ValidationError("--map \(one): write the heading, =, and the column, such as 'お名前=name'")
            }
            all[String(one[..<sign])] = String(one[one.index(after: sign)...])
        }
        return String(decoding: try JSONEncoder().encode(all), as: UTF8.self)
    }

    private func printReport(_ report: Line.Report) {
        let l = global.speech
        let perS = report.ms > 0 ? Int64(report.rows) * 1000 / report.ms : 0
        let format = report.encoding ?? report.sheet.map { l.say("シート「\($0)」", "sheet \"\(safe($0))\"") } ?? ""
        let counts =
            isQueueLog
            ? l.say(
                "\(report.rows)行: 新しい通話 \(report.created)、登録済みの通話 \(report.unchanged)、読めない行 "
                    + "\(report.rejected)（毎秒\(perS)行、\(format)）",
                "\(report.rows) lines: \(report.created) calls new, \(report.unchanged) known, \(report.rejected) "
                    + "lines refused (\(perS) lines/s, \(format))")
            : l.say(
                "\(report.rows)行: 新規 \(report.created)、更新 \(report.updated)、変更なし \(report.unchanged)、エラー "
                    + "\(report.rejected)（毎秒\(perS)行、\(format)）",
                "\(report.rows) rows: \(report.created) new, \(report.updated) changed, \(report.unchanged) unchanged, "
                    + "\(report.rejected) refused (\(perS) rows/s, \(format))")
        say(counts)
        if let id = report.import, report.created + report.updated > 0 {
            say(
                l.say(
                    "取り消すには: screenpop imports undo \(id)", "To undo it: screenpop imports undo \(id)"))
        }
        if let id = report.mappedBy {
            say(
                l.say(
                    "見出しの割り当ては取込 \(id) と同じです（--no-remembered で使いません）。",
                    "Headings were mapped as at import \(id), which had the same ones (not with --no-remembered)."))
        }
        if isDryRun { say(l.say("確認だけで、何も変更していません。", "This was a dry run: nothing was changed.")) }
        if report.badCells > 0 {
            say(
                l.say(
                    "読み取れないセル \(report.badCells)個は空のままにし、行は取り込みました。",
                    "Cells that could not be read and were left out, their rows taken: \(report.badCells)"))
        }
        if report.zerosRestored > 0 {
            say(
                l.say(
                    "external_id の先頭の0が失われた \(report.zerosRestored)行を、電話番号・メール・氏名で既存の顧客と照合しました。",
                    "Rows without the leading zeros of external_id, matched by number, mail or name: "
                        + "\(report.zerosRestored)"
                ))
        }
        if !report.unknownColumns.isEmpty {
            say(
                l.say("取り込まなかった列: ", "Columns left aside: ") + report.unknownColumns.map(safe).joined(separator: ", ")
                    + l.say(
                        "（--map '見出し=列名' で指定するか、設定の [customers.fields] に加えると取り込みます）",
                        " (say what they are with --map 'heading=column', or name them in [customers.fields])"))
        }
        list(
            report.errors, of: report.errors.count + report.errorsLeftOut, style: .warn,
            more: {
                l.say("ほか\($0)件。--errors FILE.csv で全部を書き出せます。", "and \($0) more; --errors FILE.csv writes them all.")
            })
        if !report.warnings.isEmpty { say(l.say("確認してください:", "To be looked at:")) }
        list(
            report.warnings, of: report.warnings.count + report.warningsLeftOut, style: .dim,
            more: { l.say("ほか\($0)件。--json で全部を表示します。", "and \($0) more; --json shows them.") })
    }

    private func list(_ problems: [Line.Report.Bad], of count: Int, style: Terminal.Style, more: (Int) -> String) {
        let l = global.speech, t = global.terminal, shown = problems.prefix(20)
        for one in shown {
            say(
                t.styled(l.say("\(one.line)行目", "line \(one.line)"), style)
                    + (one.column.isEmpty ? "" : " \(safe(one.column))") + ": \(safe(one.message))")
        }
        if count > shown.count { say(more(count - shown.count)) }
    }

    private func write(_ errors: [Line.Report.Bad], to path: String) throws {
        // Columns are named by whoever made the file: a spreadsheet must not take one for a formula (OWASP, CSV
        // Injection).
        func quoted(_ text: String) -> String {
            let first = text.unicodeScalars.first { !"' \u{3000}\u{A0}".unicodeScalars.contains($0) }
            let isLikeFormula = first.map("=+-@＝＋－＠\t\r\n".unicodeScalars.contains) ?? false
            return "\"\(isLikeFormula ? "'" : "")\(text.replacing("\"", with: "\"\""))\""
        }
        let rows = ["line,column,reason"] + errors.map { "\($0.line),\(quoted($0.column)),\(quoted($0.message))" }
        do {
            try Data(("\u{FEFF}" + rows.joined(separator: "\r\n") + "\r\n").utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ClientError.local("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}

/// How far an import is: a bar on a terminal, a line every few seconds elsewhere; on standard error, so that the report
/// alone is the output.
final class ProgressBar: Sendable {
    private struct State {
        var saidAt: ContinuousClock.Instant?
        var isShown = false
    }
    private let state = Mutex(State())
    private let total: Int
    private let language: Language
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begun = ContinuousClock.now

    init(total: Int, language: Language) {
        self.total = total
        self.language = language
    }

    func uploaded(_ bytes: Int) {
        show(Double(bytes) / Double(max(1, total)), language.say("送信中", "sending"), rows: nil)
    }
    func taken(_ bytes: Int, of total: Int, rows: Int) {
        show(Double(bytes) / Double(max(1, total)), language.say("取込中", "taking"), rows: rows)
    }

    func replayed(_ done: Int64, of total: Int64) {
        show(Double(done) / Double(max(1, total)), language.say("再現中", "replaying"), rows: nil)
    }

    private func show(_ share: Double, _ what: String, rows: Int?) {
        state.withLock { state in
            let now = ContinuousClock.now
            if let saidAt = state.saidAt, now - saidAt < (isTerminal ? .milliseconds(100) : .seconds(5)) { return }
            // Short files need no line.
            if !isTerminal, now - begun < .seconds(5) { return }
            state.saidAt = now
            let percent = Int(min(1, share) * 100)
            let count = rows.map { language.say("  \($0)行", "  \($0) rows") } ?? ""
            if isTerminal {
                let full = percent * 30 / 100
                complain(
                    "\r\(what) [\(String(repeating: "█", count: full))\(String(repeating: "░", count: 30 - full))] "
                        + "\(percent) %\(count)\u{1B}[K",
                    end: "")
                state.isShown = true
            } else {
                complain("\(what) \(percent) %\(count)")
            }
        }
    }

    func finish() { state.withLock { if $0.isShown { complain("\r\u{1B}[K", end: "") } } }
}
