import Foundation

/// `GET /v1/audit`.
struct AuditAnswer: Decodable {
    var items: [AuditLine]
    var next: String?
}

/// What somebody saw or changed.
struct AuditLine: Decodable {
    var at, kind, through: String
    var by, byName: String?
    var customer: Int?
    var everybody: Bool?
    var version: Int?
    var fields: [String]?
    var erased: Bool?
}

/// `GET /v1/audit/verify`.
struct AuditVerdict: Codable {
    struct Fault: Codable {
        var kind: String
        var from, to: Int?
    }
    var intact: Bool
    var entries, views, first, last: Int
    var firstAt, lastAt: String?
    var hash: String
    var faults: [Fault]

    /// As the daemon answers it; what is null there is left out.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// The audit for people.
struct AuditBoard {
    let language: Language
    /// The centre's.
    let clock: CivilClock

    private var l: Language { language }

    func table(_ lines: [AuditLine]) -> Table {
        var table = Table(
            [
                l.say("日時", "at"), l.say("誰が", "by"), l.say("名前", "name"), l.say("内容", "what"),
                l.say("手段", "through"), l.say("顧客", "customer"), l.say("変更した項目", "changed"),
            ], right: [5])
        for line in lines {
            let isView = line.kind == "view"
            let changed =
                line.erased == true
                ? l.say("消去", "erased") : (line.fields ?? []).map(safe).joined(separator: ", ")
            table.add([
                clock.shown(line.at), line.by.map(safe) ?? "–", line.byName.map(safe) ?? "",
                isView ? l.say("閲覧", "saw") : l.say("変更", "changed"), through(line.through),
                line.everybody == true && line.customer == nil
                    ? l.say("全員", "all") : line.customer.map(String.init) ?? "–",
                line.version.map { "v\($0) " + changed } ?? changed,
            ])
        }
        return table
    }

    /// By what, in words; what this version does not know, as it is.
    func through(_ word: String) -> String {
        switch word {
        case "desk": l.say("デスク", "desk")
        case "api": l.say("プログラム", "program")
        case "command": l.say("コマンド", "command")
        case "pop": l.say("ポップ", "pop")
        case "search": l.say("検索", "search")
        case "export": l.say("書き出し", "export")
        case "call": l.say("通話", "call")
        case "callback": l.say("折返し", "callback")
        case "case": l.say("案件", "case")
        case "list": l.say("リスト", "list")
        case "import": l.say("取り込み", "import")
        case "rule": l.say("規則", "rule")
        case "undo": l.say("取り消し", "undo")
        case "merge": l.say("統合", "merge")
        default: safe(word)
        }
    }

    func text(_ verdict: AuditVerdict, expected: String?) -> String {
        var lines: [String] = []
        if verdict.intact {
            lines.append(l.say("閲覧記録は書かれたままです。", "The view log is as it was written."))
        } else {
            lines.append(
                l.say("閲覧記録は書かれたままではありません。", "The view log is not as it was written."))
            lines += verdict.faults.map { "  " + sentence($0) }
        }
        if verdict.entries > 0 {
            let from = clock.shown(verdict.firstAt), to = clock.shown(verdict.lastAt)
            let places = (verdict.first, verdict.last)
            lines.append(
                l.say(
                    "閲覧 \(verdict.views) 件（記録 \(places.0)〜\(places.1)、\(from) から \(to) まで、\(clock.name)）",
                    "\(verdict.views) views in the entries \(places.0) to \(places.1), from \(from) to \(to) "
                        + "(\(clock.name))"))
        } else {
            lines.append(l.say("記録はありません。", "There are no entries."))
        }
        if expected != nil, !verdict.faults.contains(where: { $0.kind == "expected" }) {
            lines.append(l.say("指定のハッシュは記録の中にあります。", "The expected hash is in the chain."))
        }
        lines.append(l.say("最新のハッシュ: ", "newest hash: ") + safe(verdict.hash))
        return lines.joined(separator: "\n")
    }

    private func sentence(_ fault: AuditVerdict.Fault) -> String {
        let place: String =
            switch (fault.from, fault.to) {
            case (let from?, let to?) where from != to: "\(from)–\(to)"
            case (let one?, _), (nil, let one?): String(one)
            case (nil, nil): "?"
            }
        return switch fault.kind {
        case "changed":
            l.say(
                "記録 \(place) が、またはその前が変えられています。", "entries \(place), or what was before them, were changed")
        case "missing": l.say("記録 \(place) がありません。", "entries \(place) are missing")
        case "inserted": l.say("記録 \(place) は後から入れられています。", "entries \(place) were inserted")
        case "cut_off": l.say("最新の記録 \(place) が消されています。", "the newest entries, \(place), were removed")
        case "begins":
            l.say(
                "記録 \(place) までが、保存期間によらずに消されています。",
                "the oldest entries, up to \(place), were removed, and not by the retention")
        case "index":
            l.say(
                "顧客別の索引が記録と合いません。表示されない閲覧がありえます。",
                "the index by customers does not fit: some views may not be listed")
        case "expected":
            l.say(
                "指定のハッシュが記録の中にありません。消されたか、書き直されたか、保存期間より古いものです。",
                "the expected hash is not in the chain: entries were removed or written again, or it is older than "
                    + "the retention")
        default: safe(fault.kind) + " " + place
        }
    }
}
