import CallCenter
import Testing

@testable import Storage

/// Contacts from elsewhere: whose record they are on, in which case, and what waits in the inbox.
@Suite struct InboxTests {
    static func mail(
        _ id: String, from address: String = "hanako@example.com", subject: String? = "水漏れの件", at: Timestamp = morning,
        name: String? = nil, thread: [String] = []
    ) -> IncomingContact {
        var one = IncomingContact(key: "mail:\(id)", channel: "email", direction: .inbound, at: at)
        one.parties = [.init(.email(address), name: name)]
        one.subject = subject
        one.text = "本文 \(id)"
        one.thread = thread.map { "mail:\($0)" }
        return one
    }

    static var rules: IncomingRules {
        var rules = IncomingRules()
        rules.phase = "受付"
        rules.reopenWithin = 1_000_000
        return rules
    }

    static func hanako(_ writer: RecordWriter, email: String = "hanako@example.com") throws -> CustomerRecord {
        try writer.create(
            fields("山田 花子") {
                $0.email = email
                $0.owner = "101"
            }, by: .command, at: morning)
    }

    @discardableResult
    static func receive(
        _ contact: IncomingContact, _ writer: RecordWriter, at now: Timestamp = morning + 10
    ) throws -> Received {
        try writer.receive(contact, rules: rules, by: .command, at: now)
    }

    // MARK: On the record

    @Test func aMailIsOnTheRecordOnceAndOpensACase() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let hanako = try Self.hanako(writer, email: "Hanako@Example.com")
        let received = try Self.receive(Self.mail("a"), writer)
        #expect(received.outcome == .recorded)
        let place = try #require(received.places.first), caseID = try #require(place.caseID)
        #expect(place.customer == hanako.id && place.isNewCase)
        let items = try store.items(.contact, of: hanako.id, below: nil, limit: 9)
        guard case .contact(let contact) = try #require(items.first).content else { Issue.record("no contact"); return }
        #expect(contact.channel == "email" && contact.direction == .inbound && contact.at == morning)
        #expect(contact.summary == "水漏れの件\n本文 a")
        let one = try #require(try store.customerCase(caseID))
        #expect(one.title == "水漏れの件" && one.owner == "101" && one.details.cameBy == "email")
        #expect(one.details.contacts == [place.contact] && one.phase == "受付")
        // The same mail again.
        let again = try Self.receive(Self.mail("a"), writer, at: morning + 99)
        #expect(again.outcome == .known && again.places.map(\.contact) == [place.contact])
        #expect(try store.items(.contact, of: hanako.id, below: nil, limit: 9).count == 1)
    }

    @Test func threadsAreOneCaseByReferenceOrSubject() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        _ = try Self.hanako(writer)
        let first = try #require(try Self.receive(Self.mail("a"), writer).places.first?.caseID)
        let byThread = try Self.receive(Self.mail("b", subject: "別の件名", thread: ["a"]), writer)
        let bySubject = try Self.receive(Self.mail("c", subject: "Re: RE[2]: Fwd:  水漏れの件"), writer)
        #expect(byThread.places.first?.caseID == first && bySubject.places.first?.caseID == first)
        let other = try Self.receive(Self.mail("d", subject: "請求書"), writer)
        #expect(other.places.first?.caseID != first && other.places.first?.isNewCase == true)
        let far = try Self.receive(Self.mail("e", at: morning + 31 * 86_400_000), writer, at: morning + 31 * 86_400_000)
        #expect(far.places.first?.isNewCase == true, "after so long it is about something else")
        #expect(try store.customerCase(first)?.details.contacts.count == 3)
        // What a customer writes is no progress of the centre's.
        #expect(try store.customerCase(first)?.details.progressAt == nil)
    }

    @Test func whatTheCentreWritesIsOutboundAndProgress() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let hanako = try Self.hanako(writer), taro = try writer.create(
            fields("太郎") { $0.details.emails = ["taro@example.com"] }, by: .command, at: morning + 1)
        let first = try #require(try Self.receive(Self.mail("a"), writer).places.first?.caseID)
        var sent = Self.mail("b", subject: "Re: 水漏れの件", thread: ["a"])
        sent.direction = .outbound
        sent.parties.append(.init(.email("taro@example.com")))
        sent.parties.append(.init(.email("nobody@example.com")))
        let received = try Self.receive(sent, writer, at: morning + 500)
        #expect(Set(received.places.map(\.customer)) == [hanako.id, taro.id])
        #expect(received.places.first?.caseID == first)
        #expect(received.places.last?.caseID == nil, "what the centre writes opens no case")
        let one = try #require(try store.customerCase(first))
        #expect(one.response == 490 && one.details.progressAt == morning + 500)
        // To nobody who is a customer.
        var supplier = Self.mail("c", from: "supplier@example.net")
        supplier.direction = .outbound
        #expect(try Self.receive(supplier, writer).outcome == .ignored)
        #expect(try store.openInboxItems() == 0)
    }

    @Test func aClosedCaseOpensAgainWhenItsCustomerWrites() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        _ = try Self.hanako(writer)
        let first = try #require(try Self.receive(Self.mail("a"), writer).places.first?.caseID)
        _ = try writer.close(first, by: "101", author: .command, at: morning + 100)
        var away = Self.mail("b", thread: ["a"])
        away.kind = .automatic
        let automatic = try Self.receive(away, writer, at: morning + 200)
        #expect(automatic.outcome == .recorded && automatic.places.first?.caseID == nil)
        #expect(try store.customerCase(first)?.closedAt != nil, "a program does not open it")
        #expect(try store.casesToReopen(closedAfter: morning).isEmpty)
        let again = try Self.receive(Self.mail("c", thread: ["a"]), writer, at: morning + 300)
        #expect(again.places.first?.caseID == first)
        #expect(try store.customerCase(first)?.closedAt == nil && store.customerCase(first)?.details.reopened == 1)
        _ = try writer.close(first, by: "101", author: .command, at: morning + 400)
        let late = try Self.receive(Self.mail("d", thread: ["a"]), writer, at: morning + 2_000_000)
        #expect(late.places.first?.isNewCase == true)
    }

    @Test func aBounceIsWithWhoDidNotGetTheMail() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let hanako = try Self.hanako(writer)
        var sent = Self.mail("sent")
        sent.direction = .outbound
        try Self.receive(sent, writer)
        var bounce = Self.mail("b1", subject: "Undelivered")
        bounce.kind = .bounce
        #expect(try Self.receive(bounce, writer).places.first?.customer == hanako.id)
        var nameless = Self.mail("b2", subject: "Undelivered", thread: ["sent"])
        nameless.kind = .bounce
        nameless.parties = []
        #expect(try Self.receive(nameless, writer).places.first?.customer == hanako.id, "by the mail that it is about")
        var unknown = Self.mail("b3", from: "gone@example.net", subject: "Undelivered")
        unknown.kind = .bounce
        #expect(try Self.receive(unknown, writer).outcome == .inbox)
        #expect(try store.cases(CaseFilter(), CaseTests.clock, after: nil, limit: 9).isEmpty, "no bounce is a case")
    }

    @Test func ofTwoWithOneAddressTheThreadDecidesThenTheName() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let one = try writer.create(fields("山田 花子") { $0.email = "home@example.com" }, by: .command, at: morning)
        let two = try writer.create(fields("山田 太郎") { $0.email = "home@example.com" }, by: .command, at: morning + 1)
        let waiting = try Self.receive(Self.mail("a", from: "home@example.com"), writer)
        #expect(waiting.outcome == .inbox)
        let id = try #require(waiting.inbox), item = try #require(try store.inboxItem(id))
        #expect(try store.candidates(for: item, limit: 5).map(\.id) == [one.id, two.id])
        let named = try Self.receive(Self.mail("b", from: "home@example.com", name: "山田　太郎"), writer)
        #expect(named.places.map(\.customer) == [two.id])
        let thread = try Self.receive(Self.mail("c", from: "home@example.com", thread: ["b"]), writer)
        #expect(thread.places.map(\.customer) == [two.id])
    }

    @Test func messagesWithoutASubjectAreOneConversation() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        _ = try writer.create(fields("花子") { $0.lineID = "U1" }, by: .command, at: morning)
        func message(_ id: String, _ text: String) -> IncomingContact {
            var one = IncomingContact(key: "line:\(id)", channel: "line", direction: .inbound, at: morning)
            one.parties = [.init(.account(service: "line", id: "U1"))]
            one.text = text
            return one
        }
        let first = try #require(try Self.receive(message("1", "こんにちは\n届きません"), writer).places.first?.caseID)
        #expect(try Self.receive(message("2", "まだです"), writer).places.first?.caseID == first)
        #expect(try store.customerCase(first)?.title == "こんにちは")
        var other = message("3", "x")
        other.parties = [.init(.account(service: "instagram", id: "U1"))]
        #expect(try Self.receive(other, writer).outcome == .inbox, "the same id at another service is somebody else")
    }

    // MARK: The inbox

    @Test func attachingStoresTheAddressAndBringsWhatElseWaits() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try writer.create(fields("花子") { $0.email = "old@example.com" }, by: .command, at: morning)
        let first = try #require(try Self.receive(Self.mail("a"), writer).inbox)
        let second = try #require(try Self.receive(Self.mail("b", thread: ["a"]), writer).inbox)
        let other = try #require(try Self.receive(Self.mail("c", from: "else@example.com"), writer).inbox)
        #expect(try store.inbox(.open, below: nil, limit: 9).map(\.id) == [other, second, first])
        let attached = try writer.attach(
            inbox: second, to: .customer(who.id), rules: Self.rules, by: Author("101", through: .desk),
            at: morning + 20)
        #expect(attached.others == [first] && attached.item.state == .attached)
        #expect(attached.customer.fields.details.emails == ["hanako@example.com"])
        #expect(attached.item.handling?.by == "101" && attached.item.handling?.customer == who.id)
        #expect(try store.openInboxItems() == 1)
        #expect(try store.items(.contact, of: who.id, below: nil, limit: 9).count == 2)
        let cases = Set(try store.inbox(.attached, below: nil, limit: 9).compactMap { $0.handling?.caseID })
        #expect(cases.count == 1, "one thread, one case")
        #expect(throws: EditError.self) {
            try writer.attach(inbox: second, to: .customer(who.id), rules: Self.rules, by: .command, at: morning + 30)
        }
        #expect(try Self.receive(Self.mail("d"), writer).places.first?.customer == who.id, "the next one finds it")
        #expect(try Self.receive(Self.mail("a"), writer).outcome == .known)
        #expect(throws: EditError.notFound) {
            try writer.attach(inbox: 99, to: .customer(who.id), rules: Self.rules, by: .command, at: morning + 40)
        }
    }

    @Test func aCustomerIsCreatedForIt() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        var contact = IncomingContact(key: "sms:1", channel: "sms", direction: .inbound, at: morning)
        contact.parties = [
            .init(.phone(PhoneEntry(raw: "09000000001", e164: "+819000000001", display: "090-0000-0001")))
        ]
        contact.text = "折り返してください"
        let id = try #require(try Self.receive(contact, writer).inbox)
        let attached = try writer.attach(
            inbox: id, to: .new(fields("新しい人")), rules: Self.rules, by: .command, at: morning + 20)
        #expect(attached.customer.version == 1 && attached.customer.fields.phones.map(\.e164) == ["+819000000001"])
        #expect(try store.find(number: "+819000000001", limit: 9).customers.map(\.id) == [attached.customer.id])
    }

    @Test func whatWasAttachedOrDismissedGoesBack() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try writer.create(fields("花子"), by: .command, at: morning)
        let id = try #require(try Self.receive(Self.mail("a"), writer).inbox)
        let dismissed = try writer.dismiss(inbox: id, by: Author("101", through: .desk), at: morning + 20)
        #expect(dismissed.state == .dismissed && dismissed.handling?.by == "101" && dismissed.version == 2)
        #expect(try writer.dismiss(inbox: id, by: .command, at: morning + 21) == dismissed)
        #expect(try writer.reopen(inbox: id, by: .command, at: morning + 22).state == .open)
        let attached = try writer.attach(
            inbox: id, to: .customer(who.id), rules: Self.rules, by: .command, at: morning + 30)
        let caseID = try #require(attached.item.handling?.caseID)
        let open = try writer.reopen(inbox: id, by: .command, at: morning + 40)
        #expect(open.state == .open && open.handling == nil && open.version == 5)
        #expect(try store.items(.contact, of: who.id, below: nil, limit: 9).isEmpty)
        #expect(try store.customer(who.id)?.fields.email == nil, "the address that it brought is gone")
        #expect(try store.customerCase(caseID)?.closedAt != nil)
        #expect(try Self.receive(Self.mail("a"), writer).outcome == .known)
        #expect(throws: EditError.notFound) { try writer.reopen(inbox: 99, by: .command, at: morning) }
        // And to somebody else.
        let other = try writer.create(fields("太郎"), by: .command, at: morning + 50)
        let right = try writer.attach(
            inbox: id, to: .customer(other.id), rules: Self.rules, by: .command, at: morning + 60)
        #expect(right.customer.id == other.id && right.customer.fields.email == "hanako@example.com")
    }

    @Test func anAnswerWaitsWithWhatItAnswers() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        try Self.receive(Self.mail("a"), writer)
        var answer = Self.mail("b", thread: ["a"])
        answer.direction = .outbound
        #expect(try Self.receive(answer, writer).outcome == .inbox)
        let who = try writer.create(fields("花子"), by: .command, at: morning + 30)
        _ = try writer.attach(inbox: 1, to: .customer(who.id), rules: Self.rules, by: .command, at: morning + 40)
        let items = try store.items(.contact, of: who.id, below: nil, limit: 9)
        #expect(items.count == 2)
        #expect(try store.openInboxItems() == 0)
    }

    // MARK: Merging and erasing

    @Test func aMergeMovesThreadsAndAnErasureRemovesAll() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let hanako = try Self.hanako(writer), double = try writer.create(fields("花子"), by: .command, at: morning + 1)
        let first = try #require(try Self.receive(Self.mail("a"), writer).places.first?.caseID)
        _ = try writer.merge(hanako.id, into: double.id, expected: nil, by: "101", at: morning + 20)
        let moved = try Self.receive(Self.mail("b", thread: ["a"]), writer, at: morning + 30)
        #expect(moved.places.map(\.customer) == [double.id] && moved.places.first?.caseID == first)
        // One that came before anybody knew whose it is, and one that waits from the same address.
        let before = try #require(
            try Self.receive(Self.mail("c", from: "second@example.com", subject: "秘密の件"), writer).inbox)
        _ = try writer.attach(
            inbox: before, to: .customer(double.id), rules: Self.rules, by: .command, at: morning + 40)
        try Self.receive(Self.mail("d", from: "else@example.com", subject: "他人の件"), writer)
        _ = try writer.erase(double.id, reason: nil, by: .command, at: morning + 50)
        let rows = try RebuiltRecordsTests.texts(directory).joined(separator: "\n")
        for text in ["本文 a", "本文 b", "本文 c", "秘密の件", "second@example.com", "mail:a", "mail:c"] {
            #expect(!rows.contains(text), "\(text) is left")
        }
        #expect(rows.contains("他人の件") && rows.contains("else@example.com"))
        // The log without them makes the same records.
        let works = try store.unfinishedErasures()
        #expect(try ErasureWork(works[0].work.bytes) == works[0].work)
        var entries: [EventLog.Entry] = []
        for entry in log.entries {
            var entry = entry
            for work in works where entry.seq <= work.seq {
                if let bytes = try entry.line.withUnsafeBytes({ try work.applied(toChange: $0) }) { entry.line = bytes }
            }
            entries.append(entry)
        }
        let left = entries.map { String(decoding: $0.line, as: UTF8.self) }.joined()
        for text in ["本文 a", "本文 b", "本文 c", "秘密の件", "second@example.com"] { #expect(!left.contains(text)) }
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        try copy.apply(entries)
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
    }

    // MARK: For other tests

    static var changes: [RecordChange] {
        var contact = mail("x", name: "山田")
        contact.parties += [
            .init(.phone(PhoneEntry(raw: "090", e164: nil, display: "090"))),
            .init(.account(service: "line", id: "U1"), name: "花子"),
        ]
        contact.attachments = [.init(name: nil, type: "image/png", size: 9), .init(name: "a", type: "b", size: 0)]
        contact.thread = ["mail:1", "mail:2"]
        contact.kind = .bounce
        var attached = InboxItem(id: 4, version: 3, receivedAt: morning, contact: contact, state: .attached)
        attached.handling = .init(at: morning + 1, by: "101")
        attached.handling?.customer = 7
        attached.handling?.contact = 8
        attached.handling?.caseID = 9
        attached.handling?.hasOpenedCase = true
        return [
            .inbox(InboxItem(id: 3, receivedAt: morning, contact: mail("y", subject: nil))), .inbox(attached),
            .trace(.init(item: 8, customer: 7, key: "mail:x", caseID: nil, subject: "件", at: morning)),
            .trace(.init(item: 9, customer: 7, key: "mail:z", caseID: 3, subject: "\u{1}line", at: morning)),
        ]
    }

    /// Something comes from elsewhere, or somebody does something about what came.
    static func play(
        _ writer: RecordWriter, _ someone: CustomerRecord?, _ step: Int, _ random: inout Seeded, by author: Author,
        at now: Timestamp
    ) throws {
        let waiting = try writer.store.inbox(nil, below: nil, limit: 20).randomElement(using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            guard let waiting, let someone else { break }
            _ = try? writer.attach(
                inbox: waiting.id, to: .customer(someone.id), rules: rules, by: author, at: now)
        case 1:
            guard let waiting else { break }
            _ = try? writer.attach(
                inbox: waiting.id, to: .new(fields("作成 \(step)")), rules: rules, by: author, at: now)
        case 2: if let waiting { _ = try? writer.dismiss(inbox: waiting.id, by: author, at: now) }
        case 3: if let waiting { _ = try? writer.reopen(inbox: waiting.id, by: author, at: now) }
        default:
            let known = someone?.fields.email ?? "p\(step % 5)@example.com"
            let address = Bool.random(using: &random) ? known : "p\(Int.random(in: 0..<6, using: &random))@example.com"
            var one = mail(
                "\(Int.random(in: 0..<60, using: &random))", from: address.lowercased(), subject: "s\(step % 4)",
                at: now, thread: ["\(Int.random(in: 0..<60, using: &random))"])
            one.kind = try #require(IncomingContact.Kind.allCases.randomElement(using: &random))
            one.direction = Bool.random(using: &random) ? .inbound : .outbound
            _ = try writer.receive(one, rules: rules, by: author, at: now)
        }
    }
}
