import CallCenter
import Foundation
import Testing

@testable import Storage

/// What is asked of the view log, and the bytes that views are in.
@Suite struct ViewReaderTests {
    let directory: StateDirectory
    let log: ViewLog

    init() throws {
        directory = try StateDirectory()
        log = try ViewLog.open(directory: directory.path)
    }

    func page(_ limit: Int = 100, _ change: (inout ViewQuery) -> Void = { _ in }) throws -> ViewPage {
        var asked = ViewQuery(limit: limit)
        change(&asked)
        return try ViewReader.page(asked, in: directory.path)
    }

    static func view(_ customer: Int64, _ ms: Int64, _ by: String = "101") -> RecordView {
        ViewChainTests.view(customer, at: ms, by: .operator(by))
    }

    @Test func theNewestAreFirstPageByPage() throws {
        for n in 0..<Int64(10) { try log.append([Self.view(n + 1, n * 10), Self.view(n + 101, n * 10 + 1)]) }
        var below: Int64?, all: [Int64] = [], pages = 0
        repeat {
            let part = try page(3) { $0.below = below }
            all += part.lines.map(\.seq)
            below = part.next
            pages += 1
        } while below != nil && pages < 20
        #expect(all == (1...20).reversed())
        #expect(pages == 7)
        #expect(try page(20).next == nil && page(0).lines.isEmpty)
    }

    @Test func aCustomersViewsAreFoundWithExportsOfEverybodySinceThen() throws {
        try log.append([Self.view(RecordView.everybody, 0)])
        try log.append([Self.view(17, 10), Self.view(18, 11)])
        try log.append([Self.view(18, 20)])
        try log.append([Self.view(RecordView.everybody, 30), Self.view(17, 31, "102")])
        func seqs(since: Int64?) throws -> [Int64] {
            try page { asked in
                asked.customer = 17
                asked.customerSince = since.map { morning + $0 }
            }.lines.map(\.seq)
        }
        #expect(try seqs(since: 5) == [6, 5, 2])
        #expect(try seqs(since: nil) == [6, 5, 2, 1])
        #expect(try page { $0.customer = 99 }.lines.map(\.seq) == [5, 1])
        #expect(try page { $0.by = { $0 == .operator("102") } }.lines.map(\.seq) == [6])
    }

    @Test(arguments: [
        (from: Int64?.none, to: Int64?(1_000), [1]), (1_000, nil, [4, 3, 2]), (1_000, 3_000, [3, 2]), (3_001, nil, []),
        (nil, 0, []), (2_000, 2_000, []), (2_000, 2_001, [3]),
    ] as [(from: Int64?, to: Int64?, [Int64])])
    func aTimeIsFromOneMomentUpToAnother(from: Int64?, to: Int64?, expected: [Int64]) throws {
        for n in 0..<Int64(4) { try log.append([Self.view(n + 1, n * 1_000)]) }
        let found = try page { asked in
            asked.from = from.map { morning + $0 }
            asked.to = to.map { morning + $0 }
        }
        #expect(found.lines.map(\.seq) == expected && found.next == nil)
    }

    /// One link whose views are on both sides of the moment that is asked for.
    @Test func aLinkThatBeganBeforeIsLookedAt() throws {
        try log.append([Self.view(1, 0)])
        try log.append([Self.view(2, 10), Self.view(3, 5_000)])
        #expect(try page { $0.from = morning + 1_000 }.lines.map(\.seq) == [3])
        #expect(try page { $0.to = morning + 1_000 }.lines.map(\.seq) == [2, 1])
    }

    @Test func aClockThatWasSetBackHidesNothing() throws {
        for ms in [0, 100_000, 40_000, 50_000, 120_000] as [Int64] { try log.append([Self.view(1, ms)]) }
        let found = try page {
            $0.from = morning + 45_000
            $0.to = morning + 110_000
        }
        #expect(found.lines.map(\.seq) == [4, 2])
    }

    // MARK: Bytes

    @Test func everyKindOfViewIsReadBack() throws {
        var views: [RecordView] = []
        let viewers: [Viewer] = [
            .operator("101"), .token("0123456789ab"), .local(user: nil), .local(user: 0), .local(user: .max),
            .operator("101"), .operator(""), .operator("山田"),
        ]
        for (n, means) in RecordView.Means.allCases.enumerated() {
            views.append(
                RecordView(
                    at: Timestamp(ms: [0, .max, 5, -7][n % 4]), by: viewers[n % viewers.count], through: means,
                    customer: [1, .max, 0, 12][n % 4]))
        }
        let read = try ViewBytes.encode(views).withUnsafeBytes { try ViewBytes.decode($0) }
        #expect(read == views)
        #expect(Set(RecordView.Means.allCases.map(\.code)).count == RecordView.Means.allCases.count)
        #expect(RecordView.Means(code: 0) == nil)
    }

    @Test func otherBytesAreRefusedAndEndNothing() {
        var random = Seeded("views")
        let good = ViewBytes.encode((1...5).map { Self.view($0, $0) })
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let read = bytes.withUnsafeBytes { try? ViewBytes.decode($0) }
            #expect((read?.count ?? 0) < 1_000)
        }
    }

    /// The bytes of a link are what they are for good: a log of today is checked by the versions to come.
    @Test func theHashOfALinkIsFixed() {
        let link = ViewLink(
            kind: 0, first: 1, count: 2, firstAt: 1_000, lastAt: 2_000,
            body: ViewBytes.encode([
                RecordView(at: Timestamp(ms: 1_000), by: .operator("101"), through: .pop, customer: 17),
                RecordView(at: Timestamp(ms: 2_000), by: .token("ab"), through: .search, customer: 16),
            ]))
        #expect(
            link.body == [2, 0, 3, 0x31, 0x30, 0x31, 1, 2, 0x61, 0x62, 0xD0, 0x0F, 0, 3, 34, 0xD0, 0x0F, 1, 4, 1])
        let mark = ViewMark(seq: 2, hash: link.hash(after: [UInt8](repeating: 0, count: 32)))
        #expect(mark.hex == "ff3bc3f6d9b4c529dcebae9cd185d6daad306b2308b6f73983384dd623abccda")
    }
}
