import CallCenter
import EventWire

extension Streams {
    static func encode(_ gone: PopWithdrawn, into out: inout ByteBuilder) {
        out.object { out in
            out.field("pop", gone.id)
            out.field("call", gone.call)
            out.field("source", gone.source)
            out.field("operator", gone.operator)
            out.field("reason", gone.reason.rawValue)
            out.field("by", gone.by)
        }
    }

    static func encode(_ one: OperatorStatus, into out: inout ByteBuilder) {
        out.object { out in
            out.field("operator", one.operator)
            out.field("name", one.name)
            out.field("state", one.state.rawValue)
            out.field("since", one.since)
            out.field("reason", one.reason)
            out.field("wrap_up_ends_at", one.wrapUpEnds)
        }
    }

    static func encode(_ alert: SupervisorAlert, into out: inout ByteBuilder) {
        out.object { out in
            out.field("kind", alert.kind.rawValue)
            out.field("call", alert.call)
            out.field("source", alert.source)
            out.field("queue", alert.queue)
            out.field("operator", alert.operator)
            out.key("from")
            PopEncoder.number(alert.from, into: &out)
            out.key("customer")
            if let card = alert.customer { PopEncoder.customer(card, into: &out) } else { out.null() }
            out.field("tier", alert.tier)
            out.field("waited_ms", alert.waited)
            out.field("text", alert.text)
        }
    }
}
