import CallCenter
import Dispatch
import Foundation
import SQLite
import Storage
import Synchronization
import Testing

@testable import Engine
@testable import Workers

/// The log is read and decoded ahead on another thread, and the result is that of reading it row by row.
@Suite struct ReadAheadTests {
    /// SplitMix64.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// One event of a day, as it is appended.
    struct Entry {
        var at: Int64
        var line: String
        var lookup: Lookup?
    }

    /// A random day: calls that overlap, of known and unknown callers, and lines that no version of the protocol knows.
    static func day(_ random: inout Seeded, calls: Int) -> [Entry] {
        var day = (101...106).map {
            Entry(at: 0, line: #"{"type":"operator.login","id":"l\#($0)","operator":"\#($0)"}"#)
        }
        for n in 0..<calls {
            var at = Int64.random(in: 1_000...3_600_000, using: &random)
            let who = Int.random(in: 101...106, using: &random)
            func add(_ type: String, _ rest: String = "", lookup: Lookup? = nil) {
                let line = #"{"type":"\#(type)","id":"\#(n).\#(day.count)","call":"c\#(n)"\#(rest)}"#
                day.append(Entry(at: at, line: line, lookup: lookup))
                at += Int64.random(in: 1...40_000, using: &random)
            }
            let raw = "0900000\(1_000 + n % 50)"
            var lookup = Lookup(
                caller: CallerNumber(kind: .number, raw: raw, e164: "+81\(raw.dropFirst())", display: raw))
            if n % 3 != 0 {
                lookup.candidates = [Candidate(customer: CustomerCard(id: Int64(n % 50), name: "客\(n)", tier: "vip"))]
            }
            add("call.offered", #","from":"\#(raw)","to":"0300000000","queue":"support""#, lookup: lookup)
            add("call.queued", #","queue":"support""#)
            if n % 4 != 0 {
                add("call.ringing", #","operator":"\#(who)""#)
                add("call.answered", #","operator":"\#(who)""#)
            }
            if n % 6 == 0 { add("call.unheard") }
            if n % 9 != 0 { add("call.ended", #","by":"caller""#) }
        }
        return day.sorted { $0.at < $1.at }
    }

    /// A log on files, written in bursts of random length.
    struct Files {
        let directory: StateDirectory
        let log: EngineLogOnSQLite

        init(_ day: [Entry], _ random: inout Seeded) throws {
            directory = try StateDirectory()
            let files = try StateFiles.open(directory: directory.path)
            let identity = files.identity, checkpoint = files.checkpoint
            log = EngineLogOnSQLite(
                files.log, identity: identity, checkpoint: checkpoint, directory: directory.path,
                logger: LogLines().logger)
            for entry in day {
                try Array(entry.line.utf8).withUnsafeBytes {
                    try log.append(readAt: morning + entry.at, source: "pbx", line: $0, lookup: entry.lookup)
                }
                if Int.random(in: 0..<30, using: &random) == 0 { try log.commit() }
            }
            try log.commit()
        }

        func reader() throws -> StoredLogReader { try StoredLogReader(directory: directory.path) }

        /// The state after the events up to `seq`, read row by row on this thread.
        func sequential(through seq: Int64 = .max) throws -> Centre {
            let past = try StoredPastLog(directory: directory.path)
            var replay = LogReplay(policies: try past.policies(), from: nil, rules: Policy())
            replay.quiet()
            try past.replay(after: 0) { line, lookup in
                guard line.seq <= seq else { return false }
                if let event = line.event { replay.apply(event, seq: line.seq, readAt: line.readAt, lookup) }
                return true
            }
            return replay.centre
        }
    }

    @Test(arguments: UInt64(1)...4) func theStateIsThatOfASequentialReplay(seed: UInt64) throws {
        var random = Seeded(state: seed)
        // More than the batches that may wait.
        let day = Self.day(&random, calls: 700), files = try Files(day, &random)
        #expect(day.count > StoredLogReader.batchMax * StoredLogReader.batchesMax)
        var seqs: [Int64] = []
        try files.reader().replay(after: 5, stateFrom: 0) { seqs.append($0.seq) }
        #expect(seqs == Array(6...Int64(day.count)))
        let expected = try files.sequential().checkpoint
        let restored = try Restored(from: files.reader(), rules: Policy(), history: nil)
        #expect(restored.centre.checkpoint.differences(from: expected) == [])
        #expect(restored.centre.checkpoint == expected)

        // From a checkpoint on, with the ids of the events before it.
        let middle = Int64.random(in: 1..<Int64(day.count), using: &random)
        let state = try files.sequential(through: middle).checkpoint
        let begins = files.log.writeCheckpoint(state, at: middle, after: {})
        #expect(begins)
        files.log.finishCheckpoint()
        let later = try Restored(from: files.reader(), rules: Policy(), history: nil)
        #expect(later.checkpointSeq == middle && later.centre.checkpoint == expected)
        for seq in [1, middle, Int64(day.count)] {
            let line = try #require(files.log.line(seq))
            guard let event = line.event, let id = event.id else { continue }
            let place = SeenIDs.Place(seq: seq, line: line.line.withUnsafeBytes(SeenIDs.hash))
            #expect(later.seen.place(of: .init(id, from: event.source)) == place)
        }
    }

    @Test func anUnreadableRowIsAnErrorBehindTheEntriesBeforeIt() throws {
        var random = Seeded(state: 7)
        let files = try Files(Self.day(&random, calls: 200), &random)
        let bad: Int64
        do {
            let database = try Connection(path: files.directory.path + "/events.db")
            let rows = try #require(try database.integer("SELECT count(*) FROM burst"))
            #expect(rows > 10)
            bad = try #require(
                try database.integer("SELECT first FROM burst ORDER BY first LIMIT 1 OFFSET \(rows / 2)"))
            try database.run("UPDATE burst SET entries=x'FF' WHERE first=\(bad)")
        }
        var seqs: [Int64] = []
        let reader = try files.reader()
        let error = #expect(throws: LogError.self) { try reader.replay(after: 0, stateFrom: 0) { seqs.append($0.seq) } }
        #expect(seqs == Array(1..<bad))
        guard case .damaged? = error else {
            Issue.record("\(String(describing: error)) says nothing of damage")
            return
        }
        #expect(throws: LogError.self) { try Restored(from: reader, rules: Policy(), history: nil) }
    }

    @Test func anErrorOfTheOneWhoReadsEndsTheReading() throws {
        struct Enough: Error {}
        var random = Seeded(state: 8)
        let day = Self.day(&random, calls: 700), files = try Files(day, &random), reader = try files.reader()
        var count = 0
        #expect(throws: Enough.self) {
            try reader.replay(after: 0, stateFrom: 0) { _ in
                count += 1
                if count == 300 { throw Enough() }
            }
        }
        #expect(count == 300)
        count = 0
        try reader.replay(after: 0, stateFrom: 0) { _ in count += 1 }
        #expect(count == day.count)
    }

    /// Memory has an end, however much faster the maker is.
    @Test func theMakerIsAheadByABoundedNumberOfBatches() throws {
        let handOver = HandOver<Int>(batchesMax: 3), made = Atomic<Int>(0), making = DispatchGroup()
        DispatchQueue(label: "maker").async(group: making) {
            for number in 0..<200 {
                made.add(1, ordering: .sequentiallyConsistent)
                #expect(handOver.add([number]))
            }
            handOver.end(.success(()))
        }
        var used: [Int] = []
        while let batch = try handOver.next() {
            // Those that wait, the one that was just taken, and one for which there is no room yet.
            let ahead = made.load(ordering: .sequentiallyConsistent) - used.count
            #expect(ahead <= 5, "\(ahead)")
            used += batch
        }
        making.wait()
        #expect(used == Array(0..<200))
    }

    @Test func aMakerThatWaitsForRoomEndsWhenNobodyUsesMore() {
        let handOver = HandOver<Int>(batchesMax: 1), making = DispatchGroup(), refused = Atomic<Bool>(false)
        DispatchQueue(label: "maker").async(group: making) {
            while handOver.add([1]) {}
            refused.store(true, ordering: .sequentiallyConsistent)
            handOver.end(.success(()))
        }
        handOver.stop()
        #expect(making.wait(timeout: .now() + .seconds(300)) == .success)
        let isRefused = refused.load(ordering: .sequentiallyConsistent)
        #expect(isRefused)
    }
}
