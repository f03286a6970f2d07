import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct LogTableTests {
        @Test func theFirstNodeCreatesTheLogAndOthersFindIt() throws {
            let log = try TestLog(behind: 40)
            let head = try #require(try log.table.head())
            let expected = LogHead(
                identity: "log of \(log.schema)", epoch: 0, last: 40, behind: 40, node: nil, pid: nil, newestEpoch: 0)
            #expect(head == expected)
            #expect(try log.table.create(identity: "another", behind: 0) == expected)
        }

        @Test func rowsComeWholeAndInOrder() throws {
            let log = try TestLog(behind: 4)
            let (leader, _) = try log.lead()
            let rows: [BurstRow] = [
                .sample(5...9, epoch: 1, size: 100), .sample(10...10, epoch: 1, size: 100),
                .sample(11...30, epoch: 1, size: 100), .sample(31...32, epoch: 1, size: 90_000),
            ]
            try leader.append(Array(rows[0...0]), expecting: 4)
            try leader.append(Array(rows[1...]), expecting: 9)
            #expect(try log.table.rows(after: 0, bytesMax: 1_000_000) == rows)
            #expect(try log.table.rows(after: 4, bytesMax: 1_000_000) == rows)
            // In the middle of a burst: the whole of it.
            #expect(try log.table.rows(after: 8, bytesMax: 1_000_000) == rows)
            #expect(try log.table.rows(after: 9, bytesMax: 1_000_000) == Array(rows[1...]))
            #expect(try log.table.rows(after: 31, bytesMax: 1) == [rows[3]])
            #expect(try log.table.rows(after: 32, bytesMax: 1_000_000).isEmpty)
            #expect(try log.table.rows(after: .max - 1, bytesMax: 1_000_000).isEmpty)
            // As many as fit, and one at least.
            #expect(try log.table.rows(after: 4, bytesMax: 0) == [rows[0]])
            #expect(try log.table.rows(after: 4, bytesMax: 199) == [rows[0]])
            #expect(try log.table.rows(after: 4, bytesMax: 200) == Array(rows[0...1]))
            #expect(try log.table.head()?.last == 32)
            #expect(try log.table.head()?.newestEpoch == 1)
        }

        @Test func aBurstIsKnownByItsEndAndEpoch() throws {
            let log = try TestLog()
            let (leader, _) = try log.lead()
            try leader.append([.sample(1...5, epoch: 1)], expecting: 0)
            leader.close()
            let (next, _) = try log.lead("b")
            try next.append([.sample(6...6, epoch: 2, by: "b")], expecting: 5)
            #expect(try log.table.epoch(ofBurstEndingAt: 5) == 1)
            #expect(try log.table.epoch(ofBurstEndingAt: 6) == 2)
            for seq in [0, 1, 4, 7] as [Int64] { #expect(try log.table.epoch(ofBurstEndingAt: seq) == nil) }
        }

        @Test func oldRowsAreCutInPiecesAndTheNewestStays() throws {
            let log = try TestLog()
            let (leader, _) = try log.lead()
            try leader.append((1...2_500).map { .sample($0...$0, epoch: 1) }, expecting: 0)
            try leader.append([.sample(2_501...2_600, epoch: 1)], expecting: 2_500)
            try log.table.cut(before: 2_200)
            #expect(try log.table.oldest() == 2_200)
            #expect(try log.all().count == 302)
            // A burst with an entry that stays is left whole, and so is the newest one.
            try log.table.cut(before: 2_550)
            #expect(try log.table.oldest() == 2_501)
            try log.table.cut(before: 9_999)
            #expect(try log.table.oldest() == 2_501)
            #expect(try log.table.head()?.newestEpoch == 1)
            try leader.append([.sample(2_601...2_601, epoch: 1)], expecting: 2_600)
            #expect(try log.table.rows(after: 0, bytesMax: 1).first?.first == 2_501)
        }

        @Test func anEraseReplacesEntriesAndNothingElse() throws {
            let log = try TestLog()
            let (leader, _) = try log.lead()
            var rows: [BurstRow] = [.sample(1...5, epoch: 1), .sample(6...6, epoch: 1), .sample(7...9, epoch: 1)]
            try leader.append(rows, expecting: 0)
            #expect(try !log.table.isErased(at: 7))
            var changed = Array(rows[0...1])
            changed[0].entries = Array("nobody".utf8)
            // Of a leadership that never was: another row.
            changed[1].epoch = 2
            changed[1].entries = []
            try log.table.replace(changed, epoch: 1)
            rows[0] = changed[0]
            #expect(try log.all() == rows)
            try log.table.noteErased(at: 7, epoch: 1)
            try log.table.noteErased(at: 7, epoch: 1)
            #expect(try log.table.isErased(at: 7) && !log.table.isErased(at: 6))
            try log.table.vacuum()
            #expect(try log.table.head()?.last == 9)
            // A leader of before changes nothing any more.
            leader.close()
            _ = try log.lead("b")
            changed[0].entries = Array("somebody".utf8)
            try log.table.replace(changed, epoch: 1)
            try log.table.noteErased(at: 8, epoch: 1)
            #expect(try log.all() == rows && !log.table.isErased(at: 8))
        }

        @Test func aSessionThatWasClosedSaysSo() throws {
            let log = try TestLog()
            log.table.close()
            #expect(failure { () throws(PostgresError) in try log.table.head() }?.isUnavailable == true)
        }
    }
}
