import CallCenter
import SQLite
import Testing

@testable import Storage

extension CustomerStore {
    /// Contacts on other channels, with whose they are.
    fileprivate func contactRows() throws -> [String] {
        try everybody.flatMap { one in
            try contacts(customer: one.id, limit: 99).map { "\(one.id) \($0.id) \($0.touchpoint.summary)" }
        }
    }
}

/// Two records of one customer made one, and taken apart again.
@Suite struct MergeTests {
    struct Two {
        let directory: StateDirectory
        let log = MemoryChangeLog()
        let store: CustomerStore
        let writer: RecordWriter
        let stays, other: CustomerRecord

        init() throws {
            directory = try StateDirectory()
            store = try directory.store()
            writer = RecordWriter(store, log: log)
            stays = try writer.create(
                fields("山田 太郎", phones: ["090-0000-0001"]) {
                    $0.externalID = "A-1"
                    $0.email = "taro@example.net"
                    $0.tags = ["常連"]
                    $0.custom = ["plan": "gold"]
                    $0.details.consent = ["newsletter": true]
                }, by: .command, at: morning)
            other = try writer.create(
                fields("やまだ たろう", phones: ["03-0000-0002", "090-0000-0001"]) {
                    $0.externalID = "B-2"
                    $0.email = "t.yamada@example.com"
                    $0.address = "東京都千代田区1-2-3"
                    $0.tier = "vip"
                    $0.tags = ["常連", "法人"]
                    $0.custom = ["plan": "free", "記念日": "2020-01-01"]
                    $0.details.consent = ["newsletter": false]
                    $0.details.doNotCall = true
                }, by: .command, at: morning + 1)
            for step in 0..<8 {
                let kind = CustomerItem.Kind.allCases[step % 4]
                var random = Seeded(seed: UInt64(step))
                _ = try writer.add(
                    ItemTests.content(kind, step, &random), to: step < 6 ? other.id : stays.id, by: .command,
                    at: morning + Int64(step))
            }
            _ = try writer.open(
                .promise, "折り返す", of: other.id, owner: "101", due: nil, by: nil, author: .command, at: morning + 9)
            try contact(7, of: other.id)
            try contact(8, of: stays.id)
        }

        func contact(_ seq: Int64, of customer: Int64) throws {
            let touchpoint = Touchpoint(at: morning + seq, channel: "email", summary: "手紙 \(seq)")
            try store.write(
                calls: [],
                touchpoints: [
                    TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: customer, touchpoint: touchpoint)
                ])
        }

        /// Every row that a merge moves, without versions and times of the records.
        func rows() throws -> [String] {
            let wanted = ["customer_i", "touchpoint", "phone", "customer_c", "item_versi"]
            return try RebuiltRecordsTests.texts(directory).filter { row in
                wanted.contains { row.prefix(24).contains($0) }
            } + store.contactRows()
        }
    }

    @Test func allOfBothIsInOne() throws {
        let two = try Two()
        let preview = try two.writer.merge(
            two.other.id, into: two.stays.id, expected: 1, isPreview: true, by: "101", at: morning + 20)
        #expect(preview.merge == nil && preview.customer.version == 2)
        #expect(try two.store.customer(two.other.id) != nil, "a preview writes nothing")
        #expect(try two.store.merges(of: nil, below: nil, limit: 9).isEmpty)

        let report = try two.writer.merge(
            two.other.id, into: two.stays.id, expected: 1, by: "101", at: morning + 20)
        let merged = report.customer.fields
        #expect(report.customer == preview.customer && report.moved == preview.moved)
        #expect(report.moved.purchases == 2 && report.moved.contracts == 2 && report.moved.notes == 1)
        #expect(report.moved.contacts == 2 && report.moved.cases == 1)
        #expect(merged.name == "山田 太郎" && merged.tier == "vip" && merged.address == "東京都千代田区1-2-3")
        #expect(merged.phones.map(\.e164) == ["+819000000001", "+81300000002"])
        #expect(merged.details.emails == ["t.yamada@example.com"])
        #expect(merged.details.accounts == [.init(service: "external_id", id: "B-2")])
        #expect(merged.tags == ["常連", "法人"] && merged.custom == ["plan": "gold", "記念日": "2020-01-01"])
        #expect(merged.details.doNotCall && merged.details.consent == ["newsletter": false])
        #expect(report.dropped.map(\.field) == ["name", "custom.plan"])

        #expect(try two.store.customer(two.other.id) == nil)
        #expect(try two.store.survivor(of: two.other.id) == two.stays.id)
        #expect(try two.store.items(.purchase, of: two.stays.id, below: nil, limit: 9).count == 2)
        #expect(try two.store.openCases(of: two.stays.id).count == 1)
        #expect(try two.store.history(customer: two.stays.id, limit: 9).contains { $0.summary == "手紙 7" })
        let last = try two.store.versions(of: two.other.id, below: nil, limit: 1)?.first
        #expect(last?.author == Author("101", through: .merge) && last?.after == nil)
        let reader = try CustomerReader(directory: two.directory.path)
        #expect(try reader.candidates(customer: two.other.id).map(\.customer.id) == [two.stays.id])
        #expect(try reader.candidates(account: "B-2").map(\.customer.id) == [two.stays.id])
    }

    @Test func takenApartEverythingIsWhereItWas() throws {
        let two = try Two(), before = try two.rows()
        let merge = try #require(
            try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20).merge)
        #expect(try two.rows() != before)
        // The call's history is written behind it.
        try two.contact(11, of: two.other.id)
        #expect(try two.store.history(customer: two.stays.id, limit: 9).contains { $0.summary == "手紙 11" })
        let apart = try two.writer.undo(merge: merge.id, by: "102", at: morning + 30)
        #expect(apart.customer.fields == two.stays.fields && apart.other.fields == two.other.fields)
        #expect(apart.other.createdAt == two.other.createdAt && apart.other.version == 3)
        #expect(try two.store.history(customer: two.other.id, limit: 1).first?.summary == "手紙 11")
        #expect(try two.rows().filter { !$0.contains("手紙 11") } == before)
        #expect(throws: EditError.mergeIsUndone) { try two.writer.undo(merge: merge.id, by: nil, at: morning + 31) }
        #expect(try two.store.merges(of: two.other.id, below: nil, limit: 9).first?.undoneBy == "102")
    }

    @Test func whatWasChangedMeanwhileStays() throws {
        let two = try Two()
        let merge = try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20)
        var edited = merge.customer.fields
        edited.tags.append("新しい")
        edited.address = "大阪市北区4-5-6"
        edited.phones.append(entry("03-0000-0003"))
        _ = try two.writer.save(two.stays.id, edited, expected: 2, by: .command, at: morning + 21)
        let note = try #require(
            try two.writer.add(
                .note(Note(at: morning + 22, text: "統合後")), to: two.stays.id, by: .command, at: morning + 22))
        let apart = try two.writer.undo(merge: try #require(merge.merge).id, by: nil, at: morning + 30)
        #expect(apart.customer.fields.tags == ["常連", "新しい"] && apart.customer.fields.tier == "regular")
        #expect(apart.customer.fields.address == "大阪市北区4-5-6")
        #expect(apart.customer.fields.phones.map(\.display) == ["090-0000-0001", "03-0000-0003"])
        #expect(apart.other.fields == two.other.fields)
        #expect(try two.store.item(note.id, .note, of: two.stays.id) != nil)
    }

    @Test func oneOfThreeIsTakenApartInOrder() throws {
        let two = try Two(), third = try two.writer.create(fields("三人目"), by: .command, at: morning + 19)
        let first = try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20)
        let second = try two.writer.merge(two.stays.id, into: third.id, expected: nil, by: nil, at: morning + 30)
        #expect(try two.store.survivor(of: two.other.id) == third.id)
        #expect(try two.store.parts(of: third.id) == [two.stays.id, two.other.id].sorted())
        let isIn = EditError.isMerged(two.stays.id, into: third.id)
        #expect(throws: isIn) { try two.writer.undo(merge: first.merge?.id ?? 0, by: nil, at: morning + 31) }
        #expect(throws: EditError.isMerged(two.other.id, into: third.id)) {
            try two.writer.merge(two.other.id, into: third.id, expected: nil, by: nil, at: morning + 32)
        }
        _ = try two.writer.undo(merge: second.merge?.id ?? 0, by: nil, at: morning + 40)
        #expect(try two.store.survivor(of: two.other.id) == two.stays.id)
        #expect(try two.store.items(.purchase, of: two.stays.id, below: nil, limit: 9).count == 2)
        _ = try two.writer.undo(merge: first.merge?.id ?? 0, by: nil, at: morning + 50)
        #expect(try two.store.customer(two.other.id)?.fields == two.other.fields)
        #expect(try two.store.items(.purchase, of: two.other.id, below: nil, limit: 9).count == 2)
    }

    @Test func refusedIsWhatCannotBe() throws {
        let two = try Two()
        #expect(throws: EditError.sameCustomer) {
            try two.writer.merge(two.stays.id, into: two.stays.id, expected: nil, by: nil, at: morning)
        }
        #expect(throws: EditError.notFound) {
            try two.writer.merge(99, into: two.stays.id, expected: nil, by: nil, at: morning)
        }
        #expect(throws: EditError.conflict(try #require(try two.store.customer(two.stays.id)))) {
            try two.writer.merge(two.other.id, into: two.stays.id, expected: 9, by: nil, at: morning)
        }
        let merge = try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20)
        #expect(throws: EditError.externalIDTaken(by: two.stays.id)) {
            try two.writer.create(fields("X") { $0.externalID = "B-2" }, by: .command, at: morning + 21)
        }
        #expect(throws: EditError.isMerged(two.other.id, into: two.stays.id)) {
            try two.writer.erase(two.other.id, reason: nil, by: .command, at: morning + 22)
        }
        try two.writer.delete(two.stays.id, expected: nil, by: .command, at: morning + 23)
        #expect(throws: EditError.isDeleted) {
            try two.writer.undo(merge: merge.merge?.id ?? 0, by: nil, at: morning + 24)
        }
        _ = try two.writer.undelete(two.stays.id, by: .command, at: morning + 25)
        _ = try two.writer.undo(merge: merge.merge?.id ?? 0, by: nil, at: morning + 26)
        #expect(try two.store.openCases(of: two.other.id).count == 1)
    }

    /// A nightly import still has the row of the customer that was merged away.
    @Test func anImportDoesNotBringItBack() throws {
        let two = try Two()
        let merged = try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20)
        var trial = importOptions
        trial.isDryRun = true
        let file = "external_id,name,phone\nA-1,山田 太郎,090-0000-0001\nB-2,やまだ たろう,03-0000-0002"
        for options in [trial, importOptions] {
            let report = try two.store.load(file, in: two.directory, options)
            #expect(report.created == 0, "\(options.isDryRun)")
        }
        #expect(try two.store.customer(two.stays.id)?.fields.externalID == merged.customer.fields.externalID)
        #expect(try two.store.everybody.count == 1)
    }

    /// Nothing of the erased one is left in versions of the one that it was a part of, live and made from the log.
    @Test(arguments: [false, true]) func erasingKnowsOfMerges(_ isApart: Bool) throws {
        let two = try Two()
        let merge = try two.writer.merge(two.other.id, into: two.stays.id, expected: nil, by: nil, at: morning + 20)
        while try two.store.indexSome(100) {}
        if isApart { _ = try two.writer.undo(merge: merge.merge?.id ?? 0, by: nil, at: morning + 30) }
        _ = try two.writer.erase(
            isApart ? two.other.id : two.stays.id, reason: nil, by: .command, at: morning + 40)
        if isApart {
            #expect(try two.store.customer(two.stays.id)?.fields == two.stays.fields)
            let versions = try #require(try two.store.versions(of: two.stays.id, below: nil, limit: 9))
            #expect(versions.map(\.version) == [3, 1] && versions.allSatisfy { $0.after?.tier == "regular" })
        } else {
            #expect(try two.store.everybody.isEmpty)
            #expect(try two.store.survivor(of: two.other.id) == two.other.id)
            #expect(try two.store.erased(two.other.id) != nil && two.store.erased(two.stays.id) != nil)
        }
        let secrets = ["t.yamada@example.com", "B-2", "千代田区"]
        for row in try RebuiltRecordsTests.texts(two.directory) {
            #expect(!secrets.contains { row.contains($0) }, "\(row)")
        }
        // The log without it makes the same records.
        let erasures = try two.store.unfinishedErasures()
        #expect(!erasures.isEmpty)
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in two.log.entries {
            var line = entry.line
            for erasure in erasures where entry.seq < erasure.seq {
                line = try line.withUnsafeBytes { try erasure.applied(toChange: $0) } ?? line
            }
            let text = String(decoding: line, as: UTF8.self)
            #expect(entry.seq >= erasures[0].seq || !secrets.contains { text.contains($0) }, "entry \(entry.seq)")
            try copy.apply([EventLog.Entry(seq: entry.seq, readAt: 0, source: entry.source, line: line, facts: [])])
        }
        let kept = { (directory: StateDirectory) in
            try RebuiltRecordsTests.rows(directory).filter { row in
                ["FROM customer ", "customer_v", "FROM phone"].contains { row.prefix(24).contains($0) }
            }
        }
        #expect(try kept(rebuilt) == kept(two.directory))
    }
}
