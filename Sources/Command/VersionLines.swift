import Foundation

/// The versions of a record, as `history` of every kind of record answers them.
struct VersionLines: Decodable {
    struct Version: Decodable {
        var version: Int
        var at, through: String
        var by: String?
        /// `created`, `changed`, `deleted`, or a word of the kind.
        var kind: String?
        /// The telephone number, of the block list.
        var display: String?
        var changes: [CustomerHistory.Change]
    }
    var deleted: Bool?
    var items: [Version]
    var next: String?

    /// The lines for a person, newest first.
    ///
    /// - Parameter back: the verb that brings a deleted record back.
    func text(_ global: GlobalOptions, _ clock: CivilClock, back: String? = nil) -> String {
        let l = global.speech, t = global.terminal
        var lines: [String] = []
        if deleted == true, let back {
            let note = l.say("削除されています。元に戻す: \(back)", "It is deleted. To bring it back: \(back)")
            lines.append(t.styled(note, .warn))
        }
        if items.isEmpty { lines.append(l.say("変更はまだありません。", "Nothing changed yet.")) }
        for one in items {
            let who = one.by.map(safe) ?? l.say("コマンド", "the command line")
            var head = "v\(one.version)  \(clock.shown(one.at))  \(who)  \(l.through(one.through, import: nil))"
            if let display = one.display { head += "  \(safe(display))" }
            lines.append(t.styled(head, .bold) + (one.kind.map { "  " + l.changeKind($0) } ?? ""))
            for change in one.changes {
                let from = change.from.map { safe($0.text) } ?? "", to = change.to.map { safe($0.text) } ?? ""
                lines.append("    \(safe(change.field)): \(from.isEmpty ? "—" : from) → \(to.isEmpty ? "—" : to)")
            }
        }
        if next != nil { lines.append(l.say("さらに古い変更: --limit", "There are older ones: --limit shows more.")) }
        return lines.joined(separator: "\n")
    }
}

extension Language {
    /// What a version made of a record, of the block list, or of an account or token.
    func changeKind(_ kind: String) -> String {
        switch kind {
        case "blocked": say("着信拒否", "blocked")
        case "unblocked": say("着信拒否を解除", "let through again")
        case "token_made": say("トークン作成", "token made")
        case "token_revoked": say("トークン無効化", "token revoked")
        case "account_made": say("アカウント作成", "account made")
        case "account_changed": say("アカウント変更", "account changed")
        case "account_removed": say("アカウント削除", "account removed")
        case "second_factor_set": say("二要素認証を設定", "second factor set")
        case "second_factor_removed": say("二要素認証を解除", "second factor removed")
        case "sessions_ended": say("セッション終了", "sessions ended")
        default: versionKind(kind)
        }
    }
}
