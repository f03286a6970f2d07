import CallCenter
import SQLite
import Testing

@testable import Storage

@Suite struct CaseTests {
    @Test func whatIsPromisedIsThereUntilItIsDone() throws {
        let directory = try StateDirectory()
        let store = try CustomerStore.open(directory: directory.path)
        var fields = CustomerFields(name: "鈴木 花子")
        fields.phones = [PhoneEntry(raw: "090-0000-0002", e164: "+819000000002", display: "090-0000-0002")]
        let who = try store.create(fields, at: morning)
        #expect(try store.open(.promise, "請求書", of: who.id + 1, owner: nil, due: nil, by: nil, at: morning) == nil)
        let later = try #require(
            try store.open(.case, "見積もり", of: who.id, owner: "102", due: nil, by: "101", at: morning))
        let first = try #require(
            try store.open(.promise, "請求書", of: who.id, owner: "101", due: morning + 1_000, by: "101", at: morning))
        #expect(first.customerName == "鈴木 花子" && first.createdBy == "101" && first.closedAt == nil)
        // The most pressing first; what has no time is last.
        #expect(try store.openCases(of: who.id).map(\.id) == [first.id, later.id])
        #expect(try store.cases(owner: "102").map(\.title) == ["見積もり"])
        // The next pop knows.
        let reader = try CustomerReader(directory: directory.path)
        var caller = CallerNumber.unavailable
        caller.kind = .number
        caller.e164 = "+819000000002"
        #expect(try reader.lookup(caller).candidates.first?.cases.map(\.title) == ["請求書", "見積もり"])
        reader.rest()
        let closed = try #require(try store.close(first.id, by: "101", at: morning + 5))
        #expect(closed.closedAt == morning + 5 && closed.closedBy == "101")
        #expect(try store.close(first.id, by: "102", at: morning + 9)?.closedBy == "101", "closed once")
        #expect(try store.close(99, by: nil, at: morning) == nil)
        #expect(try reader.lookup(caller).candidates.first?.cases.map(\.title) == ["見積もり"])
        reader.rest()
        _ = try store.close(later.id, by: nil, at: morning)
        #expect(try reader.lookup(caller).candidates.first?.cases == [])
    }

    static let clock = CaseClock(
        now: morning + 10_000_000, stalledBefore: morning + 5_000_000, riskBefore: morning + 12_000_000)

    @Test func everyChangeIsAVersionAndAnyCanBePutBack() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try store.create(fields("鈴木"), at: morning)
        var details = CaseDetails()
        details.phase = "受付"
        let made = try #require(
            try writer.open(
                .case, "水漏れ", of: who.id, owner: "101", due: nil, by: "101", details: details, author: .command,
                at: morning))
        #expect(made.version == 1 && made.progressAt == morning && made.response == nil)
        let second = try #require(
            try writer.edit(case: made.id, expected: 1, by: Author("101", through: .desk), at: morning + 50) { one in
                one.details.phase = "調査"
                one.details.progress = 30
            })
        #expect(second.version == 2 && second.progressAt == morning + 50 && second.response == 50)
        // Another owner or priority is no progress, and saying what is there already no version.
        let third = try #require(
            try writer.edit(case: made.id, by: .command, at: morning + 90) { one in
                one.details.priority = .urgent
                one.owner = "102"
            })
        #expect(third.version == 3 && third.progressAt == morning + 50)
        #expect(try writer.edit(case: made.id, by: .command, at: morning + 95) { $0.owner = "102" }?.version == 3)
        #expect(throws: EditError.caseConflict(third)) {
            try writer.edit(case: made.id, expected: 2, by: .command, at: morning + 99) { $0.title = "x" }
        }
        let versions = try #require(try store.versions(ofCase: made.id, below: nil, limit: 10))
        #expect(versions.map(\.version) == [3, 2, 1])
        #expect(versions[1].author == Author("101", through: .desk) && versions[1].before?.details.phase == "受付")
        #expect(versions[1].after?.owner == "101" && versions[2].before == nil)
        #expect(try store.versions(ofCase: made.id, below: 2, limit: 10)?.first?.after?.details.progress == nil)
        let back = try #require(
            try writer.restore(case: made.id, version: 1, expected: nil, by: .command, at: morning + 200))
        #expect(back.version == 4 && back.owner == "101" && back.details.phase == "受付")
        #expect(throws: EditError.noVersion(9)) {
            try writer.restore(case: made.id, version: 9, expected: nil, by: .command, at: morning)
        }
        // Closed in a phase, and opened again in it.
        let closed = try #require(try store.close(made.id, by: "101", at: morning + 300))
        #expect(closed.phase == "closed" && closed.details.phase == "受付")
        let again = try #require(try writer.edit(case: made.id, by: .command, at: morning + 400) { $0.reopen() })
        #expect(again.phase == "受付" && again.details.reopened == 1 && again.closedBy == nil)
    }

    @Test func aClaimIsOnesUntilItFallsBack() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try store.create(fields("鈴木"), at: morning)
        let one = try #require(
            try store.open(.case, "c", of: who.id, owner: "101", due: nil, by: nil, at: morning))
        let claimed = try writer.claim(case: one.id, for: "102", limit: 1_000, by: .command, at: morning)
        #expect(claimed?.claim == CaseClaim(by: "102", since: morning) && claimed?.version == 1)
        #expect(throws: EditError.claimed(CaseClaim(by: "102", since: morning))) {
            try writer.claim(case: one.id, for: "103", limit: 1_000, by: .command, at: morning + 999)
        }
        #expect(throws: EditError.claimed(CaseClaim(by: "102", since: morning))) {
            try writer.release(case: one.id, own: "103", limit: 1_000, by: .command, at: morning + 999)
        }
        // An edit keeps the claim; a new owner ends it.
        #expect(
            try writer.edit(case: one.id, by: .command, at: morning + 5) { $0.title = "d" }?.claim?.by == "102")
        let later = try writer.claim(case: one.id, for: "103", limit: 1_000, by: .command, at: morning + 1_000)
        #expect(later?.claim?.by == "103")
        #expect(try writer.edit(case: one.id, by: .command, at: morning + 1_001) { $0.owner = "104" }?.claim == nil)
        #expect(try writer.claim(case: 99, for: "103", limit: 1_000, by: .command, at: morning) == nil)
        _ = try writer.claim(case: one.id, for: "103", limit: 1_000, by: .command, at: morning + 2_000)
        #expect(try store.close(one.id, by: nil, at: morning + 2_001)?.claim == nil)
        #expect(throws: EditError.isClosed) {
            try writer.claim(case: one.id, for: "103", limit: 1_000, by: .command, at: morning + 2_002)
        }
    }

    @Test func aHandoverIsAcceptedOrGoesBack() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try store.create(fields("鈴木"), at: morning)
        let one = try #require(try store.open(.case, "c", of: who.id, owner: "101", due: nil, by: nil, at: morning))
        func edit(
            _ at: Int64, _ change: (inout CustomerCase) throws(EditError) -> Void
        ) throws -> CustomerCase { try #require(try writer.edit(case: one.id, by: .command, at: morning + at, change)) }
        let offered = try edit(1) { c throws(EditError) in try c.handOver(to: "102", note: "急ぎ", at: morning + 1) }
        #expect(offered.owner == "101" && offered.details.handover?.from == "101")
        var filter = CaseFilter()
        filter.handedTo = "102"
        #expect(try store.cases(filter, Self.clock, after: nil, limit: 9).map(\.id) == [one.id])
        let back = try edit(2) { c throws(EditError) in try c.decline() }
        #expect(back.owner == "101" && back.details.handover == nil)
        #expect(throws: EditError.noHandover) { try edit(3) { c throws(EditError) in try c.accept() } }
        _ = try edit(4) { c throws(EditError) in try c.handOver(to: "103", note: nil, at: morning + 4) }
        let accepted = try edit(5) { c throws(EditError) in try c.accept() }
        #expect(accepted.owner == "103" && accepted.details.handover == nil && accepted.progressAt == morning)
        #expect(try store.cases(filter, Self.clock, after: nil, limit: 9).isEmpty)
    }

    /// What SQL lists and counts is what the pure rules say, of random cases.
    @Test(arguments: 0..<8) func listsAreWhatTheRulesSay(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let directory = try StateDirectory(), store = try directory.store()
        let who = try store.create(fields("鈴木"), at: morning)
        for step in 0..<60 { try Self.change(store.writer, of: who.id, step, &random) }
        let clock = Self.clock
        var everything = CaseFilter()
        everything.isOpen = nil
        let all = try store.cases(everything, clock, after: nil, limit: 1_000)
        #expect(all.count > 10)
        let rules: [(CaseDelay, (CaseFacts) -> Bool)] = [
            (.overdue, clock.isOverdue), (.atRisk, clock.isAtRisk), (.stalled, clock.isStalled),
            (.unowned, clock.isUnowned), (.waiting, clock.isWaiting),
        ]
        let counts = try store.caseCounts(clock)
        #expect(counts.all.open == Int64(all.count { $0.closedAt == nil }))
        #expect(counts == CaseCounts(of: all, clock), "counted in SQL and by the rules, for each kind")
        for (delay, rule) in rules {
            var filter = CaseFilter()
            filter.delays = [delay]
            let listed = try store.cases(filter, clock, after: nil, limit: 1_000)
            #expect(listed.map(\.id) == all.filter { rule($0.facts) }.map(\.id), "\(delay)")
            #expect(counts.all.delays[delay] == Int64(listed.count), "\(delay)")
            for kind in OpenCase.Kind.allCases {
                filter.kind = kind
                let listed = try store.cases(filter, clock, after: nil, limit: 1_000).count
                #expect(counts[kind].delays[delay, default: 0] == Int64(listed), "\(kind), \(delay)")
            }
        }
        // Page by page it is the same list.
        var pages: [Int64] = [], after: CasePlace?
        repeat {
            let page = try store.cases(everything, clock, after: after, limit: 7)
            pages += page.map(\.id)
            after = page.count == 7 ? page.last?.place : nil
        } while after != nil
        #expect(pages == all.map(\.id) && Set(pages).count == pages.count)
        let owned = counts.all.open - counts.all.delays[.unowned, default: 0]
        #expect(try store.openCasesByOwner().values.reduce(0, +) == owned)
    }

    /// Opens a case, or changes one at random.
    static func change(_ writer: RecordWriter, of customer: Int64, _ step: Int, _ random: inout Seeded) throws {
        let now = morning + Int64(step) * 200_000, author = Author("10\(step % 4)", through: .desk)
        var filter = CaseFilter()
        filter.isOpen = nil
        filter.customer = customer
        let known = try writer.store.cases(filter, clock, after: nil, limit: 1_000).randomElement(using: &random)
        let number = Int.random(in: 0...9, using: &random)
        guard let known, number > 2 else {
            var details = CaseDetails()
            details.phase = Bool.random(using: &random) ? "受付" : nil
            details.priority = CasePriority.allCases.randomElement(using: &random) ?? .normal
            details.cameBy = Bool.random(using: &random) ? "phone" : nil
            if step % 5 == 0 { details.complaint = CaseComplaint(about: step % 2 == 0 ? "101" : nil) }
            let kind = OpenCase.Kind.allCases.randomElement(using: &random) ?? .case
            if kind != .case, let known, known.kind == .case, known.closedAt == nil { details.partOf = known.id }
            _ = try writer.open(
                kind, "件 \(step)", of: customer,
                owner: Bool.random(using: &random) ? "10\(step % 3)" : nil,
                due: Bool.random(using: &random) ? morning + Int64.random(in: 0...20_000_000, using: &random) : nil,
                by: "101", details: details, author: author, at: now)
            return
        }
        let flag = Bool.random(using: &random)
        switch number {
        case 3: _ = try writer.close(known.id, parts: flag ? .close : .keep, by: "102", author: author, at: now)
        case 4:
            let version = Int64.random(in: 1...known.version, using: &random)
            // One that closes it is refused while its parts are open.
            _ = try? writer.restore(case: known.id, version: version, expected: nil, by: author, at: now)
        case 5: _ = try? writer.claim(case: known.id, for: "10\(step % 3)", limit: 900_000, by: author, at: now)
        case 6: _ = try writer.release(case: known.id, own: nil, limit: 900_000, by: author, at: now)
        default:
            _ = try writer.edit(case: known.id, by: author, at: now) { one in
                switch number {
                case 7:
                    one.details.waitingSince = flag ? now : nil
                    one.details.complaint = flag ? CaseComplaint(about: "102") : nil
                case 8:
                    one.details.nextStep = "手順 \(step)"
                    one.details.calls = ["c\(step)"]
                    one.details.contacts = [Int64(step)]
                    one.reopen()
                default:
                    if flag { try? one.handOver(to: "103", note: "n\(step)", at: now) } else { try? one.accept() }
                }
            }
        }
    }

    /// Nothing that was written in cases is in the file after an erase, in no version.
    @Test func anErasedCustomersCasesAreGone() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try store.create(fields("鈴木 花子"), at: morning)
        let one = try #require(
            try store.open(.case, "秘密の相談", of: who.id, owner: "101", due: nil, by: nil, at: morning))
        _ = try writer.edit(case: one.id, by: .command, at: morning + 1) { c in
            c.title = "別の題名"
            c.details.nextStep = "内緒の手順"
            try? c.handOver(to: "102", note: "引継ぎの秘密", at: morning + 1)
        }
        _ = try writer.edit(case: one.id, by: .command, at: morning + 2) { try? $0.accept() }
        let texts = try store.with { state throws(SQLiteError) in try state.caseTexts(of: who.id) }
        #expect(Set(texts) == ["秘密の相談", "別の題名", "内緒の手順", "引継ぎの秘密"])
        _ = try writer.erase(who.id, reason: nil, by: .command, at: morning + 3)
        #expect(try store.customerCase(one.id) == nil)
        #expect(try store.versions(ofCase: one.id, below: nil, limit: 9) == nil)
        let left = try store.with { state throws(SQLiteError) in
            try state.database.integer("SELECT count(*) FROM case_version")
        }
        #expect(left == 0)
    }

    /// What an earlier version of the daemon wrote is read, and is in the log as it wrote it.
    @Test func casesOfAnEarlierVersionAreRead() throws {
        var plain = RecordChange.CaseFields(
            id: 3, customer: 1, kind: .promise, title: "請求書", owner: "101", due: morning, createdAt: morning,
            createdBy: nil, closedAt: morning + 1, closedBy: "101", spent: nil)
        plain.version = 2
        #expect(plain.isPlain)
        var out = PackedWriter()
        out.list([plain]) { $0.caseFields($1) }
        #expect(try RecordChange.CaseFields.list(packed: out.bytes) == [plain])
        plain.version = 7
        plain.details.nextStep = "電話"
        #expect(try RecordChange.CaseFields.list(packed: RecordChange.CaseFields.packed([plain])) == [plain])
    }
}

extension CustomerStore {
    /// Open cases of an operator.
    func cases(owner: String) throws -> [CustomerCase] {
        var filter = CaseFilter()
        filter.owner = owner
        return try cases(filter, CaseTests.clock, after: nil, limit: 100)
    }
}
