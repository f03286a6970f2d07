import PhoneNumbers

/// A number in a cell, with what spreadsheets put around it: `12,800`, `¥12,800`, `12800円`, `▲500`, `(500)`.
struct CellMoney: Equatable {
    var number: ExactDecimal
    /// Of the sign that stands with it; nil where there is none.
    var currency: String?

    /// nil for what is no number, and for one whose commas do not part thousands.
    init?(_ cell: String) {
        var text = ImportRow.trimmed(NumberText.narrow(cell))[...], currency: String?, isNegative = false
        if text.first == "(", text.last == ")" {
            text = text.dropFirst().dropLast()
            isNegative = true
        }
        func sign() {
            guard let first = text.first else { return }
            switch first {
            case "-", "−", "△", "▲":
                guard !isNegative else { return }
                isNegative = true
            case "¥", "￥", "\\": currency = "JPY"
            case "€": currency = "EUR"
            default: return
            }
            text = text.dropFirst()
        }
        // A currency and a sign, in either order.
        sign()
        sign()
        if let last = text.last, let code = ["円": "JPY", "€": "EUR"][last] {
            currency = code
            text = ImportRow.trimmed(String(text.dropLast()))[...]
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first), let plain = CellMoney.withoutCommas(text),
            let number = ExactDecimal((isNegative ? "-" : "") + plain)
        else { return nil }
        self.number = number
        self.currency = currency
    }

    private static func withoutCommas(_ text: Substring) -> String? {
        guard text.contains(",") else { return String(text) }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard (1...3).contains(groups[0].utf8.count), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
            return nil
        }
        return groups.joined() + (parts.count > 1 ? ".\(parts[1])" : "")
    }
}
