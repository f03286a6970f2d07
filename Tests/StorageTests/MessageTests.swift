import CallCenter
import Testing

@testable import Storage

/// Messages between desks: kept, read, answered once, and the customer's with the customer.
@Suite struct MessageTests {
    /// Random changes by the writer.
    static func play(
        _ writer: RecordWriter, about customer: Int64?, _ step: Int, _ random: inout Seeded, by author: Author,
        at now: Timestamp
    ) throws {
        for more in 0..<5 {
            let at = now + Int64(more), id = Int64.random(in: 1...9, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let note = DeskNote(
                    to: more % 2 == 0 ? .supervisors : .operator("102"), from: author.who, fromName: nil,
                    text: "伝言 \(step)", customer: Bool.random(using: &random) ? customer : nil)
                _ = try writer.send(note, by: author, at: at)
            case 3: _ = try? writer.read(message: id, reader: "10\(more)", by: author, at: at)
            default:
                _ = try? writer.answer(
                    message: id, text: "答え \(step)", from: "900", fromName: nil, by: author, at: at)
            }
        }
    }

    private static func note(
        _ to: DeskNote.Audience, _ text: String, from: String? = "101", customer: Int64? = nil,
        case caseID: Int64? = nil
    ) -> DeskNote { DeskNote(to: to, from: from, fromName: nil, text: text, customer: customer, caseID: caseID) }

    private static func filter(_ who: String, isSupervisor: Bool = false, unread: Bool = false) -> MessageFilter {
        var filter = MessageFilter()
        filter.reader = MessageReader(who: who, isSupervisor: isSupervisor)
        filter.isUnread = unread
        return filter
    }

    @Test func whoGetsAMessageReadsItOnce() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let help = try writer.send(Self.note(.supervisors, "助けて"), by: .command, at: morning)
        let all = try writer.send(Self.note(.all, "全員へ", from: "900"), by: .command, at: morning + 1)
        let one = try writer.send(Self.note(.operator("102"), "あなたへ", from: "900"), by: .command, at: morning + 2)
        func texts(_ filter: MessageFilter, below: Int64? = nil, limit: Int = 9) throws -> [String] {
            try store.messages(filter, below: below, limit: limit).map(\.note.text)
        }
        #expect(try texts(MessageFilter()) == ["あなたへ", "全員へ", "助けて"])
        #expect(try texts(MessageFilter(), below: one.id, limit: 1) == ["全員へ"])
        #expect(try texts(Self.filter("101")) == ["全員へ", "助けて"], "one's own, and what one gets")
        #expect(try texts(Self.filter("102")) == ["あなたへ", "全員へ"])
        #expect(try texts(Self.filter("900", isSupervisor: true, unread: true)) == ["助けて"])
        #expect(try texts(Self.filter("102", unread: true)) == ["あなたへ", "全員へ"])
        let read = try writer.read(message: one.id, reader: "102", by: .command, at: morning + 3)
        #expect(read.readings == [.init(by: "102", at: morning + 3)])
        #expect(try writer.read(message: one.id, reader: "102", by: .command, at: morning + 4) == read)
        #expect(try texts(Self.filter("102", unread: true)) == ["全員へ"])
        #expect(try store.messageCount(Self.filter("102", unread: true)) == 1)
        _ = try writer.read(message: all.id, reader: "103", by: .command, at: morning + 5)
        #expect(try texts(Self.filter("102", unread: true)) == ["全員へ"], "each reads for itself")
        #expect(throws: EditError.notFound) {
            try writer.read(message: 99, reader: "102", by: .command, at: morning)
        }
        // Answered once, by somebody with a name.
        var waiting = MessageFilter()
        waiting.isWaiting = true
        #expect(try texts(waiting) == ["助けて"])
        let answer = try writer.answer(
            message: help.id, text: "行きます", from: "900", fromName: "部長", by: .command, at: morning + 6)
        #expect(answer.note.to == .operator("101") && answer.note.replyTo == help.id)
        let given = KeptMessage.Answer(by: "900", at: morning + 6, message: answer.id)
        #expect(try store.message(help.id)?.answer == given)
        #expect(throws: EditError.answered(given)) {
            try writer.answer(message: help.id, text: "x", from: "901", fromName: nil, by: .command, at: morning + 7)
        }
        #expect(try texts(waiting) == [] && texts(Self.filter("101", unread: true)) == ["行きます", "全員へ"])
        let program = try writer.send(Self.note(.supervisors, "規則", from: nil), by: .command, at: morning + 8)
        #expect(throws: EditError.nobodyAsked) {
            try writer.answer(
                message: program.id, text: "x", from: "900", fromName: nil, by: .command, at: morning + 9)
        }
    }

    @Test func oldMessagesAreRemovedAndTheirNumbersAreNotUsedAgain() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        for n in 0..<5 {
            let sent = try writer.send(Self.note(.all, "\(n)"), by: .command, at: morning + Int64(n) * 10)
            _ = try writer.read(message: sent.id, reader: "102", by: .command, at: morning + Int64(n) * 10 + 1)
        }
        #expect(try store.cutMessages(before: morning, limit: 2) == false)
        #expect(try store.cutMessages(before: morning + 25, limit: 2) == true)
        #expect(try store.messages(MessageFilter(), below: nil, limit: 9).map(\.note.text) == ["4", "3", "2"])
        #expect(try store.cutMessages(before: morning + 25, limit: 2) == false)
        #expect(try store.cutMessages(before: morning + 99, limit: 9) == false)
        #expect(try store.messages(MessageFilter(), below: nil, limit: 9).isEmpty)
        #expect(try RebuiltRecordsTests.rows(directory).allSatisfy { !$0.hasPrefix("SELECT * FROM desk_mess") })
        #expect(try writer.send(Self.note(.all, "x"), by: .command, at: morning + 100).id == 6)
    }

    @Test func aCustomersMessagesGoWhereTheCustomerGoes() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let stays = try writer.create(fields("山田"), by: .command, at: morning)
        let other = try writer.create(fields("やまだ"), by: .command, at: morning + 1)
        let opened = try #require(
            try writer.open(
                .case, "件", of: other.id, owner: nil, due: nil, by: nil, author: .command, at: morning + 2))
        #expect(throws: EditError.notFound) {
            try writer.send(Self.note(.all, "x", customer: 99), by: .command, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try writer.send(Self.note(.all, "x", case: 99), by: .command, at: morning)
        }
        let first = try writer.send(
            Self.note(.supervisors, "秘密の伝言", customer: other.id), by: .command, at: morning + 3)
        let second = try writer.send(
            Self.note(.supervisors, "件の伝言", case: opened.id), by: .command, at: morning + 4)
        #expect(first.customerName == "やまだ" && second.note.customer == other.id)
        func texts(_ customer: Int64) throws -> [String] {
            var filter = MessageFilter()
            filter.customer = customer
            return try store.messages(filter, below: nil, limit: 9).map(\.note.text)
        }
        let merge = try writer.merge(other.id, into: stays.id, expected: nil, by: nil, at: morning + 5).merge
        #expect(try texts(stays.id) == ["件の伝言", "秘密の伝言"])
        let answer = try writer.answer(
            message: first.id, text: "秘密の答え", from: "900", fromName: nil, by: .command, at: morning + 6)
        #expect(answer.note.customer == stays.id)
        _ = try writer.undo(merge: try #require(merge).id, by: nil, at: morning + 7)
        #expect(try texts(stays.id) == [])
        #expect(try texts(other.id) == ["秘密の答え", "件の伝言", "秘密の伝言"])
        // Who is deleted is in no list, and comes back with them.
        try writer.delete(other.id, expected: nil, by: .command, at: morning + 8)
        #expect(try store.messages(MessageFilter(), below: nil, limit: 9).isEmpty)
        #expect(try store.message(first.id) == nil)
        _ = try writer.undelete(other.id, by: .command, at: morning + 9)
        #expect(try texts(other.id).count == 3)
        // An erase leaves nothing, and no id is used a second time.
        _ = try writer.erase(other.id, reason: nil, by: .command, at: morning + 10)
        let rows = try RebuiltRecordsTests.texts(directory)
        #expect(!rows.contains { $0.contains("秘密") })
        let erase = try #require(try store.unfinishedErasures().first)
        var entries = log.entries
        for i in entries.indices where entries[i].seq <= erase.seq {
            if let line = try entries[i].line.withUnsafeBytes({ try erase.applied(toChange: $0) }) {
                entries[i].line = line
            }
        }
        #expect(!entries.contains { String(decoding: $0.line, as: UTF8.self).contains("秘密") })
        let rebuilt = try StateDirectory()
        try rebuilt.store().apply(entries)
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
        let next = try writer.send(Self.note(.all, "次"), by: .command, at: morning + 11)
        #expect(next.id > answer.id)
    }
}
