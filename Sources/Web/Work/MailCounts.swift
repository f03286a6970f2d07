import CallCenter
import EventWire
import Settings
import Storage

/// How many mails wait for somebody: those of unknown senders, and those that a supervisor has to approve.
struct MailCounts {
    /// The open items of the inbox.
    let inbox: WaitingMails
    /// Mails that wait for approval; nil for who may not approve.
    let approval: WaitingMails?

    init(_ store: CustomerStore, _ clock: WorkClock, at now: Timestamp, mayApprove: Bool) throws(StoreError) {
        let lateBefore = clock.mailsLateBefore(at: now)
        inbox = try store.waitingInInbox(lateBefore: lateBefore)
        approval = mayApprove ? try store.waitingForApproval(lateBefore: lateBefore) : nil
    }

    /// As the member `mails`.
    func write(into out: inout ByteBuilder) {
        out.key("mails")
        out.object { out in
            for (name, counts) in [("inbox", inbox), ("approval", approval)] {
                out.key(text: name)
                guard let counts else {
                    out.null()
                    continue
                }
                out.object { out in
                    out.field("open", counts.open)
                    out.field("late", counts.late)
                    out.field("oldest_at", counts.oldest)
                }
            }
        }
    }
}
