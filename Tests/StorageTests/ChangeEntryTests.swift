import CallCenter
import Testing

@testable import Storage

/// What a change is in the log: bytes that read back as the same change, and nothing else as one.
@Suite struct ChangeEntryTests {
    static func random(_ random: inout Seeded) -> CustomerFields {
        var made = fields(random.text(upTo: 20) + "x", phones: ["090-0000-0101", "03-0000-0102"]) { _ in }
        made.externalID = Bool.random(using: &random) ? random.text() + "e" : nil
        made.kana = Bool.random(using: &random) ? random.text() : nil
        made.address = random.text(upTo: 200)
        made.tags = (0..<Int.random(in: 0...3, using: &random)).map { _ in random.text() }
        if Bool.random(using: &random) { made.details = DetailTests.random(7, &random) }
        made.custom = ["plan": random.text(), "記念日": random.text()]
        return made
    }

    static var wholeCase: RecordChange.CaseFields {
        var one = RecordChange.CaseFields(
            id: 2, customer: 2, kind: .case, title: "故障", owner: "101", due: nil, createdAt: morning, createdBy: nil,
            closedAt: nil, closedBy: nil, spent: nil, version: 8)
        one.details.phase = "提案"
        one.details.progress = 70
        one.details.priority = .urgent
        one.details.calls = ["a", "b"]
        one.details.contacts = [5, 6]
        one.details.waitingSince = morning + 9
        one.details.handover = CaseHandover(from: nil, to: "102", note: "急ぎ", at: morning + 3)
        one.details.reopened = 2
        one.details.ownerSince = morning + 4
        one.details.escalated = ["late": morning, "nobody": morning + 1]
        one.details.complaint = CaseComplaint(about: "103")
        return one
    }

    /// A promise of a case has bytes of its own, with a complaint beside it or without.
    @Test func aPartOfACaseReadsBackAsItWas() throws {
        var one = Self.wholeCase
        for complaint in [nil, CaseComplaint(), CaseComplaint(about: "103")] {
            for partOf in [nil, 12] as [Int64?] {
                one.details.complaint = complaint
                one.details.partOf = partOf
                #expect(try RecordChange.CaseFields(packed: one.packed) == one)
                #expect(try RecordChange.CaseFields.list(packed: RecordChange.CaseFields.packed([one])) == [one])
            }
        }
    }

    @Test func aChangeReadsBackAsItWas() throws {
        var seeded = Seeded("aChangeReadsBackAsItWas")
        for size in [0, 1, 2, 500] {
            var changes: [RecordChange] = (0..<size).map { n in
                .customer(
                    .init(
                        id: Int64(n), version: 3, createdAt: morning, updatedAt: n % 2 == 0 ? nil : morning + 5,
                        fields: Self.random(&seeded)))
            }
            changes += [
                .deleted(id: 7, version: 9), .undeleted(id: 7, version: 10), .unblocked("+810000000000"),
                .blocked(BlockedNumber(number: "+81", display: "0", reason: nil, since: morning)),
                .blockList(
                    BlockChange(
                        version: 3, number: "+81", before: nil,
                        after: BlockedNumber(number: "+81", display: "0", reason: "迷惑", since: morning))),
                .blockList(
                    BlockChange(
                        version: 4, number: "+81",
                        before: BlockedNumber(number: "+81", display: "0", reason: nil, since: morning), after: nil)),
                .customerCase(
                    .init(
                        id: 1, customer: 2, kind: .promise, title: "見積", owner: nil, due: morning, createdAt: morning,
                        createdBy: "101", closedAt: nil, closedBy: nil, spent: 1_234)),
                .customerCase(Self.wholeCase), .caseClaim(id: 4, CaseClaim(by: "101", since: morning)),
                .inboxClaim(id: 5, CaseClaim(by: "102", since: morning)), .inboxClaim(id: 5, nil),
                .caseClaim(id: 4, nil), .filePiece(.init(home: 7, hash: [1, 255], n: 3, data: [0, 1, 0])),
                .fileGone(home: 7, hash: []), .webhookPosition(name: "crm", seq: 1 << 40),
                .deadDelivery(
                    DeadDelivery(
                        webhook: "crm", seq: 9, part: 2, type: "call.ended", tries: 20, at: morning,
                        problem: "it answered 500")),
                .deadDeliveryGone(webhook: "crm", seq: 9, part: 2),
                .alert(
                    RecordedAlert(
                        kind: .vipWaiting, call: CallKey(source: "pbx", call: "c1"), queue: "support", operator: nil,
                        customer: 7, tier: "vip", waited: 31_000)),
                .caseLate(LateCase(id: 3, customer: 7, owner: "101", due: morning)),
            ]
            changes += CustomerItem.Kind.allCases.enumerated().map { n, kind in
                .item(
                    .init(
                        id: Int64(n), customer: 2, version: 3, createdAt: morning, createdBy: n == 0 ? nil : "101",
                        content: ItemTests.content(kind, n, &seeded)))
            }
            changes += [.itemDeleted(id: 3, version: 4), .itemsAged([3, 1 << 40], behind: 9), .itemsAged([], behind: 0)]
            changes += InboxTests.changes
            changes += ReplyTests.changes
            changes += KnowledgeEntry.Kind.allCases.map { kind in
                .knowledge(
                    .init(
                        id: kind.rawValue, version: 2, createdAt: morning, createdBy: "900",
                        content: KnowledgeTests.content(kind, 3, &seeded)))
            }
            changes += [
                .knowledgeDeleted(id: 3, version: 4), .knowledgeMissing("保証", by: nil), .messagesBehind(9),
                .knowledgeUse(KnowledgeUse(article: 3, what: .notHelped, by: "101", call: nil)),
                .message(
                    DeskNote(
                        id: 4, to: .operator("101"), from: nil, fromName: "部長", text: "急ぎ", call: "c1", customer: 2,
                        caseID: 3, replyTo: 1)),
                .message(DeskNote(id: 5, to: .supervisors, from: "101", fromName: nil, text: "助けて")),
                .messageRead(id: 5, by: "900"),
                .fieldUse(
                    FieldUse(
                        .init(day: 20_784, queue: "support", operator: "101", field: "custom.記念日"),
                        .init(filled: 1, timed: 1, spent: 4_200, shown: 3, opened: 2))),
            ]
            var run = ImportRun(id: 4, startedAt: morning, by: "tok", file: "顧客.csv")
            run.endedAt = morning + 1
            run.rows = 3
            changes.append(.importRun(run))
            run.kind = .items(.note)
            run.headings = "at\u{1F}text\u{1F}"
            run.map = ["備考": "text", "x": ""]
            changes.append(.importRun(run))
            let entry = ChangeEntry(
                at: morning, author: Author("101", through: .desk), importID: size == 2 ? 4 : nil, changes: changes)
            let bytes = entry.bytes
            #expect(try ChangeEntry(bytes) == entry)
            // Names that repeat take little room.
            if size == 500 { #expect(bytes[1] == 1) }
            // A cut or changed entry is refused, and ends nothing.
            for _ in 0..<50 {
                var broken = bytes
                if Bool.random(using: &seeded) {
                    broken.removeLast(Int.random(in: 1...broken.count, using: &seeded))
                    #expect(throws: Malformed.self) { try ChangeEntry(broken) }
                } else {
                    broken[Int.random(in: 0..<broken.count, using: &seeded)] ^= 0x55
                    _ = try? ChangeEntry(broken)
                }
            }
        }
    }

    /// Nodes that follow ask this of every entry, so it does not decode the rest.
    @Test func anEraseIsKnownByItsBytes() throws {
        func entry(_ changes: [RecordChange]) -> ChangeEntry {
            ChangeEntry(at: morning, author: Author("900", through: .desk), importID: nil, changes: changes)
        }
        func erased(_ reason: String?) -> RecordChange {
            .erased(.init(id: 17, version: 4, casesBehind: 0, itemsBehind: 0, reason: reason, calls: []))
        }
        // The second one is long enough to be compressed.
        for reason in [nil, String(repeating: "request of 2026-11-20 ", count: 200)] {
            let one = entry([erased(reason)])
            #expect(ChangeEntry.isErase(one.bytes))
            #expect(try ChangeEntry(one.bytes) == one)
        }
        #expect(!ChangeEntry.isErase(entry([.deleted(id: 17, version: 4)]).bytes))
        #expect(!ChangeEntry.isErase(entry([]).bytes))
        #expect(!ChangeEntry.isErase([]))
        #expect(!ChangeEntry.isErase(Array(entry([erased(nil)]).bytes.prefix(4))))
    }

    @Test func aSecretReadsBackAsItWas() throws {
        let token = Token(
            id: "abc", name: "wall", role: .supervisor, operator: nil, source: nil, createdAt: morning,
            expiresAt: morning + 1, lastUsedAt: nil)
        let account = Account(
            operator: "101", role: .operator, name: "高橋", createdAt: morning, changedAt: morning, lastSignInAt: nil)
        let password = Password(salt: [1, 2], hash: [3], cost: Password.cost)
        let all: [SecretEntry.Change] = [
            .token(hash: [9, 9], token), .tokenRevoked(id: "abc"), .account(account, password),
            .accountRemoved(operator: "101"), .session(hash: [1], operator: "101", expiresAt: morning),
            .secondFactor(
                operator: "101",
                SecondFactor(secret: [1, 2], since: morning, lastStep: 59_846_400, recovery: [[3, 4], []])),
            .secondFactorRemoved(operator: "101"), .codeUsed(operator: "101", step: 59_846_401),
            .recoveryCodeUsed(operator: "101", hash: [3, 4]),
            .sessionOpened(
                hash: [1], operator: "101", expiresAt: morning, SessionOrigin(address: "::1", agent: "Firefox")),
            .sessionOpened(hash: [2], operator: "101", expiresAt: morning, SessionOrigin()),
            .sessionsEnded(operator: "101", allBut: nil), .sessionsEnded(operator: "101", allBut: [1]),
            .tokenSession(hash: [2], TokenSession(token: "abc", expiresAt: morning)), .sessionEnded(hash: [1]),
            .tokenSessionsEnded(token: "abc"),
        ]
        for change in all {
            for author in [nil, Author("900", through: .desk), .command] {
                let entry = SecretEntry(at: morning, change, by: author)
                #expect(try SecretEntry(entry.bytes) == entry)
            }
        }
    }
}
