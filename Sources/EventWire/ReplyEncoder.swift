import CallCenter

/// Writes the one line each event is answered with, newline included (protocol.md, Replies).
public enum ReplyEncoder {
    /// Writes the reply to an event that is on disk.
    ///
    /// - Parameters:
    ///   - seq: the event's log position; nil for a `ping`, which has none.
    ///   - duplicate: it was accepted before: `seq` and `answer` are those of the first time.
    ///   - ignored: names of attributes that the protocol does not know.
    ///   - answer: for events that ask who is calling: `call.offered`, `call.dialed`, `call.identified`.
    public static func ok(
        seq: Int64?, duplicate: Bool = false, id: String? = nil, call: String? = nil, ignored: [String] = [],
        answer: OfferAnswer? = nil, into out: inout ByteBuilder
    ) {
        out.append("{\"ok\":true")
        if let seq {
            out.append(",\"seq\":")
            out.append(decimal: seq)
        }
        if duplicate { out.append(",\"duplicate\":true") }
        echo(id, call, &out)
        if !ignored.isEmpty { out.field("ignored", ignored) }
        if let answer { fields(of: answer, &out) }
        out.append("}\n")
    }

    /// Writes the reply to an event that was refused, or that is not on disk yet.
    ///
    /// - Parameter answer: for an event that is applied and not on disk: who is calling, and where the call should go.
    ///   The sender may use it, and has to send the event again.
    public static func error(_ error: WireError, answer: OfferAnswer? = nil, into out: inout ByteBuilder) {
        out.append("{\"ok\":false")
        echo(error.id, error.call, &out)
        out.key("error")
        out.object { out in
            out.field("code", error.code.rawValue)
            if let field = error.field { out.field("field", field) }
            out.field("message", error.message)
        }
        if let answer { fields(of: answer, &out) }
        out.append("}\n")
    }

    /// A decision as JSON, with its priority and reason: the `route` of a reply, and of a call's record.
    public static func route(_ route: Route, into out: inout ByteBuilder) {
        out.object { out in
            fields(of: route.action, &out)
            out.field("priority", route.priority)
            out.field("reason", route.reason.rawValue)
        }
    }

    private static func echo(_ id: String?, _ call: String?, _ out: inout ByteBuilder) {
        if let id { out.field("id", id) }
        if let call { out.field("call", call) }
    }

    private static func fields(of answer: OfferAnswer, _ out: inout ByteBuilder) {
        out.key("customer")
        if let customer = answer.customer {
            out.object { out in
                out.field("id", customer.id)
                out.field("name", customer.name)
                out.field("tier", customer.tier)
                out.field("owner", customer.owner)
            }
        } else {
            out.null()
        }
        if answer.candidates > 1 { out.field("candidates", answer.candidates) }
        out.key("alerts")
        out.array { out in for alert in answer.alerts { out.value(alert.rawValue) } }
        guard let route = answer.route else { return }
        out.key("route")
        self.route(route, into: &out)
    }

    /// What is not known is left out: a dialplan asks whether a key is there.
    private static func fields(of action: Route.Action, _ out: inout ByteBuilder) {
        switch action {
        case .operator(let id, let device, let waitS, let fallback):
            out.field("action", "operator")
            out.field("operator", id)
            if let device { out.field("device", device) }
            out.field("wait", waitS)
            if let fallback {
                out.key("fallback")
                out.object { out in fields(of: fallback, &out) }
            }
        case .group(let name, let operators, let devices):
            out.field("action", "group")
            out.field("group", name)
            out.field("operators", operators)
            if !devices.isEmpty { out.field("devices", devices) }
        case .queue(let name):
            out.field("action", "queue")
            if let name { out.field("queue", name) }
        case .reject:
            out.field("action", "reject")
        }
    }
}
