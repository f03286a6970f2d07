import CallCenter

/// A mail that somebody of the centre writes in a case: from being written until the mail program has it.
public struct MailReply: Equatable, Sendable {
    /// What is written, and to whom.
    public struct Letter: Equatable, Sendable {
        /// Whom it is to, in lower case.
        public var to: String
        /// The name of whom it is to; nil for none.
        public var toName: String?
        /// The subject, in one line.
        public var subject: String
        /// The text, with line ends of one byte.
        public var text: String

        /// Copies its arguments; `MailReply+Checks.swift` has the checks.
        public init(to: String, toName: String? = nil, subject: String, text: String) {
            self.to = to
            self.toName = toName
            self.subject = subject
            self.text = text
        }
    }

    /// Where it is on its way.
    public enum State: String, Equatable, Sendable, CaseIterable {
        /// A supervisor has to look at it first.
        case waiting
        /// A supervisor sent it back to whoever wrote it.
        case returned
        /// The mail program gets it next, or again at `nextTry`.
        case queued
        /// The mail program has been started with it.
        case sending
        /// The daemon stopped while the mail program had it: it may have been sent. Somebody has to look.
        case unknown
        /// The mail program has taken it.
        case sent
        /// The mail program refused it, and it is not tried again by itself.
        case failed
        /// Nobody wants it to be sent any more.
        case withdrawn

        /// Whether nothing becomes of it any more.
        public var isOver: Bool { self == .sent || self == .withdrawn }
    }

    /// Where it is, and what came of it so far: everything that changes without the text.
    public struct Progress: Equatable, Sendable {
        /// Where it is.
        var state: State
        /// Attempts of the mail program.
        public var tries: Int64 = 0
        /// Not before this moment; nil: at once.
        public var nextTry: Timestamp?
        /// What the mail program said, or why it could not be started.
        public var problem: String?
        /// When the mail program took it.
        public var sentAt: Timestamp?
        /// The contact on the record that it is.
        public var contact: Int64?
        /// The supervisor who approved it or sent it back, when, and with which note.
        public var reviewedBy: String?
        /// When it was approved or sent back; nil when it was neither.
        public var reviewedAt: Timestamp?
        /// The note with which it was sent back; nil for none.
        public var reviewNote: String?

        /// One that was not tried yet.
        init(state: State) { self.state = state }
    }

    public var id: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64 = 1
    /// The customer's id.
    public var customer: Int64
    /// The case that it is written in.
    public var caseID: Int64
    /// When it was written first.
    public var createdAt: Timestamp
    /// Who wrote it; nil for a program on the same machine.
    public var author: Author
    /// The operator who wrote it; nil for a program.
    public var person: String?
    /// What is written, and to whom.
    public var letter: Letter
    /// Its Message-ID, without brackets: the same for every attempt, so that whoever gets it twice can tell.
    public var messageID: String
    /// The mails before it in its thread, oldest first; the last one is what it answers.
    public var references: [String] = []
    /// Where it is, and what came of it.
    public var progress: Progress

    /// Copies its arguments; an id of 0 is replaced by the next one when it is kept.
    init(
        id: Int64 = 0, customer: Int64, caseID: Int64, createdAt: Timestamp, author: Author, person: String?,
        letter: Letter, messageID: String, references: [String] = [], state: State
    ) {
        self.id = id
        self.customer = customer
        self.caseID = caseID
        self.createdAt = createdAt
        self.author = author
        self.person = person
        self.letter = letter
        self.messageID = messageID
        self.references = references
        progress = Progress(state: state)
    }

    /// Where it is.
    public var state: State { progress.state }

    /// By which a mail that answers it finds it (`IncomingContact.thread`).
    var key: String { "mail:\(messageID)" }

    /// Texts by which remains are found when its customer is erased.
    var texts: [String] {
        [letter.to, letter.toName, letter.subject, letter.text, progress.reviewNote, progress.problem]
            .compactMap { $0 }.filter { $0.utf8.count >= 3 }
    }

    /// Mails of a thread that are named: the first one, which programs group by, and the newest.
    static let referencesMax = 20

    /// The references of an answer, from the mails of its case.
    public static func thread(_ ids: [String]) -> [String] {
        var seen: Set<String> = []
        let all = ids.filter { seen.insert($0).inserted }
        guard all.count > referencesMax, let first = all.first else { return all }
        return [first] + all.suffix(referencesMax - 1)
    }
}

/// What somebody, or the daemon, does with a reply.
public enum ReplyStep: Equatable, Sendable {
    /// It is approved, and goes out.
    case approve
    /// It goes back to whoever wrote it.
    case sendBack(note: String)
    /// It was written again, and waits for approval where it has to.
    case rewrite(MailReply.Letter, needsApproval: Bool)
    /// Nobody wants it to be sent any more.
    case withdraw
    /// Somebody has looked: it is to be sent (again).
    case sendAgain
    /// Somebody has looked: it was sent.
    case wasSent
    /// The mail program is started with it.
    case start
    /// The mail program was not started with it after all: it waits again.
    case notStarted
    /// The mail program has taken it.
    case accepted
    /// The mail program refused it for now.
    case deferred(problem: String, until: Timestamp)
    /// The mail program refused it for good, or too often.
    case refused(problem: String)
    /// Nobody knows what the mail program did with it.
    case lost(problem: String?)

    /// The states that it is a step from.
    var from: Set<MailReply.State> {
        switch self {
        case .approve, .sendBack: [.waiting]
        case .rewrite: [.waiting, .returned, .failed]
        case .withdraw: [.waiting, .returned, .queued, .failed, .unknown]
        case .sendAgain: [.failed, .unknown]
        case .wasSent: [.unknown]
        case .start: [.queued]
        case .notStarted, .accepted, .deferred, .refused, .lost: [.sending]
        }
    }

    /// Whether the mail is with the customer by it.
    var isDelivery: Bool { self == .accepted || self == .wasSent }

    /// Where a reply is after it; nil where it is no step from there.
    func applied(to before: MailReply.Progress, by who: String?, at now: Timestamp) -> MailReply.Progress? {
        guard from.contains(before.state) else { return nil }
        var after = before
        after.nextTry = nil
        func review(note: String?) {
            after.reviewedBy = who
            after.reviewedAt = now
            after.reviewNote = note
        }
        switch self {
        case .approve:
            after.state = .queued
            review(note: nil)
        case .sendBack(let note):
            after.state = .returned
            review(note: note)
        case .rewrite(_, let needsApproval):
            after.state = needsApproval ? .waiting : .queued
            after.tries = 0
            after.problem = nil
        case .withdraw: after.state = .withdrawn
        case .sendAgain:
            after.state = .queued
            after.tries = 0
            after.problem = nil
        case .wasSent, .accepted:
            after.state = .sent
            after.sentAt = now
            after.problem = nil
        case .start:
            after.state = .sending
            after.tries += 1
        case .notStarted:
            after.state = .queued
            after.tries -= 1
        case .deferred(let problem, let until):
            after.state = .queued
            after.problem = problem
            after.nextTry = until
        case .refused(let problem):
            after.state = .failed
            after.problem = problem
        case .lost(let problem):
            after.state = .unknown
            after.problem = problem
        }
        return after
    }
}

/// Which replies are listed.
public struct ReplyFilter: Equatable, Sendable {
    /// Only in these states; empty: in any.
    public var states: Set<MailReply.State> = []
    /// Who wrote it.
    public var person: String?
    /// Only those of this case; nil for all.
    public var caseID: Int64?
    /// Only those to this customer; nil for all.
    public var customer: Int64?

    /// All replies.
    public init() {}
}

/// A reply with what is read from other records.
public struct KeptReply: Equatable, Sendable {
    /// The mail, with what came of it.
    public var reply: MailReply
    /// The customer's name, as the record has it now; nil when it is not there.
    public var customerName: String?
    /// What the case is about, as it says now; nil when it is not there.
    public var caseTitle: String?
    /// When it changed last.
    public var updatedAt: Timestamp
}
