import CallCenter
import Testing

@testable import Storage

/// Articles, templates and incidents: their versions, and which of them fit a call.
@Suite struct KnowledgeTests {
    static func content(
        _ kind: KnowledgeEntry.Kind, _ step: Int, _ random: inout Seeded
    ) -> KnowledgeEntry.Content {
        func some(_ name: String) -> [String] { Bool.random(using: &random) ? ["\(name)\(step % 3)", name] : [] }
        switch kind {
        case .article:
            var one = Article(title: "記事 \(step)")
            one.kind = step % 2 == 0 ? .faq : .manual
            one.body = "# 見出し\n" + random.text(upTo: 200)
            one.answer = Bool.random(using: &random) ? "答え" : nil
            one.tags = some("t")
            one.queues = some("q")
            one.products = some("p")
            one.owner = Bool.random(using: &random) ? "101" : nil
            one.review = Bool.random(using: &random) ? DayOrTime(days: 20_000 + step) : nil
            return .article(one)
        case .template:
            var one = TextTemplate(title: "定型 \(step)")
            one.text = "{{customer.name}} 様 \(step)"
            one.tags = some("t")
            one.queues = some("q")
            return .template(one)
        case .incident:
            var one = Incident(title: "障害 \(step)", openedAt: morning + Int64(step))
            one.cause = random.text(upTo: 20)
            one.cost = ExactDecimal("12800.50")
            one.currency = "JPY"
            one.closedAt = Bool.random(using: &random) ? morning + 99 : nil
            one.regions = some("+81")
            one.lines = some("03")
            one.cases = [1, Int64(step)]
            return .incident(one)
        }
    }

    /// Random changes by the writer.
    static func play(
        _ writer: RecordWriter, _ step: Int, _ random: inout Seeded, by author: Author, at now: Timestamp
    ) throws {
        for more in 0..<6 {
            let at = now + Int64(more), id = Int64.random(in: 1...8, using: &random)
            let kind = try #require(KnowledgeEntry.Kind.allCases.randomElement(using: &random))
            let wanted = content(kind, step + more, &random), current = try writer.store.knowledge(id, kind)
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1: _ = try writer.add(wanted, by: author, at: at)
            case 2:
                guard let current else { break }
                _ = try writer.save(knowledge: id, wanted, expected: current.version, by: author, at: at)
            case 3: try? writer.delete(knowledge: id, kind, expected: nil, by: author, at: at)
            case 4:
                let version = Bool.random(using: &random) ? Int64.random(in: 1...3, using: &random) : nil
                _ = try? writer.restore(
                    knowledge: id, kind, version: version, expected: nil, by: author, at: at)
            case 5: try writer.note(missing: "検索 \(more)", by: author, at: at)
            default:
                let what = try #require(KnowledgeUse.What.allCases.randomElement(using: &random))
                try? writer.note(
                    KnowledgeUse(article: id, what: what, by: author.who, call: "c"), by: author, at: at)
            }
        }
    }

    private func article(
        _ writer: RecordWriter, _ title: String, _ body: String = "", _ change: (inout Article) -> Void = { _ in }
    ) throws -> Int64 {
        var one = Article(title: title)
        one.body = body
        change(&one)
        return try writer.add(.article(one), by: .command, at: morning).id
    }

    @Test func everyVersionIsKeptAndADeletedOneComesBack() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        var one = Article(title: "水漏れ")
        let made = try writer.add(.article(one), by: Author("900", through: .desk), at: morning)
        #expect(made.version == 1 && made.createdBy == "900")
        one.body = "止める"
        let second = try writer.save(knowledge: made.id, .article(one), expected: 1, by: .command, at: morning + 1)
        #expect(second.version == 2)
        #expect(throws: EditError.knowledgeConflict(second)) {
            try writer.save(knowledge: made.id, .article(Article(title: "x")), expected: 1, by: .command, at: morning)
        }
        #expect(
            try writer.save(knowledge: made.id, .article(one), expected: 2, by: .command, at: morning + 2).version == 2)
        #expect(throws: EditError.notFound) {
            try writer.delete(knowledge: made.id, .template, expected: nil, by: .command, at: morning)
        }
        try writer.delete(knowledge: made.id, .article, expected: 2, by: Author("901", through: .desk), at: morning + 3)
        #expect(try store.knowledge(made.id, .article) == nil)
        #expect(try store.knowledgeIDs("止め") == [], "nothing that is deleted is found")
        let gone = try #require(try store.deletedKnowledge(.article, limit: 9).first)
        #expect(gone.by == "901" && gone.entry.content == .article(one) && gone.entry.createdBy == "900")
        let back = try writer.restore(
            knowledge: made.id, .article, version: nil, expected: nil, by: .command, at: morning + 4)
        #expect(back.version == 4 && back.content == .article(one) && back.createdBy == "900")
        #expect(try store.knowledgeIDs("止め") == [made.id])
        let versions = try #require(try store.versions(ofKnowledge: made.id, .article, below: nil, limit: 9))
        #expect(versions.map(\.version) == [4, 3, 2, 1] && versions[1].after == nil && versions[3].before == nil)
        let first = try writer.restore(
            knowledge: made.id, .article, version: 1, expected: 4, by: .command, at: morning + 5)
        #expect(first.version == 5 && first.content == .article(Article(title: "水漏れ")))
        #expect(throws: EditError.noVersion(3)) {
            try writer.restore(knowledge: made.id, .article, version: 3, expected: nil, by: .command, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try writer.restore(knowledge: 99, .article, version: 1, expected: nil, by: .command, at: morning)
        }
        #expect(try store.deletedKnowledge(.article, limit: 9).isEmpty)
    }

    @Test(arguments: [
        ("水漏", [1]), ("みずもれ", []), ("ｴｱｺﾝ", [1]), ("えあこん", [1]), ("RESET", [2]), ("水漏れ エアコン", [1]),
        ("水漏れ reset", []), ("修理", [1, 2]), (" ", nil),
    ] as [(String, [Int64]?)]) func anyPartOfATextIsFound(question: String, found: [Int64]?) throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        _ = try article(writer, "エアコンからの水漏れ", "修理を手配する")
        _ = try article(writer, "Password reset", "修理はしない")
        #expect(try store.knowledgeIDs(question) == found.map(Set.init))
    }

    @Test func theNoteTheQueueTagsAndProductsChoose() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let leak = try article(writer, "エアコンの水漏れ", "ドレンホースを見る") { $0.queues = ["support"] }
        let bill = try article(writer, "請求書の再発行", "経理に回す") { $0.queues = ["sales"] }
        let vip = try article(writer, "法人のお客様", "担当に回す") { $0.tags = ["法人"] }
        let router = try article(writer, "無線ルーターの設定", "初期化する") { $0.products = ["ルーター"] }
        func fitting(_ change: (inout KnowledgeContext) -> Void, question: String? = nil) throws -> [Int64] {
            var call = KnowledgeContext()
            change(&call)
            return try store.articles(fitting: call, question: question, skip: 0, limit: 9).map(\.entry.id)
        }
        #expect(try fitting { _ in } == [])
        #expect(try fitting { $0.note = "居間のエアコンから水漏れ、修理希望" } == [leak])
        #expect(try fitting { $0.note = "請求書を無くした" } == [bill])
        #expect(try fitting { $0.queue = "support" } == [leak])
        #expect(try fitting { $0.tags = ["法人", "常連"] } == [vip])
        #expect(try fitting { $0.products = ["無線ルーターＡＸ"] } == [router])
        // What the note says counts more than the queue, and an article for other calls less.
        let both = try fitting {
            $0.queue = "support"
            $0.note = "請求書を再発行"
        }
        #expect(both.first == bill, "\(both)")
        #expect(try fitting({ $0.queue = "support" }, question: "回す") == [vip, bill])
        #expect(try fitting({ _ in }, question: "どこにもない") == [])
        var call = KnowledgeContext()
        call.queue = "support"
        call.note = "水漏れ"
        let found = try #require(try store.articles(fitting: call, question: nil, skip: 0, limit: 1).first)
        #expect(found.reasons == [.words, .queue] && found.score > 2)
        #expect(try store.articles(fitting: call, question: nil, skip: 1, limit: 9).isEmpty)
    }

    @Test func wordsAreRunsOfOneScript() {
        #expect(NoteWords("エアコンから水漏れ、reset 2 回").words.map(\.text) == ["エアコン", "水漏", "reset"])
        #expect(NoteWords("修理希望").words.map(\.text) == ["修理", "理希", "希望"])
        #expect(NoteWords("ｴｱｺﾝ ください").words.map(\.text) == ["エアコン", "ください"])
        #expect(NoteWords("").words.isEmpty && NoteWords("、。 !").words.isEmpty)
        #expect(NoteWords((0..<99).map { "word\($0)" }.joined(separator: " ")).words.count == NoteWords.max)
    }

    @Test func anIncidentConcernsTheCallsThatItsListsFit() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        func add(_ title: String, _ change: (inout Incident) -> Void = { _ in }) throws -> Int64 {
            var one = Incident(title: title, openedAt: morning)
            change(&one)
            return try writer.add(.incident(one), by: .command, at: morning).id
        }
        let all = try add("all"), tokyo = try add("tokyo") { $0.regions = ["+813", "大阪"] }
        let both = try add("both") {
            $0.queues = ["support"]
            $0.products = ["ひかり"]
        }
        _ = try add("closed") { $0.closedAt = morning }
        func matching(_ change: (inout KnowledgeContext) -> Void) throws -> [Int64] {
            var call = KnowledgeContext()
            change(&call)
            return try store.incidents(matching: call).map(\.id)
        }
        #expect(try matching { _ in } == [all])
        #expect(try matching { $0.e164 = "+81300000101" } == [tokyo, all])
        #expect(try matching { $0.place = "大阪府" } == [tokyo, all])
        #expect(try matching { $0.queue = "support" } == [all])
        #expect(
            try matching {
                $0.queue = "support"
                $0.products = ["ヒカリ 1G"]
            } == [both, all])
    }

    @Test func theReportSaysWhatIsMissing() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let due = try article(writer, "due") { $0.review = DayOrTime(days: 10) }
        let used = try article(writer, "used") { $0.review = DayOrTime(days: 12) }
        func note(_ id: Int64, _ what: KnowledgeUse.What, _ at: Int64) throws {
            try writer.note(
                KnowledgeUse(article: id, what: what, by: "101", call: nil), by: .command, at: morning + at)
        }
        try note(used, .used, 1_000)
        try note(used, .helped, 1_001)
        try note(due, .notHelped, 1_002)
        #expect(throws: EditError.notFound) { try note(99, .used, 1_003) }
        for at in [1_010, 1_020] { try writer.note(missing: "保証", by: .command, at: morning + Int64(at)) }
        try writer.note(missing: "返品", by: .command, at: morning + 1_030)
        let report = try store.knowledgeReport(today: 11, since: morning + 500, limit: 9)
        #expect(report.reviewDue.map(\.id) == [due] && report.unused.map(\.id) == [due])
        #expect(report.unhelpful.map(\.id) == [due])
        #expect(report.missing.map(\.text) == ["保証", "返品"] && report.missing.map(\.count) == [2, 1])
        // What a template or an incident says is no article; once one is written, the search would find it.
        _ = try writer.add(.template(TextTemplate(title: "保証")), by: .command, at: morning + 1_040)
        func missing() throws -> [String] {
            try store.knowledgeReport(today: 11, since: morning + 500, limit: 9).missing.map(\.text)
        }
        #expect(try missing() == ["保証", "返品"])
        let written = try article(writer, "延長保証の申込み")
        #expect(try missing() == ["返品"])
        try writer.delete(
            knowledge: written, .article, expected: nil, by: .command, at: morning + 1_050)
        #expect(try missing() == ["保証", "返品"])
        let counts = try #require(try store.knowledgeCounts([used])[used])
        #expect(counts.used == 1 && counts.helped == 1 && counts.notHelped == 0 && counts.lastUsed == morning + 1_000)
        // What is younger than the period had no time to be used.
        #expect(try store.knowledgeReport(today: 11, since: morning, limit: 9).unused.isEmpty)
    }

    @Test func aTemplateIsFilledInAndKnowsItsFields() {
        let text = TemplateText("{{customer.name}} 様、{{ operator.name }}です。{{case.title}} {{x")
        #expect(text.unknownField == nil)
        let filled = text.filled([.customerName: "山田 {{date}}", .operatorName: "佐藤"])
        #expect(filled.text == "山田 {{date}} 様、佐藤です。 {{x" && filled.missing == [.caseTitle])
        #expect(TemplateText("{{customer.nmae}}").unknownField == "customer.nmae")
        #expect(TemplateText("{{}}").unknownField == "")
    }
}
