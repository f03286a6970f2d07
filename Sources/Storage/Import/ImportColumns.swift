/// Which column of a file is what (configuration.md).
struct ImportColumns {
    enum Column: String, CaseIterable {
        case externalID = "external_id"
        case name, kana, company, phone, phone2, phone3, email, tier, owner, tags, cautions, address
        case lineID = "line_id"
        case doNotPair = "do_not_pair"

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
            }
        }
    }

    enum Place {
        case known(Column)
        case custom(String)
        case unknown
    }

    let places: [Place]
    /// Those the file has.
    let known: Set<Column>
    let custom: [String]
    /// As the file heads them.
    let unknown: [String]

    /// - Parameter customFields: the centre's own fields, by the names that the file may use.
    init(header: [String], customFields: Set<String>) throws(ImportError) {
        var places: [Place] = [], unknown: [String] = []
        var taken: Set<Column> = []
        for title in header {
            let trimmed = String(title.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            let plain = trimmed.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
            let column = Column(rawValue: plain) ?? Column.allCases.first { $0.japanese.contains(trimmed) }
            if let column {
                guard taken.insert(column).inserted else { throw .columnTwice(trimmed) }
                places.append(.known(column))
            } else if customFields.contains(trimmed) {
                places.append(.custom(trimmed))
            } else {
                places.append(.unknown)
                if !trimmed.isEmpty { unknown.append(trimmed) }
            }
        }
        guard taken.contains(.name) else { throw .noNameColumn(found: header.filter { !$0.isEmpty }) }
        self.places = places
        known = taken
        custom = places.compactMap { if case .custom(let name) = $0 { name } else { nil } }
        self.unknown = unknown
    }
}

/// Why a file as a whole cannot be imported.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case noNameColumn(found: [String])
    case columnTwice(String)
    /// In none of the encodings, or not in the one that was said.
    case notText(said: TextEncoding?)
    case rowTooLong(line: Int)
    case cannotRead(String)
    case cancelled
    case store(StoreError)
    /// The log cannot be written now: the rows before are in.
    case unwritten(String)

    public var description: String {
        let columns = ImportColumns.Column.allCases.map(\.rawValue).joined(separator: ", ")
        return switch self {
        case .empty: "the file is empty; its first line names the columns: \(columns)"
        case .noNameColumn(let found):
            "the first line has no column \"name\" (it has "
                + "\(found.prefix(8).map { "\"\($0)\"" }.joined(separator: ", "))); columns are \(columns)"
        case .columnTwice(let name): "the column \"\(name)\" is there twice; name each once"
        case .notText(nil):
            "the file is no text in UTF-8, UTF-16, Shift_JIS (CP932), EUC-JP or Windows-1252; save it as CSV UTF-8"
        case .notText(let said?):
            "the file is not in \(said.rawValue); say another encoding "
                + "(\(TextEncoding.names.joined(separator: ", "))), or none to have it guessed"
        case .rowTooLong(let line):
            "the row that begins on line \(line) does not end: a quote is probably left open there"
        case .cannotRead(let reason): "the file cannot be read: \(reason)"
        case .cancelled: "the import was stopped; the rows before are in, and importing the file again takes the rest"
        case .store(let error): error.description
        case .unwritten(let reason): "\(reason); the rows before are in, and importing the file again imports the rest"
        }
    }
}
