import CallCenter
import Logging
import SQLite
import Storage
import Synchronization
import Testing

@testable import Workers

/// Views are on disk a quarter of a second later; a pop waits for nothing, and nothing that a request shows is lost.
@Suite struct ViewWriterTests {
    /// A storage that a test lets fail.
    private final class Script: Sendable {
        struct State {
            var written: [[RecordView]] = []
            var cuts: [Timestamp] = []
            var fails = false
            var cutsLeft = 0
        }
        let state = Mutex(State())

        var written: [[RecordView]] { state.withLock { $0.written } }
        func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

        var store: ViewWriter.Store {
            ViewWriter.Store(
                append: { views throws(StoreError) in
                    let fails = self.state.withLock { state in
                        if !state.fails { state.written.append(views) }
                        return state.fails
                    }
                    if fails { throw StoreError.unavailable(SQLiteError(code: 13, message: "disk full")) }
                },
                cut: { before, _ throws(StoreError) in
                    self.state.withLock { state in
                        state.cuts.append(before)
                        state.cutsLeft -= 1
                        return state.cutsLeft > 0
                    }
                },
                head: {
                    ViewMark(seq: Int64(self.state.withLock { $0.written.joined().count }), hash: [0xAB, 1])
                })
        }
    }

    private struct Bench {
        let script = Script()
        let queue = ManualQueue()
        let lines = LogLines()
        let writer: ViewWriter

        init(sizes: ViewWriter.Sizes = .init(), retention: Int64 = 86_400_000) {
            writer = ViewWriter(
                store: script.store, directory: "/nowhere", retention: retention, logger: lines.logger, queue: queue,
                clock: { morning }, sizes: sizes)
        }
    }

    private static func views(
        _ customers: ClosedRange<Int64>, at ms: Int64 = 0, by who: String = "101", _ means: RecordView.Means = .pop
    ) -> [RecordView] {
        customers.map { RecordView(at: morning + ms, by: .operator(who), through: means, customer: $0) }
    }

    @Test func whatComesWithinAQuarterOfASecondIsOneTransaction() async throws {
        let bench = Bench()
        bench.writer.recordAtOnce(Self.views(1...2))
        try await bench.writer.record(Self.views(3...3, .search))
        #expect(bench.writer.status.backlog == 3 && bench.script.written.isEmpty)
        bench.queue.advance(by: ViewWriter.promptness)
        #expect(bench.script.written == [Self.views(1...2) + Self.views(3...3, .search)])
        var expected = ViewStatus()
        expected.written = 3
        #expect(bench.writer.status == expected)
        bench.queue.advance(by: 1_000)
        #expect(bench.script.written.count == 1, "nothing came, nothing is written")
    }

    @Test func manyAreWrittenAtOnce() {
        let bench = Bench(), many = Int64(ViewWriter.soon)
        bench.writer.recordAtOnce(Self.views(1...many - 1))
        bench.writer.recordAtOnce(Self.views(many...many))
        bench.queue.advance(by: 0)
        #expect(bench.script.written.joined().count == ViewWriter.soon)
    }

    @Test func theSameViewWithinAMinuteIsWrittenOnce() {
        let bench = Bench()
        func add(_ views: [RecordView]) {
            bench.writer.recordAtOnce(views)
            bench.queue.advance(by: ViewWriter.promptness)
        }
        add(Self.views(1...1) + Self.views(1...1, at: 5))
        add(Self.views(1...1, at: 59_999))
        #expect(bench.script.written.joined().count == 1)
        // Another means, another viewer, another customer.
        add(Self.views(1...1, at: 59_999, .call) + Self.views(1...1, at: 59_999, by: "102") + Self.views(2...2))
        #expect(bench.script.written.joined().count == 4)
        add(Self.views(1...1, at: 60_000))
        add(Self.views(1...1, at: 119_999))
        #expect(bench.script.written.joined().count == 5)
        // A clock that was set back.
        add(Self.views(1...1, at: 10_000))
        #expect(bench.script.written.joined().count == 6)
    }

    @Test func whatCannotBeWrittenIsTriedAgainInItsOrder() {
        let bench = Bench()
        bench.script.fail(true)
        bench.writer.recordAtOnce(Self.views(1...2))
        bench.queue.advance(by: ViewWriter.promptness)
        #expect(bench.writer.status.problem?.contains("disk full") == true)
        bench.writer.recordAtOnce(Self.views(3...3))
        bench.queue.advance(by: ViewWriter.again)
        #expect(bench.lines.all.count { $0.level == .error } == 1, "said once: \(bench.lines.messages)")
        bench.script.fail(false)
        bench.queue.advance(by: ViewWriter.again)
        #expect(bench.script.written == [Self.views(1...3)])
        #expect(bench.writer.status.problem == nil && bench.writer.status.backlog == 0)
    }

    @Test func aPopWaitsForNothingAndIsCountedWhenThereIsNoRoom() {
        let bench = Bench(sizes: .init(readersMax: 5, all: 10, patience: 30))
        bench.script.fail(true)
        bench.writer.recordAtOnce(Self.views(1...8))
        bench.writer.recordAtOnce(Self.views(11...13))
        bench.writer.recordAtOnce(Self.views(21...21))
        bench.writer.recordAtOnce(Self.views(31...33))
        #expect(bench.writer.status.dropped == 6 && bench.writer.status.backlog == 9)
        #expect(bench.lines.messages.filter { $0.contains("too many views") }.count == 1)
        bench.script.fail(false)
        bench.writer.close()
        #expect(bench.script.written == [Self.views(1...8) + Self.views(21...21)])
        #expect(bench.lines.messages.contains { $0.contains("6 views of pops are not in the view log") })
        #expect(bench.writer.status.dropped == 6)
    }

    @Test func aRequestWaitsForRoomAndIsRefusedWhenThereIsNone() async throws {
        let bench = Bench(sizes: .init(readersMax: 5, all: 10, patience: 200))
        bench.script.fail(true)
        // More than fit at all are let in when nothing waits.
        try await bench.writer.record(Self.views(1...7, .search))
        await #expect(throws: ViewsNotWritable.self) { try await bench.writer.record(Self.views(8...8, .search)) }
        bench.script.fail(false)
        async let late: Void = bench.writer.record(Self.views(9...9, .search))
        bench.writer.close()
        try await late
        bench.writer.close()
        #expect(bench.script.written.flatMap { $0.map(\.customer) } == [1, 2, 3, 4, 5, 6, 7, 9])
    }

    @Test func oldViewsAreRemovedEveryHour() {
        let bench = Bench(retention: 5_000)
        bench.script.state.withLock { $0.cutsLeft = 3 }
        bench.queue.advance(by: ViewWriter.cutFirst + 3 * ViewWriter.cutNext)
        #expect(bench.script.state.withLock { $0.cuts } == Array(repeating: morning - 5_000, count: 3))
        bench.writer.adopt(retention: 9_000)
        bench.queue.advance(by: ViewWriter.cutEvery)
        #expect(bench.script.state.withLock { $0.cuts.last } == morning - 9_000)
    }

    /// The log of the daemon is stored elsewhere: what it says at a start and a stop is held against the file later.
    @Test func theNewestHashIsInTheDaemonsLog() {
        let bench = Bench()
        bench.writer.recordAtOnce(Self.views(1...2))
        bench.writer.close()
        let said = bench.lines.all.filter { $0.fields["HASH"] == "ab01" }
        #expect(said.map { $0.fields["VIEWS"] } == ["0", "2"])
    }

    @Test func itIsReadWithWhatWasSeenAMomentAgo() throws {
        let directory = try StateDirectory(), lines = LogLines()
        let writer = ViewWriter(
            log: try ViewLog.open(directory: directory.path), directory: directory.path, retention: 86_400_000,
            logger: lines.logger)
        writer.recordAtOnce(Self.views(17...17))
        var asked = ViewQuery(limit: 10)
        asked.customer = 17
        #expect(try writer.page(asked).lines.map(\.view) == Self.views(17...17))
        #expect(try writer.verify(expecting: nil).isIntact)
    }
}
