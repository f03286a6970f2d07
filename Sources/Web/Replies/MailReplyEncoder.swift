import CallCenter
import EventWire
import Storage

/// Mails that are written in cases, as JSON.
struct MailReplyEncoder {
    /// Who is shown them.
    let reader: Reader
    /// What waits for approval since before this moment is late; nil: nothing is.
    let lateBefore: Timestamp?

    func write(_ kept: KeptReply, into out: inout ByteBuilder) { out.object { fields(of: kept, into: &$0) } }

    func fields(of kept: KeptReply, into out: inout ByteBuilder) {
        let one = kept.reply, progress = one.progress
        reader.sees(one.customer)
        out.field("id", one.id)
        out.field("version", one.version)
        out.field("case", one.caseID)
        out.field("case_title", kept.caseTitle)
        out.field("customer", one.customer)
        out.field("customer_name", kept.customerName)
        out.field("state", one.state.rawValue)
        out.field("to", one.letter.to)
        out.field("to_name", one.letter.toName)
        out.field("subject", one.letter.subject)
        out.field("text", one.letter.text)
        out.field("operator", one.person)
        out.field("created_at", one.createdAt)
        out.field("updated_at", kept.updatedAt)
        out.field("message_id", one.messageID)
        out.field("in_reply_to", one.references.last)
        out.field("tries", progress.tries)
        out.field("next_try", progress.nextTry)
        out.field("problem", progress.problem)
        out.field("sent_at", progress.sentAt)
        out.field("contact", progress.contact)
        out.field("reviewed_by", progress.reviewedBy)
        out.field("reviewed_at", progress.reviewedAt)
        out.field("review_note", progress.reviewNote)
        out.field("late", one.state == .waiting && WaitingMails.isLate(since: kept.updatedAt, lateBefore))
    }
}
