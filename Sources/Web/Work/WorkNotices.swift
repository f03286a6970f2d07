import CallCenter
import Engine
import EventWire
import Settings
import Storage

/// Lines about work at the desk of whom it concerns, kept as other messages are.
struct WorkNotices {
    let writer: RecordWriter
    let engine: Engine
    let accounts: AccountStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    /// Passes a message to the other nodes of a cluster; nil on a machine of its own.
    let passOn: (@Sendable (DeskMessage) -> Bool)?

    /// Tells the owner of these. Nobody is told of what it gave itself.
    func given(_ given: [CustomerCase], by context: WebContext) async {
        let from = context.who.person
        guard let first = given.first, let owner = first.owner, owner != from else { return }
        let ja = settings.language == .ja, text: String
        if given.count == 1, first.kind == .task {
            text = ja ? "タスクの依頼: \(first.title)" : "A task for you: \(first.title)"
        } else {
            text = ja ? "案件・約束 \(given.count) 件の担当になりました。" : "\(given.count) cases and promises are yours now."
        }
        await send(
            text, to: .operator(owner), customer: first.kind == .task && given.count == 1 ? first.customer : nil,
            case: given.count == 1 ? first.id : nil, by: context)
    }

    /// Keeps a message, and shows it on desks that are open, on whichever node they are.
    func send(
        _ text: String, to audience: DeskNote.Audience, customer: Int64? = nil, case id: Int64?, by context: WebContext
    ) async {
        // What an operator writes to supervisors is a question that waits for an answer. This is none: it is nobody's.
        let from = audience == .supervisors ? nil : context.who.person
        let note = DeskNote(
            to: audience, from: from, fromName: from.flatMap { accounts.account($0)?.name }, text: text,
            customer: customer, caseID: id)
        guard let kept = try? writer.send(note, by: context.who.author, at: now()) else { return }
        let message = DeskMessage(kept)
        _ = passOn?(message)
        _ = await engine.deliver(message)
    }
}
