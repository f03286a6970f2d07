import CallCenter
import EventWire
import Foundation
import Settings

/// A disclosure as a page that can be printed: the same objects as in JSON, each as a table of names and values.
struct DisclosurePage: Sendable {
    let language: Language
    /// For the times of the centre's clock; nil: those of UTC.
    let periods: Periods?

    /// It has a style of its own, and nothing else.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let style = """
        body{font:14px/1.5 sans-serif;margin:2em;max-width:60em;color:#111;background:#fff}
        h1{font-size:1.4em}h2{font-size:1.15em;border-bottom:1px solid #888;margin-top:2em;break-after:avoid}
        table{border-collapse:collapse;margin:.4em 0;width:100%}
        section{border:1px solid #bbb;margin:.6em 0;padding:.2em .8em;break-inside:avoid-page}
        th{text-align:left;vertical-align:top;font-weight:normal;color:#444;width:11em;padding:.1em .8em .1em 0}
        td{vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}
        td table{margin:0}hr{border:0;border-top:1px dotted #bbb}
        @media print{body{margin:0;max-width:none}}
        """
    static let end = "</body></html>\n"

    private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

    func head(customer: Int64, at time: Timestamp) -> String {
        let title = say("顧客 \(customer) について保有するすべての情報", "All that is known of customer \(customer)")
        let made = say("作成 \(shown(time))", "Made \(shown(time))")
        return """
            <!doctype html><html lang="\(language.rawValue)"><head><meta charset="utf-8"><title>\(title)</title>
            <style>\(DisclosurePage.style)</style></head><body><h1>\(title)</h1><p>\(made)</p>

            """
    }

    func heading(_ section: DisclosureReader.Section) -> String { "<h2>\(title(section))</h2>\n" }

    var nothing: String { "<p>\(say("なし", "None"))</p>\n" }

    private func title(_ section: DisclosureReader.Section) -> String {
        switch section {
        case .record: say("顧客情報", "The record")
        case .versions: say("変更の履歴", "Every change of the record")
        case .merged: say("統合された記録", "Records that were merged into it")
        case .blocked: say("着信拒否", "Numbers whose calls are rejected")
        case .purchases: say("購入", "Purchases")
        case .contracts: say("契約", "Contracts")
        case .notes: say("メモ", "Notes")
        case .contacts: say("手で記録された応対", "Contacts that somebody recorded")
        case .files: say("画像・書類", "Pictures and documents")
        case .cases: say("案件と約束", "Cases and promises")
        case .inbox: say("受信箱から登録されたもの", "Mails and messages from the inbox")
        case .messages: say("社内の伝言", "Messages between desks")
        case .lists: say("リストの対応結果", "Results of lists")
        case .calls: say("通話", "Calls")
        case .timeline: say("すべての応対", "All contacts")
        case .views: say("この記録を見た人", "Who saw the record")
        }
    }

    // MARK: Entries

    /// - Parameter object: a JSON object.
    func entry(_ object: ByteBuilder) -> String {
        let read = try? JSONSerialization.jsonObject(with: Data(object.bytes))
        guard let fields = read as? [String: Any] else { return "" }
        return "<section>\(table(fields, depth: 0))</section>\n"
    }

    /// What has no value has no row.
    private func table(_ fields: [String: Any], depth: Int) -> String {
        let rows = fields.keys.sorted { DisclosureWords.precedes($0, $1) }.compactMap { name -> String? in
            guard let value = fields[name], let text = cell(name, value, depth: depth) else { return nil }
            return "<tr><th>\(escaped(DisclosureWords.word(name, language)))</th><td>\(text)</td></tr>"
        }
        return "<table>\(rows.joined())</table>"
    }

    private func cell(_ name: String, _ value: Any, depth: Int) -> String? {
        switch value {
        case is NSNull: return nil
        case let text as String: return text.isEmpty ? nil : escaped(shown(text))
        case let fields as [String: Any]:
            return fields.isEmpty || depth > 6 ? nil : table(fields, depth: depth + 1)
        case let list as [Any]:
            let cells = list.compactMap { cell(name, $0, depth: depth + 1) }
            guard !cells.isEmpty else { return nil }
            return cells.joined(separator: list.contains { $0 is [String: Any] } ? "<hr>" : ", ")
        default: return escaped(shown(value, name))
        }
    }

    /// A number, true or false.
    private func shown(_ value: Any, _ name: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
        let text = data.map { String(decoding: $0, as: UTF8.self) } ?? ""
        switch text {
        case "true": return say("はい", "yes")
        case "false": return say("いいえ", "no")
        default: break
        }
        guard name.hasSuffix("_ms"), let ms = Int64(text) else { return text }
        return say("\(ms / 1_000) 秒", "\(ms / 1_000) s")
    }

    /// A moment by the centre's clock; any other text as it is.
    private func shown(_ text: String) -> String {
        var copy = text
        guard text.utf8.count == 24, text.hasSuffix("Z"),
            let time = copy.withUTF8({ RFC3339.timestamp(UnsafeRawBufferPointer($0)) })
        else { return text }
        return shown(time)
    }

    private func shown(_ time: Timestamp) -> String { periods?.clock(at: time) ?? RFC3339.string(time) }

    private func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
