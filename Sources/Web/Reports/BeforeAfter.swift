import CallCenter
import Storage

/// What came of calls and lists in two periods, side by side: whether a measure has changed anything.
struct BeforeAfter: Equatable, Sendable {
    /// Counts add up; a ratio is of 0 to 1, and nil where its denominator is 0.
    enum Value: Equatable, Sendable {
        case count(Int64)
        case ratio(Double?)

        /// `later` minus this; nil where a ratio is missing.
        func difference(to later: Value) -> Value? {
            switch (self, later) {
            case (.count(let a), .count(let b)): .count(b - a)
            case (.ratio(let a?), .ratio(let b?)): .ratio(b - a)
            default: nil
            }
        }
    }

    /// A figure whose calls `GET /v1/calls?figure=` lists.
    struct Line: Equatable, Sendable {
        var figure: String
        var before, after: Value
        /// Of a disposition: its share of the calls that have one.
        var shareBefore, shareAfter: Double?
    }

    /// What came of the entries of a list.
    struct ListLine: Equatable, Sendable {
        var list: String
        var result: String
        var before, after: Int64
    }

    let lines: [Line]
    let lists: [ListLine]

    /// - Parameters:
    ///   - complaints: codes of dispositions that are complaints.
    ///   - results: by list and result, how many entries were worked off in each period.
    init(
        before: OutcomeFigures, after: OutcomeFigures, complaints: Set<String>,
        results: (before: [ListCount], after: [ListCount])
    ) {
        func count(_ figure: String, _ of: (OutcomeFigures) -> Int) -> Line {
            Line(figure: figure, before: .count(Int64(of(before))), after: .count(Int64(of(after))))
        }
        func ratio(_ figure: String, _ of: (OutcomeFigures) -> Double?) -> Line {
            Line(figure: figure, before: .ratio(of(before)), after: .ratio(of(after)))
        }
        func share(_ code: String, _ of: OutcomeFigures) -> Double? {
            of.withDisposition == 0 ? nil : Double(of.dispositions[code] ?? 0) / Double(of.withDisposition)
        }
        let codes = Set(before.dispositions.keys).union(after.dispositions.keys)
        let dispositions = codes.sorted().map { code in
            var line = count(FigureDefinition.dispositionPrefix + code) { $0.dispositions[code] ?? 0 }
            line.shareBefore = share(code, before)
            line.shareAfter = share(code, after)
            return line
        }
        lines =
            [
                count("answered_calls") { $0.answeredCalls },
                ratio("documented_rate") { $0.documentedRate },
                count("undocumented") { $0.answeredCalls - $0.documented },
                count("without_disposition") { $0.answeredCalls - $0.withDisposition },
                ratio("complaint_rate") { $0.complaintRate(complaints) },
                count("complaints") { $0.complaints(complaints) },
            ] + dispositions
        var lists: [String: [String: (before: Int64, after: Int64)]] = [:]
        for one in results.before { lists[one.list, default: [:]][one.result, default: (0, 0)].before += one.count }
        for one in results.after { lists[one.list, default: [:]][one.result, default: (0, 0)].after += one.count }
        self.lists = lists.flatMap { list, results in
            results.map { ListLine(list: list, result: $0.key, before: $0.value.before, after: $0.value.after) }
        }.sorted { ($0.list, $0.result) < ($1.list, $1.result) }
    }
}
