import CallCenter

/// A case as bytes. Its first fields are those that an earlier version wrote; version and details follow where they are
/// needed.
extension PackedWriter {
    mutating func caseFields(_ one: RecordChange.CaseFields) {
        signed(one.id)
        signed(one.customer)
        text(one.kind.rawValue)
        text(one.title)
        optional(one.owner)
        optional(one.due?.ms)
        signed(one.createdAt.ms)
        optional(one.createdBy)
        optional(one.closedAt?.ms)
        optional(one.closedBy)
        optional(one.spent)
    }

    /// A format, and what an earlier version did not have.
    mutating func caseDetails(_ details: CaseDetails) {
        // A case that is no complaint, and part of none, has the bytes that it had before there were any.
        let format: UInt8 = details.partOf != nil ? 3 : details.complaint == nil ? 1 : 2
        byte(format)
        optional(details.phase)
        optional(details.progress)
        signed(details.priority.rawValue)
        optional(details.nextStep)
        optional(details.cameBy)
        list(details.calls) { $0.text($1) }
        list(details.contacts) { $0.signed($1) }
        for time in [details.waitingSince, details.progressAt, details.respondedAt] { optional(time?.ms) }
        optional(details.handover) { out, one in
            out.optional(one.from)
            out.text(one.to)
            out.optional(one.note)
            out.signed(one.at.ms)
        }
        signed(details.reopened)
        optional(details.ownerSince?.ms)
        list(details.escalated.sorted { $0.key < $1.key }) { out, one in
            out.text(one.key)
            out.signed(one.value.ms)
        }
        if format == 3 {
            optional(details.complaint) { $0.optional($1.about) }
            optional(details.partOf)
        } else if let complaint = details.complaint {
            optional(complaint.about)
        }
    }

    mutating func wholeCase(_ one: RecordChange.CaseFields) {
        caseFields(one)
        signed(one.version)
        caseDetails(one.details)
    }
}

extension PackedReader {
    mutating func caseFields() throws(Malformed) -> RecordChange.CaseFields {
        var one = RecordChange.CaseFields(
            id: try signed(), customer: try signed(), kind: try word(), title: try text(), owner: try optionalText(),
            due: try caseTime(), createdAt: Timestamp(ms: try signed()), createdBy: try optionalText(),
            closedAt: try caseTime(), closedBy: try optionalText(), spent: try optionalSigned())
        one.version = one.earlierVersion
        return one
    }

    mutating func caseDetails() throws(Malformed) -> CaseDetails {
        let format = try byte()
        guard (1...3).contains(format) else { throw Malformed() }
        var details = CaseDetails()
        details.phase = try optionalText()
        details.progress = try optionalSigned()
        guard let priority = CasePriority(rawValue: try signed()) else { throw Malformed() }
        details.priority = priority
        details.nextStep = try optionalText()
        details.cameBy = try optionalText()
        details.calls = try texts()
        details.contacts = try list { from throws(Malformed) in try from.signed() }
        details.waitingSince = try caseTime()
        details.progressAt = try caseTime()
        details.respondedAt = try caseTime()
        details.handover = try optional { from throws(Malformed) in
            CaseHandover(
                from: try from.optionalText(), to: try from.text(), note: try from.optionalText(),
                at: Timestamp(ms: try from.signed()))
        }
        details.reopened = try signed()
        details.ownerSince = try caseTime()
        let fired = try list { from throws(Malformed) in (try from.text(), Timestamp(ms: try from.signed())) }
        for (name, since) in fired { details.escalated[name] = since }
        switch format {
        case 2: details.complaint = CaseComplaint(about: try optionalText())
        case 3:
            details.complaint = try optional { from throws(Malformed) in CaseComplaint(about: try from.optionalText()) }
            details.partOf = try optionalSigned()
        default: break
        }
        return details
    }

    mutating func wholeCase() throws(Malformed) -> RecordChange.CaseFields {
        var one = try caseFields()
        one.version = try signed()
        one.details = try caseDetails()
        return one
    }

    private mutating func caseTime() throws(Malformed) -> Timestamp? {
        try optionalSigned().map { Timestamp(ms: $0) }
    }
}

extension RecordChange.CaseFields {
    /// The version of a case that an earlier version of the daemon wrote: such a case was opened, and closed once.
    var earlierVersion: Int64 { closedAt == nil ? 1 : 2 }

    /// An earlier version of the daemon wrote it so, and would read it.
    var isPlain: Bool { version == earlierVersion && details == CaseDetails() }

    /// As a version of the case stores it.
    var packed: [UInt8] {
        var out = PackedWriter()
        out.byte(1)
        out.wholeCase(self)
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in
            guard try from.byte() == 1 else { throw Malformed() }
            return try from.wholeCase()
        }
    }

    /// The cases of a deleted customer: as an earlier version of the daemon stored them, and behind that what it did
    /// not have.
    static func packed(_ all: [RecordChange.CaseFields]) -> [UInt8] {
        var out = PackedWriter()
        out.list(all) { $0.caseFields($1) }
        out.list(all) { out, one in
            out.signed(one.version)
            out.caseDetails(one.details)
        }
        return out.bytes
    }

    static func list(packed bytes: [UInt8]) throws(Malformed) -> [RecordChange.CaseFields] {
        try bytes.reading { from throws(Malformed) in
            var all = try from.list { from throws(Malformed) in try from.caseFields() }
            if from.isAtEnd { return all }
            let more = try from.list { from throws(Malformed) in (try from.signed(), try from.caseDetails()) }
            guard more.count == all.count else { throw Malformed() }
            for (n, one) in more.enumerated() { (all[n].version, all[n].details) = one }
            return all
        }
    }
}
