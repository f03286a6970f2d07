import CallCenter
import Testing

@testable import Storage

/// Mails that are written in cases: their states, their place in the thread, and the customer's with the customer.
@Suite struct ReplyTests {
    static let letter = MailReply.Letter(
        to: "hanako@example.com", toName: "山田 花子", subject: "Re: 水漏れの件", text: "明日10時に伺います。\n佐藤")

    /// For the round trip of entries.
    static var changes: [RecordChange] {
        var one = MailReply(
            id: 3, customer: 7, caseID: 5, createdAt: morning, author: Author("101", through: .desk), person: "101",
            letter: letter, messageID: "a.b.screenpop@example.com", references: ["x@y", "z@y"], state: .waiting)
        var progress = MailReply.Progress(state: .returned)
        progress.tries = 2
        progress.nextTry = morning + 5
        progress.problem = "later"
        progress.sentAt = morning + 6
        progress.contact = 9
        progress.reviewedBy = "900"
        progress.reviewedAt = morning + 7
        progress.reviewNote = "価格も"
        let plain = RecordChange.mailReply(one)
        one.progress = progress
        return [
            plain, .mailReply(one), .replyProgress(.init(id: 3, version: 2, customer: 7, progress: progress)),
            .repliesBehind(8),
        ]
    }

    static func play(
        _ writer: RecordWriter, _ customer: Int64?, _ step: Int, _ random: inout Seeded, by author: Author,
        at now: Timestamp
    ) throws {
        if let customer, step % 2 == 0 {
            let made = try writer.open(
                .case, "m\(step)", of: customer, owner: "101", due: nil, by: "101", author: author, at: now)
            if let made {
                _ = try writer.reply(
                    in: made.id, letter, needsApproval: step % 4 == 0, domain: "example.com", person: author.who,
                    by: author, at: now + 1)
            }
        }
        let steps: [ReplyStep] = [
            .approve, .sendBack(note: "n\(step)"), .rewrite(letter, needsApproval: step % 3 == 0), .start, .accepted,
            .deferred(problem: "p", until: now + 9), .refused(problem: "q"), .lost(problem: nil), .wasSent,
            .sendAgain, .withdraw, .start, .accepted,
        ]
        for more in 0..<6 {
            guard let one = steps.randomElement(using: &random) else { return }
            let all = try writer.store.replies(ReplyFilter(), below: nil, limit: 5)
            guard let reply = all.randomElement(using: &random)?.reply else { return }
            _ = try? writer.advance(reply: reply.id, one, by: author, at: now + 2 + Int64(more))
        }
    }

    private func centre() throws -> (directory: StateDirectory, writer: RecordWriter, customer: Int64, caseID: Int64) {
        let directory = try StateDirectory(), writer = try directory.store().writer
        let hanako = try InboxTests.hanako(writer)
        let received = try InboxTests.receive(InboxTests.mail("a"), writer)
        return (directory, writer, hanako.id, try #require(received.places.first?.caseID))
    }

    private func write(
        _ writer: RecordWriter, _ caseID: Int64, approval: Bool = false, at now: Timestamp = morning + 20
    ) throws -> MailReply {
        try writer.reply(
            in: caseID, Self.letter, needsApproval: approval, domain: "example.com", person: "101",
            by: Author("101", through: .desk), at: now
        ).reply
    }

    // MARK: States

    /// Every step from every state: where it leads, or that it is none.
    @Test func theStepsAreThese() {
        let table: [(ReplyStep, [MailReply.State], MailReply.State)] = [
            (.approve, [.waiting], .queued), (.sendBack(note: "n"), [.waiting], .returned),
            (.rewrite(Self.letter, needsApproval: true), [.waiting, .returned, .failed], .waiting),
            (.rewrite(Self.letter, needsApproval: false), [.waiting, .returned, .failed], .queued),
            (.withdraw, [.waiting, .returned, .queued, .failed, .unknown], .withdrawn),
            (.sendAgain, [.failed, .unknown], .queued), (.wasSent, [.unknown], .sent),
            (.start, [.queued], .sending), (.accepted, [.sending], .sent),
            (.deferred(problem: "p", until: morning + 9), [.sending], .queued), (.notStarted, [.sending], .queued),
            (.refused(problem: "p"), [.sending], .failed), (.lost(problem: nil), [.sending], .unknown),
        ]
        for (step, from, to) in table {
            for state in MailReply.State.allCases {
                let after = step.applied(to: .init(state: state), by: "900", at: morning)
                #expect(after?.state == (from.contains(state) ? to : nil), "\(step) from \(state)")
            }
        }
        // What the mail program has is never sent again by itself.
        let alone: [ReplyStep] = [.start, .accepted, .deferred(problem: "", until: morning), .refused(problem: "")]
        for step in alone { #expect(step.applied(to: .init(state: .unknown), by: nil, at: morning) == nil) }
    }

    // MARK: What it may say

    @Test(arguments: [
        ("Hanako@Example.com", "hanako@example.com"), ("a.b+c@x-y.example.co.jp", "a.b+c@x-y.example.co.jp"),
        ("a@b", nil), ("a@b.c@d.e", nil), ("\"a b\"@example.com", nil), ("a b@example.com", nil),
        ("a@example.com, b@example.com", nil), ("a@example.com\nBcc: b@example.com", nil), ("-f@example.com", nil),
        ("a..b@example.com", nil), (".a@example.com", nil), ("a@-x.example", nil), ("a@[192.0.2.1]", nil),
        ("<a@example.com>", nil), ("a@exämple.com", nil), ("", nil),
    ] as [(String, String?)]) func anAddressIsPlain(text: String, address: String?) {
        #expect(MailReply.address(text) == address)
    }

    @Test func noLineBeginsAHeader() {
        #expect(MailReply.line("件名  です") == "件名 です")
        let bad = ["a\nBcc: x@example.com", "a\rb", "a\u{2028}b", "a\u{85}b", "\u{202E}b", "", "  "]
        for text in bad { #expect(MailReply.line(text) == nil, "\(text.debugDescription)") }
        #expect(MailReply.line(String(repeating: "あ", count: 101)) == nil)
        #expect(MailReply.body("a\r\nb\tc") == "a\nb\tc" && MailReply.body("a\u{0}b") == nil)
        #expect(MailReply.body(" \n ") == nil && MailReply.body(String(repeating: "a", count: 70_000)) == nil)
        #expect(MailReply.subject(answering: "水漏れ") == "Re: 水漏れ")
        #expect(MailReply.subject(answering: "RE: 水漏れ") == "RE: 水漏れ")
        let many = (0..<50).map { "id\($0)" }
        #expect(MailReply.thread(many).count == 20 && MailReply.thread(many).first == "id0")
        #expect(MailReply.thread(many).last == "id49" && MailReply.thread(["a", "a"]) == ["a"])
    }

    // MARK: In the records

    @Test func aMailThatWasSentIsAContactInItsCase() throws {
        let (directory, writer, customer, caseID) = try centre()
        defer { withExtendedLifetime(directory) {} }
        let reply = try write(writer, caseID), store = writer.store
        #expect(reply.references == ["a"], "it answers the customer's mail")
        #expect(reply.messageID.hasSuffix("@example.com") && reply.state == .queued)
        #expect(try store.items(.contact, of: customer, below: nil, limit: 9).count == 1, "not yet")
        #expect(try store.dueReplies(at: morning + 30, limit: 9).map(\.reply.id) == [reply.id])
        _ = try writer.advance(reply: reply.id, .start, by: .command, at: morning + 30)
        #expect(try store.repliesUnderWay().map(\.reply.id) == [reply.id])
        // An answer that comes before it is known that the mail was sent finds the case.
        let early = try InboxTests.receive(InboxTests.mail("b", subject: "別", thread: [reply.messageID]), writer)
        #expect(early.places.first?.caseID == caseID)
        let sent = try writer.advance(reply: reply.id, .accepted, by: .command, at: morning + 31).reply
        #expect(sent.state == .sent && sent.progress.sentAt == morning + 31)
        let item = try #require(try store.items(.contact, of: customer, below: nil, limit: 9).first)
        #expect(item.id == sent.progress.contact)
        guard case .contact(let contact) = item.content else { Issue.record("no contact"); return }
        #expect(contact.direction == .outbound && contact.channel == "email" && contact.operator == "101")
        #expect(contact.summary == "Re: 水漏れの件\n明日10時に伺います。\n佐藤")
        let one = try #require(try store.customerCase(caseID))
        #expect(one.details.contacts.last == item.id && one.details.progressAt == morning + 31)
        // An answer, and a copy of the mail itself.
        let answer = try InboxTests.receive(InboxTests.mail("c", subject: "別の件", thread: [reply.messageID]), writer)
        #expect(answer.places.first?.caseID == caseID)
        var copy = InboxTests.mail(reply.messageID)
        copy.direction = .outbound
        #expect(try InboxTests.receive(copy, writer).outcome == .known)
        #expect(try write(writer, caseID, at: morning + 40).references == ["a", "b", reply.messageID, "c"])
    }

    @Test func aSecondPairOfEyesSeesWhatGoesOut() throws {
        let (directory, writer, _, caseID) = try centre()
        defer { withExtendedLifetime(directory) {} }
        let reply = try write(writer, caseID, approval: true)
        #expect(try writer.store.dueReplies(at: morning + 99, limit: 9).isEmpty)
        #expect(throws: EditError.replyIs(.waiting)) {
            try writer.advance(reply: reply.id, .start, by: .command, at: morning + 30)
        }
        let back = try writer.advance(
            reply: reply.id, .sendBack(note: "価格も"), expected: 1, who: "900", by: .command, at: morning + 30
        ).reply
        #expect(back.state == .returned && back.progress.reviewNote == "価格も" && back.progress.reviewedBy == "900")
        var other = Self.letter
        other.text = "価格は1,000円です。"
        let again = try writer.advance(
            reply: reply.id, .rewrite(other, needsApproval: true), by: Author("101", through: .desk), at: morning + 40
        ).reply
        #expect(again.letter.text == other.text && again.state == .waiting && again.version == 3)
        // Who approves approves what it saw.
        #expect(throws: EditError.self) {
            try writer.advance(reply: reply.id, .approve, expected: 1, who: "900", by: .command, at: morning + 50)
        }
        let approved = try writer.advance(
            reply: reply.id, .approve, expected: 3, who: "900", by: .command, at: morning + 50)
        #expect(approved.reply.state == .queued && approved.reply.progress.reviewNote == nil)
        #expect(try writer.store.replyCounts(of: "101") == [.queued: 1])
    }

    /// Of two who write at once, the one whom the log has first; the other is told whose mail that is.
    @Test(arguments: MailReply.State.allCases) func oneWritesInACase(state: MailReply.State) throws {
        let (directory, writer, _, caseID) = try centre()
        defer { withExtendedLifetime(directory) {} }
        func reply(by who: String?, takesOver: Bool = false, at now: Timestamp) throws -> MailReply {
            try writer.reply(
                in: caseID, Self.letter, needsApproval: true, domain: "example.com", person: who,
                takesOver: takesOver, claimLimit: 100, by: Author(who, through: .desk), at: now
            ).reply
        }
        let first = try reply(by: "101", at: morning + 20)
        #expect(try writer.store.customerCase(caseID)?.claim == CaseClaim(by: "101", since: morning + 20))
        #expect(throws: EditError.claimed(CaseClaim(by: "101", since: morning + 20))) {
            try reply(by: "102", at: morning + 119)
        }
        let steps: [MailReply.State: [ReplyStep]] = [
            .returned: [.sendBack(note: "n")], .queued: [.approve], .sending: [.approve, .start],
            .unknown: [.approve, .start, .lost(problem: nil)], .sent: [.approve, .start, .accepted],
            .failed: [.approve, .start, .refused(problem: "p")], .withdrawn: [.withdraw],
        ]
        for step in steps[state] ?? [] {
            _ = try writer.advance(reply: first.id, step, by: .command, at: morning + 30)
        }
        let unsent = try writer.store.unsentReply(in: caseID, notBy: "102")
        #expect(unsent?.reply.state == (state.isOver ? nil : state))
        #expect(try writer.store.unsentReply(in: caseID, notBy: "101") == nil)
        // The claim is over; what is not sent yet stands in the way still.
        if let unsent {
            #expect(throws: EditError.replyIsUnsent(unsent)) { try reply(by: "102", at: morning + 120) }
        }
        _ = try reply(by: "102", takesOver: !state.isOver, at: morning + 120)
        #expect(try writer.store.customerCase(caseID)?.claim?.by == "102")
        _ = try reply(by: nil, at: morning + 121)
        #expect(try writer.store.customerCase(caseID)?.claim?.by == "102", "a program has no claim")
    }

    @Test func aPauseIsKept() throws {
        let (directory, writer, _, caseID) = try centre()
        defer { withExtendedLifetime(directory) {} }
        let reply = try write(writer, caseID)
        _ = try writer.advance(reply: reply.id, .start, by: .command, at: morning + 30)
        let later = ReplyStep.deferred(problem: "try later", until: morning + 90)
        let deferred = try writer.advance(reply: reply.id, later, by: .command, at: morning + 31).reply
        #expect(deferred.progress.tries == 1 && deferred.progress.problem == "try later")
        #expect(try writer.store.dueReplies(at: morning + 89, limit: 9).isEmpty)
        #expect(try writer.store.dueReplies(at: morning + 90, limit: 9).count == 1)
    }

    @Test func mailsToDeletedCustomersWaitAndThoseOfErasedOnesAreGone() throws {
        let (directory, writer, customer, caseID) = try centre()
        defer { withExtendedLifetime(directory) {} }
        let reply = try write(writer, caseID), store = writer.store
        try writer.delete(customer, expected: nil, by: .command, at: morning + 30)
        #expect(try store.dueReplies(at: morning + 99, limit: 9).isEmpty && store.reply(reply.id) == nil)
        _ = try writer.undelete(customer, by: .command, at: morning + 40)
        #expect(try store.dueReplies(at: morning + 99, limit: 9).count == 1)
        let keeper = try writer.create(fields("鈴木"), by: .command, at: morning + 41)
        _ = try writer.merge(customer, into: keeper.id, expected: nil, by: nil, at: morning + 42)
        #expect(try store.reply(reply.id)?.reply.customer == keeper.id)
        _ = try writer.erase(keeper.id, reason: nil, by: .command, at: morning + 50)
        #expect(try store.replies(ReplyFilter(), below: nil, limit: 9).isEmpty)
        let file = SQLiteFile(directory.path + "/customers.db")
        let left = try file.with { database in try database.integer("SELECT count(*) FROM mail_reply") }
        #expect(left == 0)
        let next = try writer.create(fields("田中"), by: .command, at: morning + 60)
        let one = try writer.open(
            .case, "x", of: next.id, owner: nil, due: nil, by: nil, author: .command, at: morning + 61)
        let made = try write(writer, try #require(one?.id), at: morning + 62)
        #expect(made.id > reply.id, "ids are not used again")
    }
}
