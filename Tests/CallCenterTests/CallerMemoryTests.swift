import Foundation
import Testing

@testable import CallCenter

@Suite("Who called lately")
struct CallerMemoryTests {
    @Test("is the same after it was kept and read back, whatever it holds")
    func readsBack() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = Seeded(seed)
        var memory = CallerMemory()
        let queues = ["support", "苦情", "a b, \"c\" - 5", ""]
        for call in Int64(1)...400 {
            let key = UInt64.random(in: 1...60, using: &random) + (Bool.random(using: &random) ? 0 : 819_000_000_000)
            let start = Timestamp(ms: Int64.random(in: -50_000...200_000_000_000, using: &random))
            _ = memory.note(call: call, from: key, at: start)
            var outcome = CallerMemory.Outcome()
            if Bool.random(using: &random) { outcome.answeredAt = start + 5_000 }
            if Bool.random(using: &random), let queue = queues.randomElement(using: &random) {
                outcome.lost = .init(
                    kind: call % 5 == 0 ? .requested : .abandoned, at: start + 9_000, queue: queue, tier: "vip",
                    waited: 9_000)
            }
            if call % 6 == 0, let lost = outcome.lost { outcome.lostBefore = [lost, lost] }
            if call % 8 == 0, let at = outcome.answeredAt { outcome.answeredAgain = [at + 1, at + 2] }
            memory.note(outcome, ofCall: call, from: key)
            if call % 4 == 0 {
                let reached = Bool.random(using: &random) ? start + 20_000 : nil
                memory.note(
                    Callback.Try(call: 1_000 + call, at: start + 10_000, operator: "101", reachedAt: reached), to: key)
            }
            if call % 11 == 0 { memory.note(Callback.Claim(by: "102", since: start), of: key) }
            if call % 3 == 0 { memory.noteCustomer(call, of: key) }
            if call % 7 == 0 { memory.noteReached(key, at: start) }
            if call % 9 == 0 { memory.note(.init(customer: call, at: start), id: call % 2 == 0 ? call : -call) }
        }
        let kept = try JSONEncoder().encode(memory)
        #expect(try JSONDecoder().decode(CallerMemory.self, from: kept) == memory, "seed \(seed)")
    }

    /// A late event says that the caller was answered after all: then a checkpoint has nothing of a loss, and what was
    /// told by the log has to be equal to what was read from it.
    @Test("forgets a loss that was none, so that it is what a checkpoint makes of it")
    func retracted() throws {
        var memory = CallerMemory()
        let at = Timestamp(ms: 1_000_000), key: UInt64 = 81_300_000_101
        for call in Int64(1)...3 { _ = memory.note(call: call, from: key, at: at + call) }
        var lost = CallerMemory.Outcome(), answered = CallerMemory.Outcome()
        lost.lost = .init(kind: .abandoned, at: at + 9, queue: "support", tier: "vip", waited: 9)
        answered.answeredAt = at + 8
        func readBack() throws -> CallerMemory {
            try JSONDecoder().decode(CallerMemory.self, from: try JSONEncoder().encode(memory))
        }
        memory.note(lost, ofCall: 1, from: key)
        memory.note(lost, ofCall: 2, from: key)
        #expect(try memory.allDue().count == 1 && readBack() == memory)
        memory.note(answered, ofCall: 1, from: key)
        #expect(try memory.allDue().count == 1 && readBack() == memory)
        memory.note(answered, ofCall: 2, from: key)
        #expect(try memory.allDue().isEmpty && readBack() == memory)
        // A call that is noted from its start again has no outcome until it is told.
        memory.note(lost, ofCall: 3, from: key)
        _ = memory.note(call: 3, from: key, at: at + 3)
        #expect(try memory.allDue().isEmpty && readBack() == memory)
    }

    /// A caller of Saturday who is called back on Monday is on Monday's list of those who were.
    @Test("lists who was called back for a day from then on, whenever the call was lost")
    func doneLater() {
        let hour: Int64 = 3_600_000, key: UInt64 = 81_300_000_102
        let lostAt = Timestamp(ms: 1_000_000), reachedAt = lostAt + 48 * hour
        var memory = CallerMemory(), lost = CallerMemory.Outcome()
        _ = memory.note(call: 1, from: key, at: lostAt - 9)
        lost.lost = .init(kind: .requested, at: lostAt, queue: "support", tier: "vip", waited: 9)
        memory.note(lost, ofCall: 1, from: key)
        memory.evict(now: reachedAt - 1)
        #expect(memory.allDue().count == 1)
        memory.note(Callback.Try(call: 2, at: reachedAt - 5, operator: "101", reachedAt: reachedAt), to: key)
        for later in [0, 1, 23 * hour] {
            memory.evict(now: reachedAt + later)
            let done = memory.callbacksDone(after: reachedAt + later - 24 * hour)
            #expect(done.map(\.recall) == [48 * hour])
            #expect(done.first?.tries.map(\.operator) == ["101"])
        }
        #expect(memory.callbacksDone(after: reachedAt).isEmpty)
        memory.evict(now: reachedAt + 24 * hour + 1)
        #expect(memory == CallerMemory())
    }

    /// A promise is not forgotten: a caller who gave up is a chance that passes, one who asked was promised a call.
    @Test("lists who asked to be called back until they were reached, and who gave up for a week")
    func promised() {
        let day: Int64 = 24 * 3_600_000, at = Timestamp(ms: 1_000_000), asked: UInt64 = 81_300_000_104
        var memory = CallerMemory(), outcome = CallerMemory.Outcome()
        for (call, kind) in [(1, Callback.Kind.requested), (2, .abandoned)] {
            _ = memory.note(call: Int64(call), from: asked + UInt64(call), at: at - 9)
            outcome.lost = .init(kind: kind, at: at, queue: "support", tier: "vip", waited: 9)
            memory.note(outcome, ofCall: Int64(call), from: asked + UInt64(call))
        }
        // Another call of the one who asked, given up a day later, changes nothing.
        _ = memory.note(call: 3, from: asked + 1, at: at + day)
        outcome.lost = .init(kind: .abandoned, at: at + day, queue: "support", tier: "vip", waited: 9)
        memory.note(outcome, ofCall: 3, from: asked + 1)
        memory.evict(now: at + 7 * day)
        #expect(memory.allDue().count == 2)
        for days in [8, 9, 400] as [Int64] {
            memory.evict(now: at + days * day)
            #expect(memory.callbacks().map { $0.calls.map(\.call) } == [[1, 3]])
        }
        memory.noteReached(asked + 1, at: at + 401 * day)
        #expect(memory.allDue().isEmpty)
        memory.evict(now: at + 403 * day)
        #expect(memory == CallerMemory())
    }

    @Test("lists who was called back by that moment, and not by a call that was answered after it")
    func answeredAgain() {
        let hour: Int64 = 3_600_000, key: UInt64 = 81_300_000_103, at = Timestamp(ms: 1_000_000)
        var memory = CallerMemory(), lost = CallerMemory.Outcome(), answered = CallerMemory.Outcome()
        _ = memory.note(call: 1, from: key, at: at)
        lost.lost = .init(kind: .abandoned, at: at + 9, queue: "support", tier: "vip", waited: 9)
        memory.note(lost, ofCall: 1, from: key)
        memory.noteReached(key, at: at + hour)
        _ = memory.note(call: 2, from: key, at: at + 20 * hour)
        answered.answeredAt = at + 20 * hour
        memory.note(answered, ofCall: 2, from: key)
        #expect(memory.callbacksDone(after: at).map(\.reachedAt) == [at + hour])
        #expect(memory.callbacksDone(after: at + 2 * hour).isEmpty)
    }

    @Test(
        "refuses what is damaged",
        arguments: [
            "1", "1 2", "1 - - 5 ", "1 - - x ", "1 - - 1 7 ", "99999999999999999999 - - 0 ", "1 - - 1 7 8 - 9 10 3 0 ",
        ])
    func refuses(numbers: String) throws {
        let kept = try JSONEncoder().encode(["numbers": numbers])
        let text = String(decoding: kept, as: UTF8.self).dropLast() + ",\"words\":[\"support\"]}"
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(CallerMemory.self, from: Data(text.utf8)) }
    }

    @Test("takes the smallest and the largest number") func extremes() throws {
        var out = NumberText()
        for number: Int64? in [.min, .max, 0, nil, -1] { out.append(number) }
        var from = NumberReader(out.text)
        #expect(try from.next() == .min)
        #expect(try from.next() == .max)
        #expect(try from.next() == 0)
        #expect(try from.next() == nil)
        #expect(try from.next() == -1)
        #expect(from.isAtEnd)
    }

    @Test(
        "knows a number by its digits, and nothing else",
        arguments: ["", "+", "81", "+81x", "+1234567890123456", "+８1"])
    func noKey(_ text: String) { #expect(CallerMemory.key(text) == nil) }

    @Test("knows a number by its digits") func key() { #expect(CallerMemory.key("+819000000001") == 819_000_000_001) }
}
