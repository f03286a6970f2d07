import CallCenter
import SQLite
import Testing

@testable import Storage

/// Purchases, contracts, contacts and notes of a customer: recorded, changed, deleted and put back.
@Suite struct ItemTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter
    let desk = Author("101", through: .desk)

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
    }

    static func decimal(_ text: String) -> ExactDecimal { ExactDecimal(text)! }
    static func day(_ year: Int, _ month: Int, _ day: Int) -> DayOrTime {
        DayOrTime(days: CivilDate.days(year: year, month: month, day: day))
    }

    /// Something of a kind, with what may be missing there or not.
    static func content(_ kind: CustomerItem.Kind, _ step: Int, _ random: inout Seeded) -> CustomerItem.Content {
        let isFull = Bool.random(using: &random), past = morning - Int64.random(in: 0...9_000_000, using: &random)
        switch kind {
        case .purchase:
            let at = isFull ? day(2026, 11, 1 + step % 28) : DayOrTime(past)
            var one = Purchase(at: at, product: "p\(step)", state: "a")
            one.amount = isFull ? decimal("-\(step).50") : nil
            one.quantity = isFull ? decimal("0.000001") : nil
            one.currency = isFull ? "JPY" : nil
            one.order = random.text()
            return .purchase(one)
        case .contract:
            var one = Contract(service: "保守 \(step)")
            one.renews = [nil, .yes, .no, .at(day(2027, 4, 1))].randomElement(using: &random) ?? nil
            one.signed = isFull ? DayOrTime(past) : nil
            one.expires = isFull ? day(2027, 1, 31) : nil
            return .contract(one)
        case .contact:
            var one = Contact(at: past, channel: "visit")
            one.direction = isFull ? .outbound : nil
            one.summary = random.text(upTo: 30)
            one.duration = isFull ? 1_000 : nil
            one.operator = isFull ? "102" : nil
            return .contact(one)
        case .note:
            var one = Note(at: past, text: "n\(step)")
            one.spent = isFull ? 1_500 : nil
            one.operator = isFull ? "101" : nil
            return .note(one)
        case .file:
            let hash = (0..<32).map { UInt8($0 + step % 200) }
            return .file(CustomerFile(name: "f\(step).pdf", type: "application/pdf", size: 9, hash: hash, home: 1))
        }
    }

    private func customer(_ name: String = "山田 花子") throws -> Int64 {
        try writer.create(fields(name), by: .command, at: morning).id
    }

    private func visit(_ summary: String, at: Timestamp) -> CustomerItem.Content {
        var one = Contact(at: at, channel: "visit")
        one.summary = summary
        one.operator = "102"
        return .contact(one)
    }

    // MARK: Values

    @Test(arguments: [
        ("0", "0"), ("12800", "12800"), ("10.50", "10.50"), ("-0.000001", "-0.000001"), ("007", "7"), ("-0", "0"),
        ("999999999999999", "999999999999999"), ("0.1", "0.1"),
    ]) func aDecimalIsWhatWasWritten(text: String, shown: String) { #expect(ExactDecimal(text)?.text == shown) }

    @Test(arguments: [
        "", "-", ".5", "5.", "1e3", "+1", " 1", "1 ", "1,000", "１", "0x1", "1.2.3", "1000000000000000", "0.0000001",
        "--1", "1-", "NaN", "99999999999999999999999999",
    ]) func whatIsNoDecimalIsNone(text: String) { #expect(ExactDecimal(text) == nil) }

    @Test func sumsAndProductsAreExact() {
        #expect(ExactDecimal.product(Self.decimal("2"), Self.decimal("6400"))?.text == "12800")
        #expect(ExactDecimal.product(Self.decimal("1.50"), Self.decimal("10.00"))?.text == "15.00")
        #expect(ExactDecimal.product(Self.decimal("0.3"), Self.decimal("0.1"))?.text == "0.03")
        #expect(ExactDecimal.product(Self.decimal("0.0001"), Self.decimal("0.0001")) == nil)
        #expect(ExactDecimal.product(Self.decimal("999999999999999"), Self.decimal("10")) == nil)
        var sum = DecimalSum()
        for _ in 0..<10 { sum.add(Self.decimal("0.1")) }
        #expect(sum.text == "1.0")
        for _ in 0..<1_000 { sum.add(Self.decimal("999999999999999")) }
        sum.add(Self.decimal("-0.25"))
        #expect(sum.text == "999999999999999000.75")
    }

    // MARK: Changes

    @Test func eachVersionSaysWhoAndWhat() throws {
        let id = try customer()
        let made = try #require(try writer.add(visit("first", at: morning), to: id, by: desk, at: morning + 1))
        #expect(made.id == 1 && made.version == 1 && made.createdBy == "101" && made.createdAt == morning + 1)
        let other = Author("102", through: .api)
        let saved = try writer.save(
            item: 1, of: id, visit("second", at: morning), expected: 1, by: other, at: morning + 2)
        #expect(saved.version == 2 && saved.updatedBy == "102" && saved.createdBy == "101")
        // What is as it was is no version.
        #expect(try writer.save(item: 1, of: id, saved.content, expected: 2, by: desk, at: morning + 3) == saved)
        #expect(throws: EditError.itemConflict(saved)) {
            try writer.save(item: 1, of: id, visit("x", at: morning), expected: 1, by: desk, at: morning + 4)
        }
        #expect(throws: EditError.itemConflict(saved)) {
            try writer.delete(item: 1, .contact, of: id, expected: 1, by: desk, at: morning + 4)
        }
        try writer.delete(item: 1, .contact, of: id, expected: 2, by: desk, at: morning + 5)
        #expect(try store.item(1, .contact, of: id) == nil)
        let back = try writer.restore(
            item: 1, .contact, of: id, version: 1, expected: nil, by: desk, at: morning + 6)
        #expect(back.version == 4 && back.content == made.content && back.createdAt == made.createdAt)
        let versions = try #require(try store.versions(ofItem: 1, .contact, of: id, below: nil, limit: 10))
        #expect(versions.map(\.version) == [4, 3, 2, 1])
        #expect(versions.map(\.author) == [desk, desk, other, desk])
        #expect(versions.map { $0.before == nil } == [true, false, false, true])
        #expect(versions.map { $0.after == nil } == [false, true, false, false])
        let page = try #require(try store.versions(ofItem: 1, .contact, of: id, below: 3, limit: 1))
        #expect(page == [versions[2]])
        #expect(throws: EditError.noVersion(3)) {
            try writer.restore(item: 1, .contact, of: id, version: 3, expected: nil, by: desk, at: morning + 7)
        }
    }

    @Test func whatIsAnotherCustomersOrOfAnotherKindIsNotThere() throws {
        let id = try customer(), other = try customer("鈴木")
        _ = try writer.add(visit("a", at: morning), to: id, by: desk, at: morning)
        #expect(try writer.add(visit("a", at: morning), to: 99, by: desk, at: morning) == nil)
        #expect(try store.item(1, .contact, of: other) == nil && store.item(1, .note, of: id) == nil)
        #expect(try store.versions(ofItem: 1, .note, of: id, below: nil, limit: 9) == nil)
        #expect(throws: EditError.notFound) {
            try writer.delete(item: 1, .note, of: id, expected: nil, by: desk, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try writer.restore(item: 1, .contact, of: other, version: 1, expected: nil, by: desk, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try writer.save(item: 1, of: other, visit("b", at: morning), expected: 1, by: desk, at: morning)
        }
    }

    @Test func aListGoesOnWhereItStopped() throws {
        let id = try customer()
        for n in 0..<7 {
            // Three of one moment.
            let at = morning - Int64(n / 3) * 1_000
            _ = try writer.add(visit("v\(n)", at: at), to: id, by: desk, at: morning + Int64(n))
        }
        let whole = try store.items(.contact, of: id, below: nil, limit: 100)
        #expect(whole.map(\.id) == [3, 2, 1, 6, 5, 4, 7])
        var paged: [CustomerItem] = [], below: ItemPlace?
        while let last = try store.items(.contact, of: id, below: below, limit: 2).nilIfEmpty() {
            paged += last
            below = last.last?.place
        }
        #expect(paged == whole)
        #expect(try store.items(.contact, of: id, below: nil, limit: 0).isEmpty)
    }

    @Test func whatIsDeletedWithItsCustomerComesBackWithIt() throws {
        let id = try customer()
        var random = Seeded(seed: 7)
        for kind in CustomerItem.Kind.allCases {
            _ = try writer.add(Self.content(kind, 1, &random), to: id, by: desk, at: morning)
        }
        let before = try RebuiltRecordsTests.rows(directory).filter { $0.contains("customer_i:") }
        try writer.delete(id, expected: nil, by: desk, at: morning + 50)
        for (n, kind) in CustomerItem.Kind.allCases.enumerated() {
            #expect(try store.item(Int64(n) + 1, kind, of: id) == nil)
            #expect(throws: EditError.notFound) {
                try writer.delete(item: Int64(n) + 1, kind, of: id, expected: nil, by: desk, at: morning + 51)
            }
        }
        #expect(try writer.add(visit("gone", at: morning), to: id, by: desk, at: morning + 52) == nil)
        _ = try writer.undelete(id, by: desk, at: morning + 53)
        #expect(try RebuiltRecordsTests.rows(directory).filter { $0.contains("customer_i:") } == before)
        #expect(try store.items(.note, of: id, below: nil, limit: 9).count == 1)
    }

    @Test func nothingOfAnErasedCustomerIsLeftAndNoIdIsUsedAgain() throws {
        let id = try customer(), other = try customer("鈴木")
        var random = Seeded(seed: 8)
        for kind in CustomerItem.Kind.allCases {
            _ = try writer.add(Self.content(kind, 1, &random), to: other, by: desk, at: morning)
            _ = try writer.add(Self.content(kind, 1, &random), to: id, by: desk, at: morning)
        }
        try store.with { state throws(SQLiteError) in try state.eraseItems(of: id, behind: state.itemsBehind()) }
        for table in ["customer_item", "item_version", "touchpoint"] {
            let left = try SQLiteFile(directory.path + "/customers.db").integer(
                "SELECT count(*) FROM \(table) WHERE customer=\(id)")
            #expect(left == 0, "\(table)")
        }
        #expect(try store.items(.note, of: other, below: nil, limit: 9).count == 1)
        let next = Int64(2 * CustomerItem.Kind.allCases.count + 1)
        #expect(try writer.add(visit("next", at: morning), to: other, by: desk, at: morning)?.id == next)
    }

    @Test func aContactByHandIsTheLastContactAndANoteIsNot() throws {
        let id = try customer()
        let note = try writer.add(.note(Note(at: morning, text: "moves")), to: id, by: desk, at: morning)
        #expect(try store.customer(id)?.lastContact == nil)
        #expect(try store.history(customer: id, limit: 9).map(\.summary) == ["moves"])
        let made = try #require(try writer.add(visit("came by", at: morning - 500), to: id, by: desk, at: morning))
        #expect(try store.customer(id)?.lastContact == morning - 500)
        // A pop has it too.
        let reader = try CustomerReader(directory: directory.path)
        let contact = try #require(try reader.candidates(customer: id).first?.history.last)
        #expect(contact.channel == "visit" && contact.operator == "102" && contact.tier == "regular")
        reader.rest()
        // It is one contact, wherever it is moved to.
        _ = try writer.save(
            item: made.id, of: id, visit("came by", at: morning - 900), expected: 1, by: desk, at: morning)
        #expect(try store.history(customer: id, limit: 9).map(\.at) == [morning, morning - 900])
        try writer.delete(item: made.id, .contact, of: id, expected: nil, by: desk, at: morning)
        try writer.delete(item: try #require(note).id, .note, of: id, expected: nil, by: desk, at: morning)
        #expect(try store.history(customer: id, limit: 9).isEmpty && store.customer(id)?.lastContact == nil)
        // The list of notes of earlier versions has none of them.
        #expect(try store.notes(on: id, below: nil, limit: 9).isEmpty)
    }

    @Test func purchasesComeToWhatTheyAre() throws {
        var summary = PurchaseSummary()
        #expect(summary.daysBetween == nil && summary.nextExpected == nil && summary.last == nil)
        for (month, amount) in [(9, "100.10"), (7, "0.20"), (8, "1")] {
            var one = Purchase(at: Self.day(2026, month, 1), product: "x", state: "ordered")
            one.amount = Self.decimal(amount)
            one.currency = month == 8 ? "EUR" : "JPY"
            summary.add(one)
            summary.add(Purchase(at: one.at, product: "free", state: "ordered"))
        }
        #expect(summary.count == 6 && summary.last == Self.day(2026, 9, 1))
        #expect(summary.totals.mapValues(\.text) == ["JPY": "100.30", "EUR": "1"])
        // 31 days from July to August, and from August to September; two on one day are one.
        #expect(summary.daysBetween == 31)
        #expect(summary.nextExpected == CivilDate(days: CivilDate.days(year: 2026, month: 10, day: 2)))
        let id = try customer()
        for state in ["ordered", "returned"] {
            var one = Purchase(at: Self.day(2026, 9, 1), product: "x", state: state)
            one.amount = Self.decimal("5")
            one.currency = "JPY"
            _ = try writer.add(.purchase(one), to: id, by: desk, at: morning)
        }
        #expect(try store.purchaseSummary(of: id, without: ["returned"]).totals.mapValues(\.text) == ["JPY": "5"])
        #expect(try store.purchaseSummary(of: id, without: []).totals.mapValues(\.text) == ["JPY": "10"])
    }

    @Test func whoChangedWhatIsListed() throws {
        let id = try customer()
        for n in 0..<3 { _ = try writer.add(visit("v\(n)", at: morning), to: id, by: desk, at: morning) }
        try writer.delete(item: 2, .contact, of: id, expected: nil, by: Author("7", through: .api), at: morning)
        func list(
            _ who: Set<String>?, _ customer: Int64?, below: Int64? = nil, limit: Int = 9
        ) throws -> [ItemChangeLine] {
            try store.itemChanges(by: who, customer: customer, from: nil, to: nil, below: below, limit: limit)
        }
        for customer in [nil, id] {
            let all = try list(nil, customer)
            #expect(all.map(\.item) == [2, 3, 2, 1] && all.map(\.version.version) == [2, 1, 1, 1])
            #expect(Set(all.map(\.place)).count == 4 && all[0].version.after == nil)
            #expect(try list(nil, customer, below: all[1].place, limit: 1).map(\.item) == [2])
            #expect(try list(["7"], customer).map(\.item) == [2])
        }
        #expect(try list(nil, id + 1).isEmpty)
    }
}

extension Array {
    fileprivate func nilIfEmpty() -> Self? { isEmpty ? nil : self }
}
