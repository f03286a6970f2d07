import CallCenter
import Testing

@testable import Engine

/// Of the work of some operators, these and supervisors are told.
@Suite struct WorkFrameTests {
    /// How many `work` frames each client gets.
    static func frames(_ bench: Bench, _ watches: [Watch], _ concerned: WorkConcerned) async -> [Int] {
        let clients = watches.map { watch in
            bench.streams.attach(watch, lastID: nil, now: morning + 5_000, centre: bench.core.centre)
        }
        for client in clients { _ = await StreamsTests.frames(client) }
        bench.streams.workChanged(of: concerned, now: morning + 6_000)
        var counts: [Int] = []
        for client in clients {
            counts.append(await StreamsTests.frames(client)?.filter { $0.name == "work" }.count ?? -1)
            if let client { bench.streams.detach(client, nowS: 0) }
        }
        return counts
    }

    static let watches: [Watch] = [
        .own("101"), .own("102"), .own("103"), .operators(["101", "102"]), .operators(["103"]), .everybody,
    ]

    @Test func thoseConcernedAreToldOnce() async throws {
        let bench = try FanOutTests.bench()
        #expect(await Self.frames(bench, Self.watches, .operators(["101"])) == [1, 0, 0, 1, 1, 1])
        #expect(await Self.frames(bench, Self.watches, .operators(["101", "102", "999"])) == [1, 1, 0, 1, 1, 1])
        #expect(await Self.frames(bench, Self.watches, .operators([])) == [0, 0, 0, 1, 1, 1])
        #expect(await Self.frames(bench, Self.watches, .everybody) == [1, 1, 1, 1, 1, 1])
    }

    @Test func whatConcernsEverybodyStaysSo() {
        #expect(WorkConcerned.operators(["101"]).union(.operators(["102"])) == .operators(["101", "102"]))
        #expect(WorkConcerned.operators(["101"]).union(.everybody) == .everybody)
        #expect(WorkConcerned.everybody.union(.operators([])) == .everybody)
    }
}
