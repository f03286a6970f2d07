/// What a record's details become by a row.
extension ImportMerge {
    /// - Parameter columns: those of the file whose cell could be read.
    func merge(
        _ row: ImportRow.Reading, _ columns: Set<ImportColumns.Column>, into details: inout CustomerDetails
    ) {
        let said = row.fields.details
        func merge(_ column: ImportColumns.Column, _ place: WritableKeyPath<CustomerDetails, [String]>) {
            // A record may have an empty text, or spaces around one: no cell has.
            let before = details[keyPath: place].map(ImportRow.trimmed).filter { !$0.isEmpty }
            if columns.contains(column), before != said[keyPath: place] {
                details[keyPath: place] = said[keyPath: place]
            }
        }
        if let kind = row.kind { details.kind = kind }
        merge(.emails, \.emails)
        merge(.persona, \.persona)
        merge(.preferences, \.preferences)
        if columns.contains(.accounts), details.accounts.map(\.trimmed) != said.accounts {
            details.accounts = said.accounts
        }
        if columns.contains(.consent) { details.consent = said.consent }
        if columns.contains(.doNotCall) { details.doNotCall = said.doNotCall }
        if columns.contains(.statusReason),
            ImportRow.trimmed(details.statusReason ?? "") != said.statusReason ?? ""
        {
            details.statusReason = said.statusReason
        }
        switch row.company {
        case .none: details.companyID = nil
        case .found(let company): details.companyID = company
        case .unsaid, .externalID, .number: break
        }
        // A company belongs to none, also one that was a person before.
        if row.kind == .company { details.companyID = nil }
    }
}

extension CustomerDetails {
    /// Adds addresses that the record does not have.
    ///
    /// - Parameter first: the one that is not among the further ones.
    mutating func addMails(_ mails: [String], besides first: String?) {
        for mail in mails where mail != first && !emails.contains(mail) { emails.append(mail) }
    }
}

extension CustomerDetails.Account {
    fileprivate var trimmed: CustomerDetails.Account {
        .init(service: ImportRow.trimmed(service), id: ImportRow.trimmed(id))
    }
}
