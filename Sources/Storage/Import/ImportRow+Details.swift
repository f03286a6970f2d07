import PhoneNumbers

/// What a record has besides name, numbers and tier, as cells of a file have it.
extension ImportRow {
    func detail(_ value: String, _ column: ImportColumns.Column, _ row: inout Reading) throws(Fault) {
        switch column {
        case .kind: row.kind = try DetailCell.kind(value)
        case .companyExternalID: row.company = .externalID(value)
        case .companyID:
            let number = try number(value, column)
            // The external id stays the same in another centre's records.
            if case .externalID = row.company { return }
            row.company = .number(number)
        case .recordNumber: row.recordNumber = try number(value, column)
        case .emails:
            let mails = try list(value, column)
            if let wrong = mails.first(where: { !$0.contains("@") || $0.contains(" ") }) {
                throw Fault(column: column.rawValue, message: "\"\(wrong)\" is no mail address")
            }
            row.fields.details.emails = mails
        case .accounts:
            var accounts: [CustomerDetails.Account] = []
            for text in try list(value, column) { accounts.append(try DetailCell.account(text)) }
            row.fields.details.accounts = accounts
        case .persona: row.fields.details.persona = try list(value, column)
        case .preferences: row.fields.details.preferences = try list(value, column)
        case .consent:
            for text in try list(value, column) {
                let one = try DetailCell.consent(text)
                row.fields.details.consent[one.name] = one.isAgreed
            }
        case .doNotCall:
            guard let flag = DetailCell.flag(value) else {
                throw Fault(column: column.rawValue, message: "\"\(value)\" is neither true nor false")
            }
            row.fields.details.doNotCall = flag
        case .statusReason: row.fields.details.statusReason = value
        default: break
        }
    }

    /// Says what the empty cells of a company's columns mean. A company belongs to none.
    func requirePerson(_ row: inout Reading) {
        let asked: Set<ImportColumns.Column> = [.companyExternalID, .companyID]
        guard !columns.known.isDisjoint(with: asked) else { return }
        if row.company == .unsaid, row.kept.isDisjoint(with: asked) { row.company = .none }
        guard row.kind == .company, row.company != .none, row.company != .unsaid else { return }
        row.badCells.append(
            Fault(column: row.company.column.rawValue, message: "a company belongs to none; only a person does"))
        row.company = .unsaid
    }

    private func number(_ value: String, _ column: ImportColumns.Column) throws(Fault) -> Int64 {
        guard let number = Int64(NumberText.narrow(value)), number > 0 else {
            throw Fault(column: column.rawValue, message: "\"\(value)\" is no number of a record, such as 17")
        }
        return number
    }
}

/// The cells of a customer's details: what an export writes and an import reads.
enum DetailCell {
    /// `instagram:hanako`.
    static func text(_ account: CustomerDetails.Account) -> String {
        account.service.replacing("\\", with: "\\\\").replacing(":", with: "\\:") + ":" + account.id
    }

    /// `newsletter=yes;recording=no`.
    static func text(_ consent: [String: Bool]) -> String {
        ListCell.text(consent.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ? "yes" : "no")" })
    }

    static func account(_ text: String) throws(ImportRow.Fault) -> CustomerDetails.Account {
        var service = "", rest = text[...]
        while let next = rest.popFirst() {
            if next == ":" {
                let name = ImportRow.trimmed(service), id = ImportRow.trimmed(String(rest))
                if name.isEmpty || id.isEmpty { break }
                return .init(service: name, id: id)
            }
            if next == "\\", let escaped = rest.first, escaped == ":" || escaped == "\\" {
                service.append(escaped)
                rest = rest.dropFirst()
            } else {
                service.append(next)
            }
        }
        throw ImportRow.Fault(
            column: "accounts", message: "\"\(text)\" is no account; write service:name, such as instagram:hanako")
    }

    /// A name alone is what the customer agreed to.
    static func consent(_ text: String) throws(ImportRow.Fault) -> (name: String, isAgreed: Bool) {
        guard let place = text.lastIndex(of: "=") else { return (text, true) }
        let name = ImportRow.trimmed(String(text[..<place])), answer = String(text[text.index(after: place)...])
        guard !name.isEmpty, let isAgreed = flag(ImportRow.trimmed(answer)) else {
            throw ImportRow.Fault(
                column: "consent", message: "\"\(text)\" says neither yes nor no; write newsletter=yes or =no")
        }
        return (name, isAgreed)
    }

    static func kind(_ value: String) throws(ImportRow.Fault) -> CustomerDetails.Kind {
        switch value.lowercased() {
        case "person", "individual", "個人": return .person
        case "company", "organization", "organisation", "法人", "会社", "企業", "団体": return .company
        default:
            throw ImportRow.Fault(column: "kind", message: "\"\(value)\" is no kind; there are person and company")
        }
    }

    /// As forms of the region and spreadsheets write it.
    static func flag(_ value: String) -> Bool? {
        switch NumberText.narrow(value).lowercased() {
        case "true", "yes", "y", "1", "はい", "○", "同意", "可", "済", "する": true
        case "false", "no", "n", "0", "いいえ", "×", "拒否", "不可", "未", "しない": false
        default: nil
        }
    }
}

extension ImportColumns.Column {
    /// Several texts in one cell (`ListCell`).
    var isList: Bool {
        switch self {
        case .tags, .cautions, .doNotPair, .emails, .accounts, .persona, .preferences, .consent: true
        default: false
        }
    }
}
