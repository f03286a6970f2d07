/// Merges a row into a customer: fields with a column get the row's value, everything else stays.
struct ImportMerge: Sendable {
    let columns: Set<ImportColumns.Column>
    /// The centre's own fields that the file has.
    let custom: [String]
    let tierDefault: String

    func new(_ row: ImportRow.Reading) -> CustomerFields {
        var fields = row.fields
        if fields.tier.isEmpty { fields.tier = tierDefault }
        fields.details.kind = row.kind ?? .person
        fields.details.addMails(row.moreMails, besides: fields.email)
        if case .found(let company) = row.company { fields.details.companyID = company }
        return fields
    }

    /// A field whose cell could not be read keeps its value.
    func merged(_ reading: ImportRow.Reading, into before: CustomerFields) -> CustomerFields {
        let row = reading.fields, columns = reading.kept.isEmpty ? columns : columns.subtracting(reading.kept)
        var fields = before
        func merge(_ column: ImportColumns.Column, _ place: WritableKeyPath<CustomerFields, String?>) {
            // Spaces around a text are no change: the file's are not read either.
            guard columns.contains(column), ImportRow.trimmed(before[keyPath: place] ?? "") != row[keyPath: place] ?? ""
            else { return }
            fields[keyPath: place] = row[keyPath: place]
        }
        if row.externalID != nil { fields.externalID = row.externalID }
        if ImportRow.trimmed(before.name) != row.name { fields.name = row.name }
        merge(.kana, \.kana)
        merge(.company, \.company)
        merge(.email, \.email)
        merge(.owner, \.owner)
        merge(.address, \.address)
        merge(.lineID, \.lineID)
        if !row.tier.isEmpty { fields.tier = row.tier }
        if columns.contains(.tags) { fields.tags = row.tags }
        if columns.contains(.cautions) { fields.cautions = row.cautions }
        if columns.contains(.doNotPair) { fields.doNotPair = row.doNotPair }
        self.merge(reading, columns, into: &fields.details)
        // Further addresses of the record stay: other programs' files have three at most.
        fields.details.addMails(reading.moreMails, besides: fields.email)
        fields.phones = phones(reading, before.phones)
        for name in custom where !reading.keptCustom.contains(name) { fields.custom[name] = row.custom[name] }
        return fields
    }

    private static let phoneColumns = ImportColumns.Column.phones

    /// A customer may have more numbers than a file has columns. Those stay, as long as the row fills its columns: a
    /// row with an empty one has less to say than the record, and it could not be told which number it leaves out.
    /// Beside a cell that could not be read all stay.
    private func phones(_ reading: ImportRow.Reading, _ before: [PhoneEntry]) -> [PhoneEntry] {
        let row = reading.fields.phones, places = ImportMerge.phoneColumns.count(where: columns.contains)
        guard places > 0 else { return before }
        let isBad = ImportMerge.phoneColumns.contains(where: reading.kept.contains)
        guard Array(before.prefix(max(row.count, isBad ? 0 : places))) != row else { return before }
        if isBad { return row + before.filter { one in !row.contains { $0.key == one.key } } }
        return row.count < places
            ? row : row + before.dropFirst(row.count).filter { one in !row.contains { $0.key == one.key } }
    }
}
