import Foundation

/// Why figures may be wrong.
struct FigureMark: Decodable {
    var kind: String
    var source: String?
    var from: String
    var to: String?
    var text: String

    func line(_ clock: CivilClock) -> String {
        "\(safe(text)) (\(clock.shown(from)) – \(to.map { clock.shown($0) } ?? ""))"
    }
}

/// `GET /v1/stats?receipt=true`.
struct FigureReceipt: Decodable {
    struct Part: Decodable {
        var of: String
        var figure: String
        var sign: Int
        var count: Int
        var ms: Int64?
        var calls: [String]
    }
    var figure: String
    var scope: [String: String]
    var definition: String
    var unit: String
    var variant: String?
    var thresholdMs: Int64?
    var from, to: String
    var value: Double?
    var numerator, denominator: Int64?
    var parts: [Part]
    var marks: [FigureMark]
}

/// A receipt as lines.
struct ReceiptText {
    let language: Language
    /// The centre's.
    let clock: CivilClock

    func text(_ receipt: FigureReceipt) -> String {
        let l = language
        let scope =
            receipt.scope.isEmpty
            ? l.say("全体", "centre")
            : receipt.scope.sorted { $0.key < $1.key }.map { "\($0.key) \(safe($0.value))" }.joined(separator: ", ")
        var lines = ["\(receipt.figure) (\(scope)) = \(shown(receipt.value, receipt.unit))", safe(receipt.definition)]
        lines.append("\(clock.shown(receipt.from)) – \(clock.shown(receipt.to))  \(safe(clock.name))")
        if let threshold = receipt.thresholdMs {
            lines.append(l.say("しきい値", "threshold") + " \(l.duration(threshold))")
        }
        if let numerator = receipt.numerator, let denominator = receipt.denominator {
            lines.append("\(numerator) / \(denominator)")
        }
        for mark in receipt.marks { lines.append("! " + mark.line(clock)) }
        for part in receipt.parts {
            let side =
                part.of == "value"
                ? "" : part.of == "numerator" ? l.say("分子 ", "numerator ") : l.say("分母 ", "denominator ")
            let sum = part.ms.map { " (\(l.duration($0)))" } ?? ""
            lines.append("")
            lines.append("\(side)\(part.sign < 0 ? "− " : "")\(part.figure): \(part.count)\(sum)")
            if !part.calls.isEmpty { lines.append("  " + part.calls.map(safe).joined(separator: "  ")) }
        }
        return lines.joined(separator: "\n")
    }

    private func shown(_ value: Double?, _ unit: String) -> String {
        guard let value else { return "–" }
        switch unit {
        case "ratio": return language.percent(value)
        case "ms": return language.duration(Int64(value))
        default: return String(Int64(value))
        }
    }
}
