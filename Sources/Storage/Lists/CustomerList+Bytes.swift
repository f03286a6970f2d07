import CallCenter

/// A saved list as bytes: a version of the format, and the fields.
extension PackedWriter {
    mutating func listContent(_ content: CustomerList.Content) {
        byte(1)
        text(content.title)
        optional(content.of?.rawValue)
        optional(content.order?.rawValue)
        let filter = content.filter
        for word in [filter.tier, filter.tag, filter.owner, filter.status?.rawValue, filter.text] { optional(word) }
        optional(filter.minSpent)
        optional(filter.days)
        list(content.assigned) { $0.text($1) }
    }

    mutating func listFields(_ one: RecordChange.ListFields) {
        signed(one.id)
        text(one.name)
        signed(one.version)
        signed(one.createdAt.ms)
        optional(one.createdBy)
        listContent(one.content)
    }

    mutating func listClaim(_ claim: CaseClaim?) {
        optional(claim) { out, claim in
            out.text(claim.by)
            out.signed(claim.since.ms)
        }
    }

    mutating func listResult(_ result: ListResult?) {
        optional(result) { out, result in
            out.text(result.result)
            out.optional(result.note)
            out.optional(result.by)
            out.signed(result.at.ms)
        }
    }
}

extension PackedReader {
    mutating func listContent() throws(Malformed) -> CustomerList.Content {
        guard try byte() == 1 else { throw Malformed() }
        var content = CustomerList.Content(title: try text())
        content.of = try optionalWord()
        content.order = try optionalWord()
        content.filter.tier = try optionalText()
        content.filter.tag = try optionalText()
        content.filter.owner = try optionalText()
        content.filter.status = try optionalWord()
        content.filter.text = try optionalText()
        content.filter.minSpent = try optionalSigned()
        content.filter.days = try optionalSigned()
        content.assigned = try texts()
        return content
    }

    mutating func listFields() throws(Malformed) -> RecordChange.ListFields {
        RecordChange.ListFields(
            id: try signed(), name: try text(), version: try signed(), createdAt: Timestamp(ms: try signed()),
            createdBy: try optionalText(), content: try listContent())
    }

    mutating func listClaim() throws(Malformed) -> CaseClaim? {
        try optional { from throws(Malformed) in
            CaseClaim(by: try from.text(), since: Timestamp(ms: try from.signed()))
        }
    }

    mutating func listResult() throws(Malformed) -> ListResult? {
        try optional { from throws(Malformed) in
            ListResult(
                result: try from.text(), note: try from.optionalText(), by: try from.optionalText(),
                at: Timestamp(ms: try from.signed()))
        }
    }
}

extension CustomerList.Content {
    /// As a row and a version store it.
    var packed: [UInt8] {
        var out = PackedWriter()
        out.listContent(self)
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in try from.listContent() }
    }
}
