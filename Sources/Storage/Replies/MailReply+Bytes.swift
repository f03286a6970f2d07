import CallCenter

/// Mails that the centre writes, as bytes: in the log, and in their table.
extension PackedWriter {
    mutating func mailReply(_ one: MailReply) {
        byte(1)
        signed(one.id)
        signed(one.version)
        signed(one.customer)
        signed(one.caseID)
        signed(one.createdAt.ms)
        optional(one.author.who)
        text(one.author.through.rawValue)
        optional(one.person)
        text(one.letter.to)
        optional(one.letter.toName)
        text(one.letter.subject)
        text(one.letter.text)
        text(one.messageID)
        list(one.references) { $0.text($1) }
        replyProgress(one.progress)
    }

    mutating func replyProgress(_ one: MailReply.Progress) {
        byte(1)
        text(one.state.rawValue)
        signed(one.tries)
        optional(one.nextTry?.ms)
        optional(one.problem)
        optional(one.sentAt?.ms)
        optional(one.contact)
        optional(one.reviewedBy)
        optional(one.reviewedAt?.ms)
        optional(one.reviewNote)
    }

    mutating func replyStep(_ one: RecordChange.ReplyProgress) {
        signed(one.id)
        signed(one.version)
        signed(one.customer)
        replyProgress(one.progress)
    }
}

extension PackedReader {
    mutating func mailReply() throws(Malformed) -> MailReply {
        guard try byte() == 1 else { throw Malformed() }
        let id = try signed(), version = try signed(), customer = try signed(), caseID = try signed()
        let createdAt = Timestamp(ms: try signed())
        let author = Author(try optionalText(), through: try word())
        let person = try optionalText()
        let letter = MailReply.Letter(
            to: try text(), toName: try optionalText(), subject: try text(), text: try text())
        var one = MailReply(
            id: id, customer: customer, caseID: caseID, createdAt: createdAt, author: author, person: person,
            letter: letter, messageID: try text(), references: try texts(), state: .queued)
        one.version = version
        one.progress = try replyProgress()
        return one
    }

    mutating func replyProgress() throws(Malformed) -> MailReply.Progress {
        guard try byte() == 1 else { throw Malformed() }
        var one = MailReply.Progress(state: try word())
        one.tries = try signed()
        one.nextTry = try optionalSigned().map { Timestamp(ms: $0) }
        one.problem = try optionalText()
        one.sentAt = try optionalSigned().map { Timestamp(ms: $0) }
        one.contact = try optionalSigned()
        one.reviewedBy = try optionalText()
        one.reviewedAt = try optionalSigned().map { Timestamp(ms: $0) }
        one.reviewNote = try optionalText()
        return one
    }

    mutating func replyStep() throws(Malformed) -> RecordChange.ReplyProgress {
        RecordChange.ReplyProgress(
            id: try signed(), version: try signed(), customer: try signed(), progress: try replyProgress())
    }
}

extension RecordChange {
    /// Where a reply is after a step that did not change what it says.
    struct ReplyProgress: Equatable, Sendable {
        var id: Int64
        var version: Int64
        /// Whom the reply names.
        var customer: Int64
        var progress: MailReply.Progress
    }
}
