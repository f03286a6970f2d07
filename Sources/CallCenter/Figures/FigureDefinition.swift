/// The definition of a figure of metrics.md: in words, and as a formula of countable parts.
public struct FigureDefinition: Sendable {
    /// In what a figure is given; the raw value is in the API.
    public enum Unit: String, Sendable {
        /// A whole number of calls, visits or rings.
        case count
        /// Milliseconds.
        case milliseconds = "ms"
        /// Between 0 and 1, mostly.
        case ratio
    }
    /// Where a part stands in the formula: the figure itself, or over or under the line of a ratio.
    public enum Side: String, Sendable { case value, numerator, denominator }

    /// One countable part of the formula.
    public struct Part: Sendable {
        /// Where it stands in the formula.
        public var side: Side
        /// What is counted.
        public var what: Countable
        /// 1, or -1 for a part that is subtracted.
        public var sign = 1
        /// Of calls with this disposition alone.
        public var disposition: String?
        /// Milliseconds are added up, and not counts.
        public var isSum = false

        /// What it is called in the API.
        public var countedName: String { isOfCallbacks ? "callbacks_due" : what.rawValue }
        private var isOfCallbacks = false

        /// Callers who wait to be called back, which are no counts of visits.
        public init(callbacks: Void) {
            self.init(.value, .abandoned)
            isOfCallbacks = true
        }

        init(_ side: Side, _ what: Countable, sign: Int = 1, isSum: Bool = false) {
            self.side = side
            self.what = what
            self.sign = sign
            self.isSum = isSum
        }
    }

    /// Its name in the API.
    public let name: String
    /// In what it is given.
    public let unit: Unit
    /// The countable parts of the formula; a ratio has some on both sides.
    public let parts: [Part]
    /// Of a service level.
    public let variant: ServiceLevelVariant?
    /// The figure describes the present, whatever the period.
    public let isLive: Bool
    private let japanese: String
    private let english: String

    /// The definition in words, a sentence or two.
    public func text(_ language: Language) -> String { language == .ja ? japanese : english }

    /// It is made of callers who wait to be called back, and not of counts.
    public var isOfCallbacks: Bool { name == "callbacks_due" || name == "callbacks_oldest_ms" }
    /// A service level, or what a short abandon decides: it goes by a threshold.
    public var threshold: Threshold? {
        if variant != nil { return .serviceLevel }
        return ["abandoned", "short_abandoned", "abandon_rate"].contains(name) ? .shortAbandon : nil
    }
    /// By which of a queue's thresholds a figure goes.
    public enum Threshold: Sendable { case serviceLevel, shortAbandon }

    /// The figure of that name; nil when there is none.
    ///
    /// - Parameters:
    ///   - variant: of a service level.
    ///   - isOfOperator: the figure of one operator, who has others of the same names.
    public init?(_ name: String, variant: ServiceLevelVariant, isOfOperator: Bool) {
        guard let made = FigureDefinition.made(name, variant, isOfOperator) else { return nil }
        self = made
    }

    private init(
        _ name: String, _ unit: Unit, _ parts: [Part], variant: ServiceLevelVariant? = nil, isLive: Bool = false,
        ja: String, en: String
    ) {
        self.name = name
        self.unit = unit
        self.parts = parts
        self.variant = variant
        self.isLive = isLive
        japanese = ja
        english = en
    }

    /// Names that can be asked of visits; a service level's variants are asked for beside its name.
    public static let names =
        [
            "offered", "answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown",
            "waiting", "waiting_ringing", "waiting_vip",
            "longest_wait_ms", "asa_ms", "average_wait_ms", "max_wait_ms", "wait_p50_ms", "wait_p90_ms", "wait_p95_ms",
            "wait_p99_ms", "abandon_rate",
            "service_level", "aht_ms", "talk_ms", "hold_ms", "wrap_up_ms", "transfers", "holds", "repeat_rate",
            "callbacks_due", "callbacks_oldest_ms",
        ] + outcomeNames + ["dialed", "reached"]
    /// Names that can be asked of both: what was written of calls. `disposition:CODE` is one more.
    private static let outcomeNames = [
        "answered_calls", "documented", "undocumented", "without_disposition", "documented_rate", "complaints",
        "complaint_rate",
    ]
    /// What the name of a figure of one disposition begins with.
    public static let dispositionPrefix = "disposition:"
    /// Names that can be asked of an operator.
    public static let operatorNames =
        [
            "answered", "unanswered", "talk_ms", "hold_ms", "wrap_up_ms", "paused_ms", "average_handle_ms",
            "transfers_out", "occupancy",
        ] + outcomeNames + ["dialed", "reached", "outbound_talk_ms"]

    private static func made(_ name: String, _ variant: ServiceLevelVariant, _ isOfOperator: Bool) -> FigureDefinition?
    {
        if let outcome = outcomes(name) { return outcome }
        if isOfOperator { return operators(name) }
        if name == "service_level" { return serviceLevel(variant) }
        return counts(name) ?? averages(name) ?? rates(name)
    }

    private static func count(_ name: String, _ what: Countable, isLive: Bool = false, ja: String, en: String)
        -> FigureDefinition
    {
        FigureDefinition(name, .count, [Part(.value, what)], isLive: isLive, ja: ja, en: en)
    }

    private static func counts(_ name: String) -> FigureDefinition? {
        switch name {
        case "offered":
            count(
                name, .offered, ja: "この時間に始まった着信（キューへの滞在1回を1件と数える）。",
                en: "Visits that began in this time: a visit is one stay of a call in one queue.")
        case "answered":
            count(
                name, .answered, ja: "オペレーターが応答した着信。応答した時刻で数える。",
                en: "Visits that an operator answered, counted when they were.")
        case "abandoned":
            count(
                name, .abandoned, ja: "待っている間に切れた着信。待ち時間が短時間放棄のしきい値を超えたもの。切れた時刻で数える。",
                en:
                    "Visits that ended while they waited, after more than the short-abandon threshold, counted when "
                        + "they ended."
            )
        case "short_abandoned":
            count(
                name, .shortAbandoned, ja: "待っている間に切れた着信のうち、待ち時間が短時間放棄のしきい値以下のもの。",
                en: "Visits that ended while they waited, within the short-abandon threshold, counted when they ended.")
        case "overflowed":
            count(
                name, .overflowed, ja: "応答されずにキューを出た着信（他のキュー、留守番電話、転送など）。",
                en: "Visits that left the queue unanswered but alive, counted when they left.")
        case "callback":
            count(
                name, .callback, ja: "折り返しを約束してキューを出た着信。",
                en: "Visits that left the queue with the promise to be called back.")
        case "blocked": count(name, .blocked, ja: "こちらの判断で断った着信。", en: "Visits that our own decision rejected.")
        case "unknown":
            count(
                name, .unknown, ja: "終わり方を誰も見ていない着信。",
                en: "Visits of which nobody saw how they ended: a snapshot of the PBX did not list them any more.")
        case "waiting":
            count(
                name, .waiting, isLive: true, ja: "いま結果の出ていない着信（呼出中を含む）。",
                en: "Visits without an outcome now, those that ring included.")
        case "waiting_ringing":
            count(
                name, .waitingRinging, isLive: true, ja: "いま待っている着信のうち、呼出中のもの。",
                en: "Of the visits that wait now, those that ring at an operator.")
        case "waiting_vip":
            count(
                name, .waitingVIP, isLive: true, ja: "いま待っている着信のうち、優良顧客のもの。",
                en: "Of the visits that wait now, those of VIPs.")
        case "transfers":
            count(
                name, .transfers, ja: "応答した着信の転送回数。応答した時刻で数える。",
                en: "Transfers of answered visits, counted where they were answered.")
        case "holds":
            count(
                name, .holds, ja: "応答した着信の保留回数。応答した時刻で数える。",
                en: "Holds of answered visits, counted where they were answered.")
        case "dialed":
            count(
                name, .dialed, ja: "オペレーターが発信した通話。", en: "Calls that operators dialed, counted where the dialing began."
            )
        case "reached":
            count(
                name, .reached, ja: "発信した通話のうち、相手が出たもの。",
                en: "Dialed calls whose far end answered, counted where it did.")
        case "callbacks_due":
            FigureDefinition(
                name, .count, [], isLive: true, ja: "切れた、または折り返しを頼んだ後、まだ話せていない発信者。",
                en: "Callers who gave up or asked to be called back, and were not reached since in either direction.")
        case "callbacks_oldest_ms":
            FigureDefinition(
                name, .milliseconds, [], isLive: true, ja: "折り返しを待っている発信者のうち、最も長い時間。",
                en: "The age of the oldest callback that is due.")
        default: nil
        }
    }

    private static func averages(_ name: String) -> FigureDefinition? {
        func average(_ sum: Countable, ja: String, en: String) -> FigureDefinition {
            FigureDefinition(
                name, .milliseconds, [Part(.numerator, sum, isSum: true), Part(.denominator, sum)], ja: ja, en: en)
        }
        func value(_ what: Countable, isSum: Bool = false, isLive: Bool = false, ja: String, en: String)
            -> FigureDefinition
        {
            FigureDefinition(name, .milliseconds, [Part(.value, what, isSum: isSum)], isLive: isLive, ja: ja, en: en)
        }
        switch name {
        case "longest_wait_ms":
            return value(
                .waiting, isLive: true, ja: "いま待っている着信のうち、最も長い待ち時間。",
                en: "The age of the oldest visit that waits now; 0 when none does.")
        case "asa_ms":
            return average(.answeredTimed, ja: "応答した着信の待ち時間の合計 ÷ その件数。", en: "Waits of the answered / answered.")
        case "average_wait_ms":
            return average(
                .endedTimed, ja: "終わったすべての着信の待ち時間の合計 ÷ その件数。",
                en: "Waits of all visits that ended, whatever the outcome / their number.")
        case "max_wait_ms":
            return value(
                .endedTimed, ja: "終わった着信のうち、最も長い待ち時間。",
                en: "The longest wait of all visits that ended, whatever the outcome.")
        case "wait_p50_ms", "wait_p90_ms", "wait_p95_ms", "wait_p99_ms":
            let percent = name.dropFirst(6).prefix(2)
            return value(
                .answeredTimed, ja: "応答した着信の\(percent)％がこの待ち時間以内（誤差1％以内）。",
                en: "\(percent) % of the answered waited no longer; at most 1 % off.")
        case "aht_ms":
            return average(
                .handled, ja: "（通話＋保留＋後処理）の合計 ÷ 後処理が終わった応答済みの着信。後処理が終わった時刻で数える。",
                en: "(talk + hold + wrap-up) / answered visits whose wrap-up has ended, counted where it ended.")
        case "talk_ms":
            return value(
                .handled, ja: "後処理が終わった着信の通話時間の合計（保留を除く）。",
                en: "Talk of the answered visits whose wrap-up has ended, without hold.")
        case "hold_ms":
            return value(
                .handled, ja: "後処理が終わった着信の保留時間の合計。", en: "Hold of the answered visits whose wrap-up has ended.")
        case "wrap_up_ms":
            return value(
                .handled, ja: "後処理が終わった着信の後処理時間の合計。", en: "Wrap-up of the answered visits whose wrap-up has ended.")
        default: return nil
        }
    }

    private static func rates(_ name: String) -> FigureDefinition? {
        switch name {
        case "abandon_rate":
            FigureDefinition(
                name, .ratio,
                [
                    Part(.numerator, .abandoned), Part(.denominator, .offered),
                    Part(.denominator, .shortAbandoned, sign: -1), Part(.denominator, .waiting, sign: -1),
                ],
                ja: "放棄 ÷（着信 − 短時間放棄 − 待っている着信）。", en: "abandoned / (offered − short_abandoned − still waiting).")
        case "repeat_rate":
            FigureDefinition(
                name, .ratio, [Part(.numerator, .repeats), Part(.denominator, .knownNumber)],
                ja: "24時間以内にも電話をかけてきた発信者の通話 ÷ 番号の分かる通話。",
                en: "Calls whose caller also called within the last 24 h, by number / calls with a known number.")
        default: nil
        }
    }

    /// What was written of calls; the same of a queue and of an operator.
    private static func outcomes(_ name: String) -> FigureDefinition? {
        switch name {
        case "answered_calls":
            return count(
                name, .answeredCalls, ja: "応答した通話。何度応答しても1件とし、最初に応答した時刻で数える。",
                en: "Calls that were answered, each once, counted where they first were.")
        case "documented":
            return count(
                name, .documented, ja: "応答した通話のうち、メモまたは結果が記録されたもの。応答した時刻で数える。",
                en: "Answered calls with a note or a disposition, counted where they were answered.")
        case "undocumented":
            return count(
                name, .undocumented, ja: "応答した通話のうち、メモも結果もないもの。応答した時刻で数える。",
                en: "Answered calls with neither a note nor a disposition, counted where they were answered.")
        case "without_disposition":
            return count(
                name, .withoutDisposition, ja: "応答した通話のうち、結果が選ばれていないもの。応答した時刻で数える。",
                en: "Answered calls without a disposition, counted where they were answered.")
        case "complaints":
            return count(
                name, .complaints, ja: "応答した通話のうち、結果が苦情（設定による）のもの。応答した時刻で数える。",
                en:
                    "Answered calls whose disposition is a complaint by the configuration, counted where they were "
                        + "answered."
            )
        case "documented_rate":
            return FigureDefinition(
                name, .ratio, [Part(.numerator, .documented), Part(.denominator, .answeredCalls)],
                ja: "メモまたは結果のある応答済みの通話 ÷ 応答した通話。",
                en: "Answered calls with a note or a disposition / answered calls.")
        case "complaint_rate":
            return FigureDefinition(
                name, .ratio, [Part(.numerator, .complaints), Part(.denominator, .dispositions)],
                ja: "結果が苦情の通話 ÷ 結果のある応答済みの通話。",
                en: "Calls whose disposition is a complaint / answered calls with a disposition.")
        default:
            guard name.hasPrefix(dispositionPrefix) else { return nil }
            var part = Part(.value, .dispositions)
            part.disposition = String(name.dropFirst(dispositionPrefix.count))
            return FigureDefinition(
                name, .count, [part], ja: "応答した通話のうち、最後に付けられた結果がこのもの。応答した時刻で数える。",
                en: "Answered calls with this disposition as the newest, counted where they were answered.")
        }
    }

    /// A answered, B abandoned with the short ones, S the short ones, T the threshold.
    private static func serviceLevel(_ variant: ServiceLevelVariant) -> FigureDefinition {
        var parts = [Part(.numerator, .answeredWithin), Part(.denominator, .answeredTimed)]
        let formula: String
        switch variant {
        case .negative:
            parts.append(Part(.denominator, .abandonedTimed))
            formula = "A≤T / (A+B)"
        case .ignore:
            parts += [Part(.denominator, .abandonedTimed), Part(.denominator, .abandonedWithin, sign: -1)]
            formula = "A≤T / (A+B − B≤T)"
        case .positive:
            parts += [Part(.numerator, .abandonedWithin), Part(.denominator, .abandonedTimed)]
            formula = "(A≤T + B≤T) / (A+B)"
        case .answered: formula = "A≤T / A"
        case .short:
            parts += [Part(.numerator, .shortTimed), Part(.denominator, .abandonedTimed)]
            formula = "(A≤T + S) / (A+B)"
        }
        return FigureDefinition(
            "service_level", .ratio, parts, variant: variant,
            ja: "サービスレベル（\(variant.rawValue)）: \(formula)。A 応答、B 放棄（短時間放棄を含む）、S 短時間放棄、T しきい値。始まりの分からない着信は含まない。",
            en:
                "Service level, \(variant.rawValue): \(formula). A answered, B abandoned with the short ones, S the "
                    + "short ones, T the threshold; visits whose start was not seen are left out."
        )
    }

    private static func operators(_ name: String) -> FigureDefinition? {
        func time(ja: String, en: String) -> FigureDefinition {
            FigureDefinition(name, .milliseconds, [Part(.value, .worked)], ja: ja, en: en)
        }
        switch name {
        case "answered":
            return count(
                name, .answered, ja: "このオペレーターが応答した回数。", en: "Calls that this operator answered, counted when that was."
            )
        case "unanswered":
            return count(
                name, .unanswered, ja: "このオペレーターが応答しなかった呼出。",
                en: "Rings that this operator did not answer, counted where they ended.")
        case "transfers_out":
            return count(name, .transfersOut, ja: "このオペレーターが転送した通話。", en: "Calls that this operator handed on.")
        case "dialed":
            return count(
                name, .dialed, ja: "このオペレーターが発信した通話。",
                en: "Calls that this operator dialed, counted where the dialing began.")
        case "reached":
            return count(
                name, .reached, ja: "このオペレーターが発信し、相手が出た通話。",
                en: "Calls that this operator dialed and whose far end answered.")
        case "talk_ms": return time(ja: "通話中だった時間（保留を除く）。", en: "Time in state talking.")
        case "hold_ms": return time(ja: "保留中だった時間。", en: "Time in state holding.")
        case "wrap_up_ms": return time(ja: "後処理だった時間。", en: "Time in state wrap-up.")
        case "paused_ms":
            return FigureDefinition(
                name, .milliseconds, [], ja: "離席していた時間。通話はない。", en: "Time in state paused, in which there are no calls."
            )
        case "outbound_talk_ms":
            return FigureDefinition(
                name, .milliseconds, [Part(.value, .reached)], ja: "発信した通話で話した時間の合計（保留を除く）。通話が終わった時刻で数える。",
                en: "Talk of the calls that this operator dialed, without hold, counted where it ended.")
        case "average_handle_ms":
            return FigureDefinition(
                name, .milliseconds, [Part(.numerator, .worked, isSum: true), Part(.denominator, .answered)],
                ja: "着信の（通話＋保留＋後処理）÷ 応答した回数。",
                en: "(talk + hold + wrap-up) of the calls that came in / calls answered.")
        case "occupancy":
            return FigureDefinition(
                name, .ratio, [Part(.numerator, .worked, isSum: true)], ja: "（通話＋保留＋後処理＋発信中）÷（ログイン時間 − 離席時間）。",
                en: "(talk + hold + wrap-up + dialing) / (logged in − paused).")
        default: return nil
        }
    }
}
