/// What a rule can say: the attributes of each event (docs/integrator.md), and of a contact.
public enum IntakeFields {
    struct Known: Sendable {
        var needed: [String]
        var other: [String]

        var all: [String] { needed + other }
    }

    /// Besides `type`; every event may have `id` and `time`.
    static let events: [String: Known] = [
        "call.offered": .init(needed: ["call"], other: ["from", "to", "queue", "name", "presentation"]),
        "call.dialed": .init(needed: ["call", "operator"], other: ["to", "from"]),
        "call.identified": .init(needed: ["call"], other: ["customer", "external_id", "account", "email", "from"]),
        "call.queued": .init(needed: ["call", "queue"], other: ["position", "priority"]),
        "call.ringing": .init(needed: ["call", "operator"], other: ["device"]),
        "call.unanswered": .init(needed: ["call", "operator"], other: ["device", "reason"]),
        "call.answered": .init(needed: ["call"], other: ["operator"]),
        "call.parked": .init(needed: ["call", "operator"], other: ["slot"]),
        "call.retrieved": .init(needed: ["call", "operator"], other: ["slot"]),
        "call.held": .init(needed: ["call"], other: ["operator"]),
        "call.resumed": .init(needed: ["call"], other: ["operator"]),
        "call.transferred": .init(needed: ["call"], other: ["operator", "queue", "to", "kind"]),
        "call.dequeued": .init(needed: ["call", "queue"], other: ["reason"]),
        "call.ended": .init(needed: ["call"], other: ["by", "cause"]),
        "operator.login": .init(needed: ["operator"], other: ["name", "device", "queues"]),
        "operator.logout": .init(needed: ["operator"], other: []),
        "operator.paused": .init(needed: ["operator"], other: ["reason"]),
        "operator.resumed": .init(needed: ["operator"], other: ["reason"]),
        "operator.ready": .init(needed: ["operator"], other: []),
        "operator.busy": .init(needed: ["operator"], other: ["reason"]),
        "operator.free": .init(needed: ["operator"], other: ["reason"]),
    ]

    static let ofEvery = ["type", "id", "time"]

    static let contact = Known(
        needed: ["channel"],
        other: [
            "id", "direction", "email", "phone", "account", "service", "name", "subject", "text", "at", "thread",
        ])

    /// Attributes that are numbers.
    public static let numbers: Set = ["position", "priority"]
    /// Attributes that are lists.
    public static let lists: Set = ["queues"]
}
