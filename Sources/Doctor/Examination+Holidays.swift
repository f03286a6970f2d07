import CallCenter

/// The file of holidays that the centre's opening hours go by.
public struct HolidayFacts: Equatable, Sendable {
    /// Absolute path of the file.
    public var file: String
    /// Its last day, by days since 1970-01-01; nil where it names none.
    public var last: Int64?
    /// How many days it still goes; negative when its last day has passed, nil where it names none.
    public var daysLeft: Int64?

    /// Copies its values.
    public init(file: String, last: Int64?, daysLeft: Int64?) {
        self.file = file
        self.last = last
        self.daysLeft = daysLeft
    }
}

extension Examination {
    /// Holidays should be known for so long. Days.
    static let holidaysMin: Int64 = 90

    /// Whether holidays run out; nil when they are known for long enough.
    public static func shortage(of holidays: HolidayFacts) -> Sentence? {
        guard let last = holidays.last, let left = holidays.daysLeft else {
            return Sentence(
                "祝日ファイル \(holidays.file) に日付がありません。",
                "The file of holidays, \(holidays.file), names no day.")
        }
        let day = CivilDate(days: Int(last)).text
        if left < 0 {
            return Sentence(
                "祝日ファイル \(holidays.file) の最後の日（\(day)）は過ぎました。以後の祝日は営業日として扱われます。",
                "The last holiday in \(holidays.file), \(day), has passed: holidays now count as open days.")
        }
        guard left < holidaysMin else { return nil }
        return Sentence(
            "祝日ファイル \(holidays.file) は \(day) まで（あと \(left) 日）です。以後の祝日は営業日として扱われます。",
            "The holidays in \(holidays.file) end in \(left) days, on \(day); later ones will count as open days.")
    }

    static func finding(of holidays: HolidayFacts) -> Finding {
        if let shortage = shortage(of: holidays) {
            return Finding(
                .warning, .holidays, shortage,
                advice: Sentence(
                    "次の年の祝日を 1 行に 1 日ずつ（例: 2028-01-01 元日）書き足し、`systemctl reload screenpopd` を実行してください。",
                    "Add those of the next year, a line each (2028-01-01 元日), and run `systemctl reload screenpopd`."))
        }
        let day = CivilDate(days: Int(holidays.last ?? 0)).text
        return Finding(
            .ok, .holidays, Sentence("祝日は \(day) まで登録されています。", "Holidays are known until \(day)."))
    }
}
