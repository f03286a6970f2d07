/// The types of what others are told of: events of the log, and changes of records. `type` of
/// `GET /v1/events/stream` and `types` of `[[webhook]]` name them.
public enum OutwardTypes {
    /// Events of a PBX, as they were given.
    public static let calls = [
        "call.offered", "call.dialed", "call.identified", "call.queued", "call.ringing", "call.unanswered",
        "call.answered", "call.parked", "call.retrieved", "call.held", "call.resumed", "call.transferred",
        "call.dequeued", "call.ended", "operator.login", "operator.logout", "operator.paused", "operator.resumed",
        "operator.ready", "operator.busy", "operator.free", "pbx.snapshot", "pbx.disconnected", "pbx.connected",
        "touchpoint.recorded",
    ]

    /// What operators do at the desk with calls: the daemon's own events.
    public static let desk = [
        "screenpop.pop.seen", "screenpop.call.note_draft", "screenpop.call.note", "screenpop.call.disposition",
        "screenpop.call.unidentified", "screenpop.customer.note", "screenpop.callback.done",
        "screenpop.callback.claim", "screenpop.call.outside",
    ]

    /// Changes of records, and what a clock finds.
    public static let records = [
        "customer.created", "customer.changed", "customer.deleted", "customer.undeleted", "customer.erased",
        "customer.merged", "customer.unmerged", "number.blocked", "number.unblocked", "case.opened", "case.changed",
        "case.closed", "case.claimed", "case.released", "case.late", "purchase.recorded", "purchase.changed",
        "contract.recorded", "contract.changed", "contact.recorded", "contact.changed", "note.written",
        "note.changed", "file.attached", "file.changed", "item.deleted", "import.started", "import.ended",
        "import.undone", "vip.waiting", "vip.unseen",
    ]

    /// Every type that may be asked for.
    public static let all = Set(calls + desk + records)
}
