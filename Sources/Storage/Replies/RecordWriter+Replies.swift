import CallCenter
import SQLite

/// Writing replies in cases, looking them over, and noting what became of them.
extension RecordWriter {
    /// Writes a reply in a case. Whoever writes has the case from then on, so that nobody answers the same again.
    ///
    /// - Parameters:
    ///   - needsApproval: it waits for a supervisor.
    ///   - domain: of the centre's address, for the Message-ID.
    ///   - person: the operator who writes it; nil for a program, which claims hold from nothing.
    ///   - takesOver: also where a colleague has the case, or has a mail in it that is not sent yet.
    ///   - claimLimit: after so long another's claim does not count any more. Milliseconds.
    /// - Throws: `EditError.notFound` when there is no such case, `.claimed` when a colleague works on it,
    ///   `.replyIsUnsent` when a mail of a colleague is in it.
    public func reply(
        in caseID: Int64, _ letter: MailReply.Letter, needsApproval: Bool, domain: String, person: String?,
        takesOver: Bool = false, claimLimit: Int64 = 0, by author: Author, at now: Timestamp
    ) throws(EditError) -> KeptReply {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let (found, unsent) = try records { () throws(SQLiteError) in
                (try state.customerCase(caseID), try state.unsentReply(in: caseID, notBy: person))
            }
            guard let one = found else { throw .notFound }
            if let person, !takesOver {
                if let claim = one.claim, claim.by != person, claim.isValid(at: origin.at, limit: claimLimit) {
                    throw .claimed(claim)
                }
                if let unsent { throw .replyIsUnsent(unsent) }
            }
            return try records { () throws(SQLiteError) in
                let random = UInt64.random(in: .min ... .max)
                var reply = MailReply(
                    id: try state.nextReply(), customer: one.customer, caseID: caseID, createdAt: origin.at,
                    author: author, person: person, letter: letter,
                    messageID: "\(String(origin.at.ms, radix: 36)).\(String(random, radix: 36)).screenpop@\(domain)",
                    state: needsApproval ? .waiting : .queued)
                reply.references = MailReply.thread(try state.mailThread(of: caseID).ids)
                try state.apply(reply, origin)
                var changes = [RecordChange.mailReply(reply)]
                if let person, one.closedAt == nil {
                    let claim = CaseClaim(by: person, since: origin.at)
                    try state.apply(claim, ofCase: caseID)
                    changes.append(.caseClaim(id: caseID, claim))
                }
                return Outcome(try state.kept(reply.id), changes)
            }
        }
    }

    /// Does something with a reply.
    ///
    /// - Parameters:
    ///   - expected: the version that was seen; nil: whatever it is now.
    ///   - who: who reviews, where it is a review.
    /// - Throws: `EditError.notFound`, `.replyIs` when it is no step from where the reply is, `.replyConflict` when it
    ///   was changed meanwhile.
    public func advance(
        reply id: Int64, _ step: ReplyStep, expected: Int64? = nil, who: String? = nil, by author: Author,
        at now: Timestamp
    ) throws(EditError) -> KeptReply {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            let found = try records { () throws(SQLiteError) in try state.reply(id) }
            guard let current = found else { throw .notFound }
            guard expected == nil || expected == current.reply.version else { throw .replyConflict(current) }
            let before = current.reply
            guard let progress = step.applied(to: before.progress, by: who ?? author.who, at: origin.at) else {
                throw .replyIs(before.state)
            }
            return try records { () throws(SQLiteError) in
                var after = before, changes: [RecordChange] = []
                after.customer = try state.nameInLog(of: before)
                after.version += 1
                after.progress = progress
                if step.isDelivery {
                    after.progress.contact = try state.recordSent(before, origin, &changes)
                }
                if case .rewrite(let letter, _) = step {
                    after.letter = letter
                    after.references = MailReply.thread(try state.mailThread(of: before.caseID).ids)
                    changes.append(.mailReply(after))
                } else {
                    changes.append(
                        .replyProgress(
                            .init(
                                id: id, version: after.version, customer: after.customer, progress: after.progress)))
                }
                try state.apply(after, origin)
                return Outcome(try state.kept(id), changes)
            }
        }
    }
}

extension CustomerStore.State {
    fileprivate borrowing func kept(_ id: Int64) throws(SQLiteError) -> KeptReply {
        guard let kept = try reply(id) else {
            throw SQLiteError(code: LogTables.damaged, message: "mail \(id) was not written")
        }
        return kept
    }

    /// Puts a mail that was sent on the record, into its case, and where later mails of its thread find it.
    ///
    /// - Returns: the id of the contact; nil where its customer is deleted.
    fileprivate borrowing func recordSent(
        _ reply: MailReply, _ origin: Origin, _ changes: inout [RecordChange]
    ) throws(SQLiteError) -> Int64? {
        guard try hasCustomer(reply.customer) else { return nil }
        var mail = IncomingContact(key: reply.key, channel: "email", direction: .outbound, at: origin.at)
        mail.subject = reply.letter.subject
        mail.text = reply.letter.text
        var contact = mail.contact
        contact.operator = reply.person
        let item = RecordChange.KeptItem(
            id: try nextItem(), customer: reply.customer, version: 1, createdAt: origin.at,
            createdBy: reply.author.who, content: .contact(contact))
        try apply(item, origin)
        changes.append(.item(item))
        if let before = try customerCase(reply.caseID) {
            var one = before
            if one.details.contacts.count < CaseDetails.linksMax { one.details.contacts.append(item.id) }
            one.noteProgress(since: before, at: origin.at)
            if one.fields != before.fields {
                one.version += 1
                try apply(.customerCase(one.fields), origin)
                changes.append(.customerCase(one.fields))
            }
        }
        let trace = RecordChange.Trace(
            item: item.id, customer: reply.customer, key: reply.key, caseID: reply.caseID, subject: mail.subjectKey,
            at: mail.at)
        try apply(trace)
        changes.append(.trace(trace))
        return item.id
    }
}
