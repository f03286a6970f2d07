/// What a row of a file makes of a customer: what the file has columns for is as the row says, everything else stays.
struct ImportMerge: Sendable {
    let columns: Set<ImportColumns.Column>
    /// The centre's own fields that the file has.
    let custom: [String]
    let tierDefault: String

    /// - Parameter row: as `ImportRow` reads it.
    func new(_ row: CustomerFields) -> CustomerFields {
        var fields = row
        if fields.tier.isEmpty { fields.tier = tierDefault }
        return fields
    }

    func merged(_ row: CustomerFields, into before: CustomerFields) -> CustomerFields {
        var fields = before
        func take(_ column: ImportColumns.Column, _ place: WritableKeyPath<CustomerFields, String?>) {
            // Spaces around a text are no change: the file's are not read either.
            guard columns.contains(column), ImportRow.trimmed(before[keyPath: place] ?? "") != row[keyPath: place] ?? "" else { return }
            fields[keyPath: place] = row[keyPath: place]
        }
        if row.externalID != nil { fields.externalID = row.externalID }
        if ImportRow.trimmed(before.name) != row.name { fields.name = row.name }
        take(.kana, \.kana)
        take(.company, \.company)
        take(.email, \.email)
        take(.owner, \.owner)
        take(.address, \.address)
        take(.lineID, \.lineID)
        if !row.tier.isEmpty { fields.tier = row.tier }
        if columns.contains(.tags) { fields.tags = row.tags }
        if columns.contains(.cautions) { fields.cautions = row.cautions }
        if columns.contains(.doNotPair) { fields.doNotPair = row.doNotPair }
        fields.phones = phones(row.phones, before.phones)
        for name in custom { fields.custom[name] = row.custom[name] }
        return fields
    }

    /// A customer may have more numbers than a file has columns. Those stay, as long as the row fills its columns: a row with an empty one
    /// has less to say than the record, and it could not be told which number it leaves out.
    private func phones(_ row: [PhoneEntry], _ before: [PhoneEntry]) -> [PhoneEntry] {
        let places = [ImportColumns.Column.phone, .phone2, .phone3].count(where: columns.contains)
        guard places > 0, Array(before.prefix(places)) != row else { return before }
        return row.count < places ? row : row + before.dropFirst(places)
    }
}
