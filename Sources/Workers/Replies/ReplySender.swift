import CallCenter
import Logging
import Mail
import Settings
import Storage

/// Sends the mails that operators write in cases, one after the other, on a thread of its own.
///
/// That the mail program is started with a mail is in the log before it is started. A mail that is found so at a start
/// is never sent again by itself: nobody knows what the program did with it, and it is listed for somebody to look.
/// What this process knows of a mail, and the log did not take yet, is written when it does (`UnwrittenSteps`).
public struct ReplySender: Sendable {
    let settings: Settings.Mail
    let writer: RecordWriter
    let logger: Logger
    /// What becomes of a mail; blocks the thread.
    let send: @Sendable ([UInt8]) -> MailProgram.Outcome
    private let unwritten = UnwrittenSteps()

    /// Mails that are read at once.
    private static let atOnce = 20
    /// The pause after the first attempt, doubled after each further one. Milliseconds.
    static let firstPause: Int64 = 60_000
    /// The longest pause. Milliseconds.
    static let pauseMax: Int64 = 1_800_000
    private static let author = Author(nil, through: .rule)

    /// nil where no mail is written: the configuration has no address.
    public init?(_ settings: Settings.Mail, writer: RecordWriter, logger: Logger) {
        guard let from = settings.from else { return nil }
        let program = MailProgram(settings.program, from: from, timeout: settings.timeout)
        self.init(settings, writer: writer, logger: logger) { program.send($0) }
    }

    init(
        _ settings: Settings.Mail, writer: RecordWriter, logger: Logger,
        send: @escaping @Sendable ([UInt8]) -> MailProgram.Outcome
    ) {
        self.settings = settings
        self.writer = writer
        self.logger = logger
        self.send = send
    }

    /// Sends until the task is cancelled. Reads and writes on the calling thread.
    ///
    /// - Parameters:
    ///   - leads: whether this machine sends: of several that share a log, the one that leads.
    ///   - changed: is told whose mail came further.
    public func follow(
        every: Duration = .milliseconds(500), leads: @Sendable () -> Bool, now: @Sendable () -> Timestamp,
        changed: @Sendable (Int64) async -> Void
    ) async {
        var hasBegun = false
        while !Task.isCancelled {
            do {
                if !leads() {
                    hasBegun = false
                    // Another machine may send by now: what it did is in the log, and nowhere else.
                    unwritten.forgetAll()
                } else {
                    if !hasBegun || !unwritten.isEmpty {
                        for customer in try begin(at: now()) { await changed(customer) }
                        hasBegun = true
                    }
                    // Between two mails it is looked whether this machine still leads, and whether the daemon stops.
                    while !Task.isCancelled, leads(), let customer = try await sendNext(at: now) {
                        await changed(customer)
                    }
                }
            } catch {
                // What is still under way then is listed when the records can be written again.
                hasBegun = false
                logger.error("mails wait, as the records cannot be read or written: \(error)")
            }
            try? await Task.sleep(for: every)
        }
    }

    /// Says of each mail that is under way what became of it: what this process knows, and else that nobody knows. The
    /// latter were under way when the daemon stopped, or when another machine sent.
    ///
    /// - Returns: whose mails these are.
    func begin(at now: Timestamp) throws -> [Int64] {
        let underWay = try writer.store.repliesUnderWay()
        for id in unwritten.ids where !underWay.contains(where: { $0.reply.id == id }) {
            // What is queued may still become one under way: its start is on its way into the log.
            if try writer.store.reply(id)?.reply.state != .queued { unwritten.forget(id) }
        }
        return try underWay.map { kept in
            let id = kept.reply.id, known = unwritten.step(of: kept)
            do throws(EditError) {
                let step = known ?? .lost(problem: nil)
                _ = try writer.advance(reply: id, step, by: ReplySender.author, at: now)
                unwritten.forget(id)
                if let known { report(known, kept.reply) } else {
                    logger.warning(
                        """
                        mail \(id) of case \(kept.reply.caseID) was being sent when the daemon stopped: look whether \
                        it was sent (screenpop replies --state unknown)
                        """)
                }
            } catch {
                switch error {
                // What this process wrote before is in the log by now.
                case .replyIs, .notFound: unwritten.forget(id)
                default: throw error
                }
            }
            return kept.reply.customer
        }
    }

    /// Sends the mail whose turn it is.
    ///
    /// - Returns: whose it is; nil when none is due.
    func sendNext(at now: @Sendable () -> Timestamp) async throws -> Int64? {
        guard let kept = try writer.store.dueReplies(at: now(), limit: 1).first else { return nil }
        let id = kept.reply.id, at = now(), begun: KeptReply
        do throws(EditError) {
            begun = try writer.advance(
                reply: id, .start, expected: kept.reply.version, by: kept.reply.author, at: at)
            unwritten.forget(id)
        } catch {
            switch error {
            // Somebody changed it meanwhile: what it is now is read next.
            case .replyConflict, .replyIs, .notFound: return kept.reply.customer
            case .log(let problem) where problem.kind == .unknown:
                // The start may be in the log later. The program was not started with it.
                unwritten.note(.notStarted, of: id, version: kept.reply.version + 1, since: at)
                throw error
            default: throw error
            }
        }
        let became = step(for: begun.reply, outcome(of: begun.reply, at: now()), at: now())
        try await finish(begun, became, at: now)
        return begun.reply.customer
    }

    private func outcome(of reply: MailReply, at now: Timestamp) -> MailProgram.Outcome {
        let mail = OutgoingMail(
            from: .init(settings.from ?? "", name: settings.fromName.isEmpty ? nil : settings.fromName),
            to: .init(reply.letter.to, name: reply.letter.toName), subject: reply.letter.subject,
            text: reply.letter.text, messageID: reply.messageID, inReplyTo: reply.references.last,
            references: reply.references, date: now.ms / 1_000)
        guard let bytes = mail.bytes else { return .refused("it cannot be written as a mail") }
        return send(bytes)
    }

    private func step(for reply: MailReply, _ outcome: MailProgram.Outcome, at now: Timestamp) -> ReplyStep {
        switch outcome {
        case .accepted: return .accepted
        case .unknown(let problem): return .lost(problem: problem)
        case .refused(let problem): return .refused(problem: problem)
        case .later(let problem):
            guard reply.progress.tries < Int64(settings.tries) else { return .refused(problem: problem) }
            return .deferred(problem: problem, until: now + ReplySender.pause(after: reply.progress.tries))
        }
    }

    /// The pause after so many attempts. Milliseconds.
    static func pause(after tries: Int64) -> Int64 {
        let doubled = firstPause << min(max(0, tries - 1), 20)
        return min(doubled, pauseMax)
    }

    /// Attempts to write what became of a mail, and the pause between them: half a minute.
    private static let writesMax = 60, writePause = Duration.milliseconds(500)

    /// What became of it is written, also when the log refuses for a while: only then is it known.
    private func finish(_ begun: KeptReply, _ step: ReplyStep, at now: @Sendable () -> Timestamp) async throws {
        let reply = begun.reply
        for attempt in 1...ReplySender.writesMax {
            do throws(EditError) {
                _ = try writer.advance(reply: reply.id, step, by: reply.author, at: now())
                break
            } catch {
                switch error {
                case .notFound:
                    logger.notice("mail \(reply.id) is gone: its customer was erased meanwhile")
                    return
                case .replyIs(let state):
                    // An attempt before was written after all, or another machine leads.
                    logger.notice("mail \(reply.id) is \(state.rawValue) by now")
                    return
                default:
                    if attempt < ReplySender.writesMax, !Task.isCancelled { break }
                    // It stays under way. This process says what became of it when the log answers; if it ends before,
                    // the mail is listed as unknown. It is not sent again.
                    unwritten.note(step, of: reply.id, version: reply.version, since: begun.updatedAt)
                    logger.error("what became of mail \(reply.id) cannot be written yet: \(error)")
                    throw error
                }
            }
            try? await Task.sleep(for: ReplySender.writePause)
        }
        report(step, reply)
    }

    private func report(_ step: ReplyStep, _ reply: MailReply) {
        switch step {
        case .accepted: logger.info("mail \(reply.id) of case \(reply.caseID) was sent")
        case .deferred(let problem, _): logger.warning("mail \(reply.id) is tried again: \(problem)")
        case .refused(let problem): logger.error("mail \(reply.id) is not sent: \(problem)")
        case .lost(let problem): logger.error("mail \(reply.id) may have been sent: \(problem ?? "")")
        case .notStarted: logger.notice("mail \(reply.id) was not handed over while the log was away; it is sent now")
        default: break
        }
    }
}
