import CallCenter
import Engine
import Settings
import Storage

/// To whom a mail in a case may go, and whether somebody looks at it first.
struct ReplyRules {
    let settings: Settings.Mail
    let engine: Engine
    let callReader: CallReader
    let records: CustomerStore

    /// Calls of a case whose queues are looked at: the newest.
    private static let callsMax = 10

    /// Whether a mail waits for a supervisor: everybody's, that of an operator, of whoever serves a queue, and of a
    /// case with a call of that queue. What supervisors and programs write goes out, unless they are named.
    func needsApproval(_ one: CustomerCase, _ context: WebContext) async throws -> Bool {
        if let person = context.who.person, settings.reviewedOperators.contains(person) { return true }
        guard let own = context.who.ownOperator else { return false }
        if settings.isReviewed { return true }
        guard !settings.reviewedQueues.isEmpty else { return false }
        let wanted = Set(settings.reviewedQueues)
        let newest = Array(one.details.calls.suffix(ReplyRules.callsMax))
        let asked = await engine.ask { centre, _ in
            let who = centre.operators[own]
            let calls = newest.flatMap { centre.calls(withID: $0) }
            return (
                isKnown: who != nil, served: who?.queues, called: Set(calls.flatMap { $0.life.visits.map(\.queue) }))
        }
        guard let asked else { throw Problem.stopping }
        // Whoever is signed in for every queue serves these too.
        if asked.isKnown, asked.served.map({ !wanted.isDisjoint(with: $0) }) ?? true { return true }
        if !wanted.isDisjoint(with: asked.called) { return true }
        for id in newest {
            let calls = try callReader.history.calls(id: id)
            if calls.contains(where: { $0.life.visits.contains { wanted.contains($0.queue) } }) { return true }
        }
        return false
    }

    /// The letter that a client asks for, checked; what it does not say is as usual for the case.
    func letter(
        to: String?, subject: String?, text: String, of one: CustomerCase
    ) throws -> MailReply.Letter {
        guard let record = try records.customer(one.customer) else { throw CaseRoutes.none("\(one.id)") }
        let known = ReplyRules.addresses(of: record)
        guard let wanted = to ?? known.first else {
            throw Problem(
                .conflict, "Customer \(record.id) has no mail address; store one in the record, and write then.")
        }
        guard let address = MailReply.address(wanted) else {
            throw Problem.bad("to is no mail address that can be written to, such as hanako@example.com.")
        }
        guard known.contains(address) else {
            throw Problem.bad("to is an address of the customer's record; store it there first.")
        }
        let usual = try self.subject(of: one)
        guard let line = MailReply.line(subject ?? usual) else {
            throw Problem.bad(
                "subject is one line of 1 to \(MailReply.Limits.lineMax) bytes without control characters.")
        }
        guard let body = MailReply.body(text) else {
            throw Problem.bad(
                "text has 1 to \(MailReply.Limits.textMax) bytes, and no control characters but line ends and tabs.")
        }
        return MailReply.Letter(
            to: address, toName: MailReply.line(record.fields.name), subject: line, text: body)
    }

    /// The subject that an answer has: that of the customer's newest mail, else the line of the case.
    func subject(of one: CustomerCase) throws -> String {
        let thread = try records.mailThread(of: one.id)
        let said = thread.subject.flatMap(MailReply.line) ?? MailReply.line(one.title) ?? "Re:"
        return thread.ids.isEmpty ? said : MailReply.subject(answering: said)
    }

    /// The mail addresses of a record that can be written to, the first one first.
    static func addresses(of record: CustomerRecord) -> [String] {
        var seen: Set<String> = []
        return ([record.fields.email].compactMap { $0 } + record.fields.details.emails)
            .compactMap(MailReply.address).filter { seen.insert($0).inserted }
    }
}
