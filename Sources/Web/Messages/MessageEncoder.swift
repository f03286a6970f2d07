import CallCenter
import EventWire
import Storage

/// Messages between desks as JSON.
struct MessageEncoder {
    /// Who is shown them.
    let reader: Reader
    /// Whose time of reading is `read_at`; nil for a program.
    let who: String?

    func write(_ one: KeptMessage, into out: inout ByteBuilder) { out.object { fields(of: one, into: &$0) } }

    func fields(of one: KeptMessage, into out: inout ByteBuilder) {
        let note = one.note
        if let customer = note.customer { reader.sees(customer) }
        out.field("id", note.id)
        out.field("at", one.at)
        out.field("from", note.from)
        out.field("from_name", note.fromName)
        out.field("to", note.to.text)
        out.field("text", note.text)
        out.field("call", note.call)
        out.field("customer", note.customer)
        out.field("customer_name", one.customerName)
        out.field("case", note.caseID)
        out.field("help", note.to == .supervisors)
        out.field("in_reply_to", note.replyTo)
        out.field("answered_by", one.answer.flatMap { $0.by.isEmpty ? nil : $0.by })
        out.field("answered_at", one.answer?.at)
        out.field("answer", one.answer?.message)
        out.field("read_at", one.readings.first { $0.by == who }?.at)
        out.key("read_by")
        out.array { out in
            for reading in one.readings {
                out.object { out in
                    out.field("operator", reading.by)
                    out.field("at", reading.at)
                }
            }
        }
    }
}
