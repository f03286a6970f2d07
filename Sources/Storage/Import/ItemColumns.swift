import CallCenter

/// Which column of a file of purchases, contracts, contacts or notes is what.
struct ItemColumns {
    enum Column: String, CaseIterable, Sendable {
        // Which one it is; whose it is.
        case id, customer
        case externalID = "external_id"
        case name, phone, email
        // What it says.
        case at, product, quantity
        case unitPrice = "unit_price"
        case amount, currency, order, state
        case service, signed, starts, expires, renews
        case channel, direction, summary
        case duration = "duration_ms"
        case minutes, text, seconds, `operator`

        /// Those that name a customer.
        static let owners: [Column] = [.externalID, .customer, .phone, .email]

        /// In the order of an export, those that an export does not have last.
        static func columns(of kind: CustomerItem.Kind) -> [Column] {
            exported(of: kind) + (kind == .contact ? [.minutes] : [])
        }

        static func exported(of kind: CustomerItem.Kind) -> [Column] {
            [.id, .customer, .externalID, .name, .phone, .email] + fields(of: kind)
        }

        private static func fields(of kind: CustomerItem.Kind) -> [Column] {
            switch kind {
            case .purchase: [.at, .product, .quantity, .unitPrice, .amount, .currency, .order, .state]
            case .contract: [.service, .amount, .currency, .signed, .starts, .expires, .renews]
            case .contact: [.at, .channel, .direction, .summary, .duration, .operator]
            case .note: [.at, .text, .seconds, .operator]
            case .file: []
            }
        }

        /// Without these there is nothing to record.
        static func needed(by kind: CustomerItem.Kind) -> [Column] {
            switch kind {
            case .purchase: [.at, .product]
            case .contract: [.service]
            case .contact: [.at, .channel]
            case .note: [.at, .text]
            case .file: []
            }
        }

        /// How other files head it, as `ImportHeadings.plain` spells it.
        fileprivate var headings: [String] {
            switch self {
            case .id: []
            case .customer: ["customer_number", "顧客の番号"]
            case .externalID:
                [
                    "customer_id", "customer_code", "account_id", "contact_id", "顧客番号", "顧客コード", "顧客id", "得意先コード",
                    "取引先コード",
                ]
            case .name:
                [
                    "customer_name", "account_name", "contact_name", "氏名", "名前", "お名前", "顧客", "顧客名", "お客様名",
                    "得意先名", "取引先名",
                ]
            case .phone: ["phone_number", "mobile", "mobile_phone", "tel", "電話", "電話番号", "携帯電話", "携帯電話番号"]
            case .email: ["e_mail", "mail", "email_address", "メール", "メールアドレス", "eメール"]
            case .at:
                [
                    "date", "time", "order_date", "purchase_date", "activity_date", "created_at", "日付", "日時", "購入日",
                    "注文日", "受注日", "売上日", "売上日付", "取引日", "伝票日付", "応対日時", "対応日", "対応日時", "記入日",
                ]
            case .product: ["product_name", "item", "item_name", "商品", "商品名", "品名", "製品", "製品名"]
            case .quantity: ["qty", "数量", "個数"]
            case .unitPrice: ["price", "単価", "販売単価"]
            case .amount: ["total", "total_price", "total_amount", "金額", "合計", "合計金額", "売上金額", "契約金額"]
            case .currency: ["currency_code", "通貨"]
            case .order: ["order_number", "order_id", "order_no", "注文番号", "受注番号", "伝票番号"]
            case .state: ["status", "状態", "ステータス"]
            case .service: ["contract", "contract_name", "plan", "サービス", "サービス名", "契約", "契約名", "契約内容"]
            case .signed: ["signed_at", "contract_date", "契約日", "締結日"]
            case .starts: ["start", "start_date", "開始", "開始日", "契約開始日"]
            case .expires: ["end", "end_date", "expiry", "expiry_date", "終了", "終了日", "満了日", "契約終了日", "契約満了日"]
            case .renews: ["renewal", "renewal_date", "auto_renew", "更新", "更新日", "自動更新"]
            case .channel: ["type", "activity_type", "手段", "チャネル", "応対手段", "種別", "対応種別"]
            case .direction: ["方向", "受発信", "発着信"]
            case .summary: ["subject", "description", "comments", "内容", "要約", "概要", "件名", "対応内容", "応対内容"]
            case .duration: []
            case .minutes: ["duration_minutes", "時間(分)", "対応時間(分)"]
            case .text: ["note", "note_body", "body", "memo", "内容", "メモ", "備考", "本文"]
            case .seconds: ["入力秒数"]
            case .operator: ["owner", "assigned_to", "担当", "担当者", "応対者", "記入者"]
            }
        }
    }

    let kind: CustomerItem.Kind
    /// Of each heading; nil for one that is left out.
    let places: [Column?]
    let known: Set<Column>
    /// As the file heads them.
    let unknown: [String]

    /// - Parameter map: headings of the file with the column that each is; an empty one leaves it out.
    init(_ kind: CustomerItem.Kind, header: [String], map: [String: String]) throws(ImportError) {
        let places = try ItemColumns.places(kind, header: header, map: map), known = Set(places.compactMap { $0 })
        let found = header.map(ImportRow.trimmed).filter { !$0.isEmpty }
        if let missing = Column.needed(by: kind).first(where: { !known.contains($0) }) {
            throw .noColumn(missing.rawValue, of: .items(kind), found: found)
        }
        guard !known.isDisjoint(with: Column.owners) else {
            throw .noColumn(Column.owners.map(\.rawValue).joined(separator: ", "), of: .items(kind), found: found)
        }
        self.kind = kind
        self.places = places
        self.known = known
        unknown = zip(header.map(ImportRow.trimmed), places).compactMap { title, place in
            place == nil && !title.isEmpty && map[title] == nil ? title : nil
        }
    }

    /// What each heading is, also where that is not enough for an import.
    static func places(
        _ kind: CustomerItem.Kind, header: [String], map: [String: String]
    ) throws(ImportError) -> [Column?] {
        let titles = header.map(ImportRow.trimmed), columns = Column.columns(of: kind)
        if let missing = map.keys.sorted().first(where: { !titles.contains($0) }) { throw .noSuchHeading(missing) }
        var places = [Column?](repeating: nil, count: titles.count), taken: Set<Column> = []
        // Our own names, and what somebody says of a heading, come before what other programs' words mean.
        for (i, title) in titles.enumerated() {
            let column: Column?
            if let said = map[title] {
                if said.isEmpty { continue }
                column = columns.first { $0.rawValue == said }
                if column == nil { throw .noSuchColumnOf(.items(kind), said) }
            } else {
                let plain = ImportHeadings.plain(title)
                column = columns.first { $0.rawValue == plain }
            }
            guard let column else { continue }
            guard taken.insert(column).inserted else { throw .columnTwice(title) }
            places[i] = column
        }
        for (i, title) in titles.enumerated() where places[i] == nil && map[title] == nil {
            let plain = ImportHeadings.plain(title)
            guard let column = columns.first(where: { !taken.contains($0) && $0.headings.contains(plain) }) else {
                continue
            }
            taken.insert(column)
            places[i] = column
        }
        return places
    }
}
