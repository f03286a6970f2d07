import CallCenter

/// The fields of a customer as bytes, as entries of the log and versions have them.
extension PackedWriter {
    mutating func fields(_ fields: CustomerFields) {
        optional(fields.externalID)
        text(fields.name)
        optional(fields.kana)
        optional(fields.company)
        list(fields.phones) { out, phone in
            out.text(phone.raw)
            out.optional(phone.e164)
            out.text(phone.display)
        }
        optional(fields.email)
        optional(fields.lineID)
        optional(fields.address)
        text(fields.tier)
        optional(fields.owner)
        for texts in [fields.tags, fields.cautions, fields.doNotPair] { list(texts) { $0.text($1) } }
        list(fields.custom.sorted { $0.key < $1.key }) { out, one in
            out.text(one.key)
            out.text(one.value)
        }
    }
}

extension PackedReader {
    mutating func fields() throws(Malformed) -> CustomerFields {
        let externalID = try optionalText()
        var fields = CustomerFields(name: try text())
        fields.externalID = externalID
        fields.kana = try optionalText()
        fields.company = try optionalText()
        fields.phones = try list { from throws(Malformed) in
            PhoneEntry(raw: try from.text(), e164: try from.optionalText(), display: try from.text())
        }
        fields.email = try optionalText()
        fields.lineID = try optionalText()
        fields.address = try optionalText()
        fields.tier = try text()
        fields.owner = try optionalText()
        fields.tags = try texts()
        fields.cautions = try texts()
        fields.doNotPair = try texts()
        let pairs = try list { from throws(Malformed) in (try from.text(), try from.text()) }
        for (name, value) in pairs { fields.custom[name] = value }
        return fields
    }
}
