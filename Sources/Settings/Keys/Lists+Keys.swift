/// `[lists]`.
extension Settings.Lists {
    static let keys: [Key<Settings.Lists>] = [
        .number("expiring_days", \.expiringDays, 1...3650),
        .number("risk_days", \.riskDays, 1...3650),
        .duration("long_wait", \.longWait, DurationText.second...DurationText.day),
        .number("best", \.best, 1...10_000),
        .text("currency", \.currency) { text, node throws(SettingsError) in
            guard text.utf8.count == 3, text.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else {
                throw node.wrong(#"write three capitals of ISO 4217, such as "JPY""#)
            }
            return text
        },
        .names("results", \.results, least: 1),
        .number("again_days", \.againDays, 0...3650),
    ]
}
