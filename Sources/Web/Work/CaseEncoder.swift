import CallCenter
import EventWire
import Settings
import Storage

/// Cases as JSON.
struct CaseEncoder {
    let rules: Settings.Cases
    let clock: CaseClock
    private let work: WorkClock
    /// Who is shown them.
    let reader: Reader

    init(_ work: WorkClock, at now: Timestamp, to reader: Reader) {
        self.work = work
        rules = work.rules
        clock = work.caseClock(at: now)
        self.reader = reader
    }

    func write(_ one: CustomerCase, into out: inout ByteBuilder) { out.object { fields(of: one, into: &$0) } }

    func fields(of one: CustomerCase, into out: inout ByteBuilder) {
        reader.sees(one.customer)
        out.field("id", one.id)
        out.field("customer_name", one.customerName)
        CaseEncoder.content(of: one, into: &out)
        let facts = one.facts, claim = one.claim.flatMap { claim in
            claim.isValid(at: clock.now, limit: rules.claimLimit) ? claim : nil
        }
        out.field("open_parts", one.openParts)
        out.field("overdue", clock.isOverdue(facts))
        out.field("at_risk", clock.isAtRisk(facts))
        out.field("stalled", clock.isStalled(facts))
        out.field("remind_at", one.closedAt == nil ? one.due.map(work.reminder) : nil)
        out.field("progress_at", one.progressAt)
        out.field("response_ms", one.response)
        out.field("claimed_by", claim?.by)
        out.field("claimed_at", claim?.since)
        out.field("created_at", one.createdAt)
        out.field("created_by", one.createdBy)
        out.field("spent_ms", one.spent)
        out.field("version", one.version)
    }

    /// What somebody wrote, without what follows from the time.
    static func content(of one: CustomerCase, into out: inout ByteBuilder) {
        let details = one.details
        out.field("kind", one.kind.rawValue)
        out.field("customer", one.customer)
        out.field("title", one.title)
        out.field("case", details.partOf)
        out.field("phase", one.phase)
        out.field("progress", details.progress)
        out.field("priority", details.priority.word)
        out.field("owner", one.owner)
        out.field("due", one.due)
        out.field("next_step", details.nextStep)
        out.field("came_by", details.cameBy)
        out.field("waiting", details.waitingSince != nil)
        out.field("waiting_since", details.waitingSince)
        out.field("calls", details.calls)
        out.key("contacts")
        out.array { out in for contact in details.contacts { out.value(contact) } }
        out.key("handover")
        if let handover = details.handover {
            out.object { out in
                out.field("from", handover.from)
                out.field("to", handover.to)
                out.field("note", handover.note)
                out.field("at", handover.at)
            }
        } else {
            out.null()
        }
        out.field("reopened", details.reopened)
        out.field("complaint", details.complaint != nil)
        out.field("complaint_about", details.complaint?.about)
        out.field("closed_at", one.closedAt)
        out.field("closed_by", one.closedBy)
    }

    // MARK: Versions

    static func version(_ version: CaseVersion, into out: inout ByteBuilder) {
        out.object { out in
            out.field("version", version.version)
            out.field("at", version.at)
            out.field("by", version.author.who)
            out.field("through", version.author.through.rawValue)
            out.field("kind", version.before == nil ? "created" : "changed")
            FieldChange.write(changes(version), into: &out)
        }
    }

    /// The fields that differ, each as a text; of a new case all that are filled.
    static func changes(_ version: CaseVersion) -> [FieldChange] {
        let before = version.before.map(values) ?? [], after = version.after.map(values) ?? []
        return (after.isEmpty ? before : after).enumerated().compactMap { place, one in
            let from = before.isEmpty ? nil : before[place].value, to = after.isEmpty ? nil : one.value
            return from == to ? nil : FieldChange(field: one.name, from: from, to: to)
        }
    }

    private static func values(_ one: CustomerCase) -> [(name: String, value: String?)] {
        let details = one.details
        func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: ", ") }
        return [
            ("title", one.title), ("phase", one.phase), ("progress", details.progress.map(String.init)),
            ("priority", details.priority.word), ("owner", one.owner), ("due", one.due.map(RFC3339.string)),
            ("next_step", details.nextStep), ("came_by", details.cameBy),
            ("waiting_since", details.waitingSince.map(RFC3339.string)), ("calls", list(details.calls)),
            ("contacts", list(details.contacts.map(String.init))), ("handover_to", details.handover?.to),
            ("handover_note", details.handover?.note), ("complaint", details.complaint.map { _ in "true" }),
            ("complaint_about", details.complaint?.about), ("case", details.partOf.map(String.init)),
        ]
    }

    /// An owner of a case, from when on.
    struct Owner: Equatable {
        var owner: String?
        var since: Timestamp
        /// Who changed it.
        var by: String?
        /// What the one before wrote for this one.
        var note: String?
    }

    /// The owners, the first one first.
    ///
    /// - Parameter versions: all of them, newest first.
    static func owners(_ versions: [CaseVersion], of one: CustomerCase) -> [Owner] {
        var owners: [Owner] = []
        for version in versions.reversed() {
            guard let after = version.after else { continue }
            if owners.isEmpty {
                owners.append(
                    Owner(owner: version.before?.owner ?? after.owner, since: one.createdAt, by: one.createdBy))
            }
            guard owners.last?.owner != after.owner else { continue }
            let note = version.before?.details.handover.flatMap { $0.to == after.owner ? $0.note : nil }
            owners.append(Owner(owner: after.owner, since: version.at, by: version.author.who, note: note))
        }
        return owners.isEmpty ? [Owner(owner: one.owner, since: one.createdAt, by: one.createdBy)] : owners
    }
}
