import CallCenter

/// What the fields of a disclosure are called, in the order in which they are shown. A name that is not here is one of
/// the centre's own, and stands as it is behind the others.
enum DisclosureWords {
    private struct Word {
        var place: Int
        var ja: String
        var en: String
    }

    static func word(_ name: String, _ language: Language) -> String {
        guard let word = words[name] else { return name }
        return language == .ja ? word.ja : word.en
    }

    static func precedes(_ a: String, _ b: String) -> Bool {
        switch (words[a], words[b]) {
        case (let a?, let b?): a.place < b.place
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): a < b
        }
    }

    private static let words: [String: Word] = Dictionary(
        all.enumerated().map { place, one in (one.0, Word(place: place, ja: one.1, en: one.2)) },
        uniquingKeysWith: { first, _ in first })

    private static let all: [(String, String, String)] = [
        ("id", "番号", "Number"), ("call", "通話", "Call"), ("number", "番号", "Number"), ("source", "交換機", "PBX"),
        ("version", "版", "Version"), ("at", "日時", "At"), ("by", "実行者", "By"), ("by_name", "氏名", "Name"),
        ("by_kind", "種別", "Kind"), ("through", "手段", "Through"), ("everybody", "全顧客の出力", "Export of all"),
        ("import", "取込", "Import"), ("external_id", "顧客番号", "External id"), ("name", "氏名", "Name"),
        ("kana", "読み", "Reading"), ("company", "会社", "Company"), ("kind", "種別", "Kind"), ("tier", "区分", "Tier"),
        ("status", "状態", "Status"), ("status_reason", "状態の理由", "Reason of the status"), ("owner", "担当", "Owner"),
        ("tags", "タグ", "Tags"), ("cautions", "注意事項", "Cautions"), ("phones", "電話", "Telephones"),
        ("display", "表示", "Shown as"), ("raw", "入力値", "As written"), ("e164", "国際表記", "E.164"),
        ("email", "メール", "Mail"), ("emails", "他のメール", "Other mail addresses"),
        ("accounts", "アカウント", "Accounts"), ("service", "サービス", "Service"), ("line_id", "LINE", "LINE"),
        ("address", "住所", "Address"), ("do_not_pair", "組合せ不可", "Not to be paired with"),
        ("persona", "人物像", "Persona"), ("preferences", "希望・好み", "Preferences"), ("consent", "同意", "Consent"),
        ("do_not_call", "電話しない", "Do not call"), ("custom", "独自項目", "Fields of the centre"),
        ("company_id", "会社の番号", "Number of the company"), ("created_at", "登録日時", "Created"),
        ("created_by", "登録者", "Created by"), ("updated_at", "更新日時", "Changed"),
        ("last_contact_at", "最終応対", "Last contact"), ("record", "内容", "Content"), ("contact", "応対", "Contact"),
        ("channel", "手段", "Channel"), ("direction", "方向", "Direction"), ("from", "変更前・発信元", "From"),
        ("to", "変更後・宛先", "To"), ("field", "項目", "Field"), ("operator", "担当者", "Operator"),
        ("line", "回線", "Line"), ("queue", "キュー", "Queue"), ("summary", "要約", "Summary"), ("text", "本文", "Text"),
        ("outcome", "結果", "Outcome"), ("duration_ms", "時間", "Duration"), ("seconds", "入力秒数", "Seconds of writing"),
        ("product", "商品", "Product"), ("quantity", "数量", "Quantity"), ("unit_price", "単価", "Unit price"),
        ("amount", "金額", "Amount"), ("currency", "通貨", "Currency"), ("order", "注文番号", "Order"),
        ("state", "状態", "State"), ("signed", "締結", "Signed"), ("starts", "開始", "Starts"),
        ("expires", "終了", "Expires"), ("renews", "更新", "Renews"), ("title", "件名", "Title"),
        ("phase", "段階", "Phase"), ("progress", "進捗（%）", "Progress (%)"), ("priority", "優先度", "Priority"),
        ("due", "期限", "Due"), ("next_step", "次の対応", "Next step"), ("came_by", "受付経路", "Came by"),
        ("complaint", "苦情", "Complaint"), ("complaint_about", "苦情の対象", "Complaint about"),
        ("waiting", "返事待ち", "Waits for the customer"), ("handover", "引継ぎ", "Handover"), ("note", "メモ", "Note"),
        ("closed_at", "完了", "Closed"), ("closed_by", "完了者", "Closed by"), ("customer", "顧客", "Customer"),
        ("offered_at", "着信", "Offered"), ("answered_at", "応答", "Answered"), ("ended_at", "終了", "Ended"),
        ("wait_ms", "待ち時間", "Waited"), ("talk_ms", "通話時間", "Talked"), ("disposition", "区分コード", "Disposition"),
        ("visits", "キューの滞在", "Stays in queues"), ("legs", "担当者との通話", "Talks with operators"),
        ("notes", "メモ", "Notes"), ("drafts", "下書き", "Drafts"), ("timeline", "経過", "Timeline"),
        ("routing", "振分け", "Routing"), ("since", "いつから", "Since"), ("reason", "理由", "Reason"),
        ("subject", "件名", "Subject"), ("received_at", "受信", "Received"),
        ("late", "対応遅れ", "Late"), ("attachments", "添付", "Attachments"),
        ("type", "形式", "Type"), ("size", "大きさ", "Size"), ("handled_at", "処理日時", "Handled"),
        ("handled_by", "処理者", "Handled by"), ("case", "案件", "Case"), ("from_name", "発信者名", "From (name)"),
        ("customer_name", "顧客名", "Customer's name"), ("help", "管理者への依頼", "Asked of supervisors"),
        ("in_reply_to", "返信先", "In reply to"), ("answered_by", "回答者", "Answered by"),
        ("answered_at", "回答日時", "Answered at"), ("answer", "回答", "Answer"), ("read_by", "既読", "Read by"),
        ("result", "結果", "Result"), ("changes", "変更", "Changes"), ("versions", "版の履歴", "Versions"),
    ]
}
