import Spreadsheet

/// Which column of a file is what (configuration.md).
struct ImportColumns {
    enum Column: String, CaseIterable {
        case externalID = "external_id"
        case name, kana, company, phone, phone2, phone3, email, tier, owner, tags, cautions, address
        case lineID = "line_id"
        case doNotPair = "do_not_pair"
        // What other programs write besides.
        case phone4, phone5, phone6, email2, email3
        case familyName = "family_name"
        case givenName = "given_name"
        case familyKana = "family_kana"
        case givenKana = "given_kana"
        case address2, address3, address4, address5
        // What a record has besides (`CustomerDetails`).
        case kind
        /// The company of a person, by its external id; by its `record_number`.
        case companyExternalID = "company_external_id"
        case companyID = "company_id"
        /// The number that a record had where the file was written: rows of one file name each other by it.
        case recordNumber = "record_number"
        case emails, accounts, persona, preferences, consent
        case doNotCall = "do_not_call"
        case statusReason = "status_reason"

        /// The columns of an export, in order.
        static let exported: [Column] = [
            .externalID, .name, .kana, .company, .phone, .phone2, .phone3, .email, .tier, .owner, .tags, .cautions,
            .address, .lineID, .doNotPair,
        ] + details
        /// Those that an earlier version did not have: a field of the centre's own may have the name of one, and is
        /// what the name means there.
        static let details: [Column] = [
            .kind, .companyExternalID, .companyID, .recordNumber, .emails, .accounts, .persona, .preferences, .consent,
            .doNotCall, .statusReason,
        ]
        /// The columns of a customer's numbers, in order.
        static let phones: [Column] = [.phone, .phone2, .phone3, .phone4, .phone5, .phone6]
        static let mails: [Column] = [.email, .email2, .email3]
        static let addresses: [Column] = [.address, .address2, .address3, .address4, .address5]

        var isPhone: Bool {
            switch self {
            case .phone, .phone2, .phone3, .phone4, .phone5, .phone6: true
            default: false
            }
        }

        /// The column whose text this one is a part of.
        var whole: Column? {
            switch self {
            case .familyName, .givenName: .name
            case .familyKana, .givenKana: .kana
            case .address2, .address3, .address4, .address5: .address
            default: nil
            }
        }

        /// How Japanese files head it.
        var japanese: [String] {
            switch self {
            case .externalID: ["顧客番号", "顧客コード", "顧客ID"]
            case .name: ["氏名", "名前", "顧客名"]
            case .kana: ["フリガナ", "ふりがな", "カナ", "氏名カナ"]
            case .company: ["会社", "会社名", "法人名"]
            case .phone: ["電話", "電話番号", "電話番号1"]
            case .phone2: ["電話番号2", "携帯", "携帯電話"]
            case .phone3: ["電話番号3"]
            case .email: ["メール", "メールアドレス"]
            case .tier: ["ランク", "区分", "顧客区分"]
            case .owner: ["担当", "担当者"]
            case .tags: ["タグ"]
            case .cautions: ["注意", "注意事項"]
            case .address: ["住所"]
            case .lineID: ["LINE"]
            case .doNotPair: ["組合せ不可"]
            case .familyName: ["姓"]
            case .givenName: ["名"]
            case .familyKana: ["セイ", "姓カナ", "姓（カナ）", "姓フリガナ"]
            case .givenKana: ["メイ", "名カナ", "名（カナ）", "名フリガナ"]
            case .phone4, .phone5, .phone6, .email2, .email3, .address2, .address3, .address4, .address5,
                .recordNumber:
                []
            case .kind: ["種別", "個人・法人", "個人法人区分"]
            case .companyExternalID: ["所属会社の顧客番号", "会社の顧客番号"]
            case .companyID: ["所属会社の番号", "会社の番号"]
            case .emails: ["他のメール", "その他のメール", "その他のメールアドレス"]
            case .accounts: ["アカウント", "SNS", "SNSアカウント"]
            case .persona: ["人物像", "ペルソナ"]
            case .preferences: ["希望・好み", "希望", "好み", "要望"]
            case .consent: ["同意", "同意事項"]
            case .doNotCall: ["電話しない", "電話不可", "架電禁止"]
            case .statusReason: ["状態の理由", "ステータスの理由"]
            }
        }
    }

    enum Place: Equatable {
        case known(Column)
        case custom(String)
        case unknown
    }

    let places: [Place]
    /// Those the file has, and those that its columns make up together: a family name is part of the name.
    let known: Set<Column>
    let custom: [String]
    /// As the file heads them.
    let unknown: [String]

    /// - Parameters:
    ///   - customFields: the centre's own fields, by the names that the file may use.
    ///   - map: headings of the file with the column that each is; an empty one leaves it out.
    init(header: [String], customFields: Set<String>, map: [String: String] = [:]) throws(ImportError) {
        let places = try ImportColumns.places(header: header, customFields: customFields, map: map)
        let taken = Set(places.compactMap { if case .known(let column) = $0 { column } else { nil } })
        let made = taken.union(taken.compactMap(\.whole))
        guard made.contains(.name) else { throw .noNameColumn(found: header.filter { !$0.isEmpty }) }
        self.places = places
        known = made
        custom = places.compactMap { if case .custom(let name) = $0 { name } else { nil } }
        unknown = zip(header.map(ImportRow.trimmed), places).compactMap { title, place in
            place == .unknown && !title.isEmpty && map[title] == nil ? title : nil
        }
    }

    /// What each heading is, also where that is not enough for an import.
    static func places(
        header: [String], customFields: Set<String>, map: [String: String]
    ) throws(ImportError) -> [Place] {
        let titles = header.map(ImportRow.trimmed)
        if let missing = map.keys.sorted().first(where: { !titles.contains($0) }) { throw .noSuchHeading(missing) }
        var places = [Place](repeating: .unknown, count: titles.count), taken: Set<Column> = []
        // What the file says by our own names, or somebody says of it, comes before what other programs' words mean.
        for (i, title) in titles.enumerated() {
            let column: Column?
            if let said = map[title] {
                if said.isEmpty { continue }
                column = Column(rawValue: said)
                if column == nil {
                    guard customFields.contains(said) else { throw .noSuchColumn(said) }
                    places[i] = .custom(said)
                    continue
                }
            } else {
                let found =
                    Column(rawValue: ImportHeadings.plain(title))
                    ?? Column.allCases.first { $0.japanese.contains(title) }
                let isOfCentre = customFields.contains(title) && found.map(Column.details.contains) ?? false
                column = isOfCentre ? nil : found
            }
            if let column {
                guard taken.insert(column).inserted else { throw .columnTwice(title) }
                places[i] = .known(column)
            } else if customFields.contains(title) {
                places[i] = .custom(title)
            }
        }
        for (i, title) in titles.enumerated() where places[i] == .unknown && map[title] == nil {
            guard let column = ImportHeadings.columns(of: title).first(where: { !taken.contains($0) }) else { continue }
            taken.insert(column)
            places[i] = .known(column)
        }
        return places
    }
}

/// Why a file as a whole cannot be imported.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file has no first line.
    case empty
    /// No heading says which column has the names; `found` has the headings that are there.
    case noNameColumn(found: [String])
    /// A column without which rows of a kind say nothing.
    case noColumn(String, of: ImportKind, found: [String])
    /// Two headings are the same column.
    case columnTwice(String)
    /// What was said of a heading that the file does not have.
    case noSuchHeading(String)
    /// What a heading was said to be.
    case noSuchColumn(String)
    /// The same of a file of another kind.
    case noSuchColumnOf(ImportKind, String)
    /// The workbook cannot be read.
    case workbook(SheetError)
    /// In none of the encodings, or not in the one that was said.
    case notText(said: TextEncoding?)
    /// The row that begins on this line does not end: a quote is probably left open there.
    case rowTooLong(line: Int)
    /// The system refuses to read the file; the text is its reason.
    case cannotRead(String)
    /// `isCancelled` said so; the rows before are in.
    case cancelled
    /// A line of JSON that is longer than `JSONLinesRows.lineBytesMax`.
    case lineTooLong(line: Int)
    /// The records cannot be written now: the rows before are in.
    case store(StoreError)
    /// The log cannot be written now: the rows before are in.
    case unwritten(String)

    public var description: String {
        let columns = ImportColumns.Column.allCases.map(\.rawValue).joined(separator: ", ")
        return switch self {
        case .empty: "the file is empty; its first line names the columns, such as those of an export"
        case .noNameColumn(let found):
            "the first line has no column \"name\" (it has "
                + "\(found.prefix(8).map { "\"\($0)\"" }.joined(separator: ", "))); columns are \(columns)"
        case .noColumn(let name, let kind, let found):
            "the first line has no column for \(name) (it has "
                + "\(found.prefix(8).map { "\"\($0)\"" }.joined(separator: ", "))); columns of \(kind.word) are "
                + kind.columns.joined(separator: ", ")
        case .columnTwice(let name): "the column \"\(name)\" is there twice; name each once"
        case .noSuchHeading(let name): "the first line has no column \"\(name)\", which the mapping names"
        case .noSuchColumn(let name):
            "the mapping names \"\(name)\", which is no column and no field of the centre; columns are \(columns)"
        case .noSuchColumnOf(let kind, let name):
            "the mapping names \"\(name)\", which is no column of \(kind.word); columns are "
                + kind.columns.joined(separator: ", ")
        case .workbook(let error): error.description
        case .notText(nil):
            "the file is no text in UTF-8, UTF-16, Shift_JIS (CP932), EUC-JP or Windows-1252; save it as CSV UTF-8"
        case .notText(let said?):
            "the file is not in \(said.rawValue); say another encoding "
                + "(\(TextEncoding.names.joined(separator: ", "))), or none to have it guessed"
        case .rowTooLong(let line):
            "the row that begins on line \(line) does not end: a quote is probably left open there"
        case .lineTooLong(let line): "line \(line) is longer than 1 MiB; each line is the JSON object of one record"
        case .cannotRead(let reason): "the file cannot be read: \(reason)"
        case .cancelled: "the import was stopped; the rows before are in, and importing the file again takes the rest"
        case .store(let error): error.description
        case .unwritten(let reason): "\(reason); the rows before are in, and importing the file again imports the rest"
        }
    }
}
