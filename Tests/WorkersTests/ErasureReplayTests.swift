import CallCenter
import Engine
import EventWire
import Testing

@testable import Storage
@testable import Workers

/// A customer is erased in the live state and in the log: a replay of the replaced log gives the replaced state, in
/// every field, and every figure stays.
@Suite struct ErasureReplayTests {
    /// Customers 1, who is erased, and 2, who has one number with 1.
    static let own = "+819000000001", other = "+819000000002", shared = "+81300000003", stranger = "+819000000004"

    static func card(_ id: Int64) -> CustomerCard {
        CustomerCard(
            id: id, externalID: "X-\(id)", name: id == 1 ? "山田 太郎" : "Mary Example", kana: "ヤマダ",
            company: "会社 \(id)", email: "person\(id)@example.net", tier: id == 1 ? "vip" : "regular",
            owner: "10\(id)", tags: ["t"], cautions: id == 1 ? ["loud"] : [], doNotPair: ["104"],
            custom: ["plan": "p\(id)"], display: "090")
    }

    static func lookup(_ question: Centre.LookupQuestion, at time: Timestamp) -> Lookup {
        func candidate(_ id: Int64) -> Candidate {
            Candidate(
                customer: card(id),
                history: [
                    Touchpoint(at: time - 86_400_000 * id, channel: "phone", operator: "103", summary: "said \(id)")
                ],
                talks: [
                    .init(operator: "103", at: time - 3_600_000, line: "0300000000", number: id == 1 ? own : other)
                ],
                cases: [OpenCase(id: id, kind: .promise, title: "promise \(id)", owner: "105", due: time - 1)])
        }
        func of(_ number: String?) -> Lookup {
            guard let number, number != "0399999999" else { return Lookup(caller: .unavailable) }
            let e164 = number.hasPrefix("+") ? number : "+81" + number.dropFirst()
            let caller = CallerNumber(
                kind: .number, raw: number, e164: e164, display: "0" + e164.dropFirst(3), region: "JP", place: "東京")
            switch e164 {
            case own: return Lookup(caller: caller, candidates: [candidate(1)])
            case other: return Lookup(caller: caller, candidates: [candidate(2)])
            case shared: return Lookup(caller: caller, candidates: [candidate(2), candidate(1)])
            default: return Lookup(caller: caller)
            }
        }
        switch question {
        case .number(let raw, .allowed): return of(raw)
        case .number: return Lookup(caller: .withheld)
        case .dialed(let raw): return of(raw)
        case .customer(let id): return Lookup(caller: .unavailable, candidates: [candidate(id)])
        case .externalID(let word), .email(let word), .account(let word):
            let id: Int64? = word.contains("1") ? 1 : word.contains("2") ? 2 : nil
            return Lookup(caller: .unavailable, candidates: id.map { [candidate($0)] } ?? [])
        }
    }

    /// A log of random calls: entries as the daemon writes them, and some as a PBX may.
    fileprivate static func log(_ random: inout Seeded, events: Int) -> [EventLog.Entry] {
        var entries: [EventLog.Entry] = [], now = morning, open: [String] = [], count = 0
        func pick<Element>(_ from: [Element]) -> Element { from.randomElement(using: &random)! }
        let numbers = [own, "09000000001", other, shared, "0300000003", stranger]
        func add(_ body: Event.Body, extra: String = "") {
            let isTold = Bool.random(using: &random)
            let event = Event(source: "pbx", time: now, timeIsGiven: isTold, body: body)
            let made = try! EventEncoder.encode(event, readAt: now)
            var line = String(decoding: made.line, as: UTF8.self)
            if !extra.isEmpty { line = String(line.dropLast()) + extra + "}" }
            let found = Centre.lookupQuestion(made.event).map { lookup($0, at: now) }
            entries.append(
                EventLog.Entry(
                    seq: Int64(entries.count + 1), readAt: now.ms, source: "pbx", line: Array(line.utf8),
                    facts: found.map(LookupBytes.encode) ?? []))
        }
        for who in 101...106 {
            add(.operator("\(who)", .login(name: "Operator \(who)", device: nil, queues: nil)))
        }
        for _ in 0..<events {
            now = now + Int64.random(in: 1...1_200_000, using: &random)
            let who = "\(Int.random(in: 101...106, using: &random))"
            guard open.count > 2 || Int.random(in: 0..<3, using: &random) > 0,
                let call = open.randomElement(using: &random)
            else {
                count += 1
                open.append("c\(count)")
                let number = pick(numbers)
                if count % 5 == 0 {
                    add(.call("c\(count)", .dialed(.init(operator: who, to: number, from: "0300000000"))))
                } else {
                    let presentation: Presentation = count % 7 == 0 ? .restricted : .allowed
                    add(
                        .call(
                            "c\(count)",
                            .offered(
                                .init(
                                    from: number, to: "0300000000", queue: "support", name: "Taro \(number)",
                                    presentation: presentation))), extra: #","x_caller":"\#(number)""#)
                    add(.call("c\(count)", .queued(queue: "support", position: nil, priority: nil)))
                }
                continue
            }
            switch Int.random(in: 0..<20, using: &random) {
            case 0, 1: add(.call(call, .ringing(operator: who, device: nil)), extra: #","x":"山田""#)
            case 2, 3, 4: add(.call(call, .answered(operator: who)))
            case 5:
                let who: CallEvent.Identified = pick([
                    .customer(1), .customer(2), .email("person1@example.net"), .account("X-1"), .externalID("X-2"),
                    .from(own), .from(other),
                ])
                add(.call(call, .identified(who)))
            case 6: add(.call(call, .identified(.nobody)))
            case 7:
                let target: TransferTarget = pick([
                    .number("09000000001"), .number("0399999999"), .operator(who), .queue("sales"),
                ])
                add(.call(call, .transferred(to: target, kind: .blind)))
            case 8, 9:
                let by: String? = pick([who, "101", nil]), text: String? = pick(["山田さん", "山田さん calls", nil])
                add(.remark(call: call, RemarkEvent(by: by, what: .draft(text), spent: 10, isWhole: true)))
            case 10, 11:
                let note = Remark.What.note("山田さん calls back \(count)")
                add(.remark(call: call, RemarkEvent(by: pick([who, "101"]), what: .final(note), isWhole: true)))
            case 12:
                // Not complaints: docs/decisions/0039, "Known limits".
                let code = pick(["resolved", "order"])
                add(.remark(call: call, RemarkEvent(by: who, what: .final(.disposition(code)))))
            case 13:
                let who: TouchpointRecorded.Who = pick([
                    .customer(1), .customer(2), .from("09000000001"), .from(shared), .email("person1@example.net"),
                ])
                add(
                    .touchpoint(
                        TouchpointRecorded(who: who, channel: "email", summary: "wrote of 山田", operator: "101")))
            case 14: add(.callbackDone(CallbackDone(from: pick([own, other, shared]), by: who, note: "reached 山田")))
            case 15: add(.callbackClaim(CallbackClaim(from: pick([own, other, shared]), by: who)))
            case 16 where count % 3 == 0:
                let calls = open.map { id in
                    PBXSnapshot.LiveCall(
                        call: id, state: .queued,
                        offered: .init(from: pick(numbers), to: "0300000000", queue: "support", name: "Taro"),
                        queue: "support")
                } + [
                    PBXSnapshot.LiveCall(
                        call: "s\(count)", state: .queued,
                        offered: .init(from: "09000000001", to: "0300000000", name: "Taro"), queue: "support")
                ]
                open.append("s\(count)")
                add(.snapshot(PBXSnapshot(calls: calls, operators: [])))
            case 17: add(.call(call, .dequeued(queue: "support", reason: .callback)))
            default:
                add(.call(call, .ended(by: .caller, cause: nil)))
                open.removeAll { $0 == call }
                if Bool.random(using: &random) {
                    add(.remark(call: call, RemarkEvent(by: who, what: .final(.note("after 山田")), isWhole: true)))
                }
            }
        }
        return entries
    }

    /// The state, and what came into the history.
    static func replay(_ entries: [EventLog.Entry]) -> (replay: LogReplay, history: [HistoryEntry]) {
        var replay = LogReplay(policies: [], from: nil, rules: Policy()), history: [HistoryEntry] = []
        for entry in entries {
            let read = entry.line.withUnsafeBytes {
                try? EventDecoder.decode(
                    $0, defaultSource: entry.source, readAt: Timestamp(ms: entry.readAt), allowInternal: true)
            }
            guard let event = read?.event else { continue }
            let effects = replay.apply(
                event, seq: entry.seq, readAt: Timestamp(ms: entry.readAt),
                entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts))
            for case .history(let one) in effects { history.append(one) }
        }
        return (replay, history)
    }

    static let erasure = Erasure(
        customer: 1, numbers: [own: ErasedCaller.text(1)],
        words: ["person1@example.net": ErasedCaller.text(2), "X-1": ErasedCaller.text(3)])

    /// The newest version of each call in the history, and the contacts.
    static func kept(_ history: [HistoryEntry]) -> (calls: [Int64: Call], contacts: [Int64: (Int64, Touchpoint)]) {
        var calls: [Int64: Call] = [:], contacts: [Int64: (Int64, Touchpoint)] = [:]
        for entry in history {
            switch entry {
            case .ended(let one), .call(let one): calls[one.number] = one.call
            case .touchpoint(let seq, let customer, let contact): contacts[seq] = (customer, contact)
            case .remark(let remark, let key):
                let newest = calls.values.filter { $0.key == key }.max { $0.number < $1.number }
                if let number = newest?.number { calls[number]?.write(remark) }
            case .figures: break
            }
        }
        return (calls, contacts)
    }

    @Test(arguments: 1...24) func aReplayOfTheReplacedLogIsTheReplacedState(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let entries = Self.log(&random, events: 240), last = Int64(entries.count)
        let (before, history) = Self.replay(entries)
        var live = before.centre
        let period = (morning - 86_400_000)..<(morning + 30 * 86_400_000)
        let figures = figureLines(live.stats(from: period.lowerBound, to: period.upperBound, now: morning))
        let inMemory = live.erase(Self.erasure)

        let kept = Self.kept(history)
        var erasure = Self.erasure
        let theirs = kept.calls.values.filter(erasure.isTheirs)
        let known = theirs.map { ErasedCall($0) }
        erasure.add(known + inMemory)
        let contacts = Set(kept.contacts.filter { $0.value.0 == 1 }.keys)
        let erase = UnfinishedErasure(seq: last, work: ErasureWork(Self.erasure))
        let eraser = try LogEraser(
            erase, calls: known + inMemory.filter { one in !known.contains { $0.number == one.number } },
            contacts: contacts
        ) { _ in nil }
        var replaced: [EventLog.Entry] = []
        for entry in entries {
            let made = try entry.inPlace { try eraser.applied(to: $0) }
            replaced.append(made ?? entry)
        }
        for (old, new) in zip(entries, replaced) { #expect(old.seq == new.seq && old.readAt == new.readAt) }
        let bytes = replaced.flatMap { $0.line + $0.facts }
        let all = String(decoding: bytes, as: UTF8.self)
        for word in ["9000000001", "person1@example", "X-1", "ヤマダ1", "said 1", "promise 1", "loud", "会社 1"] {
            #expect(!all.contains(word), "\(word) is in the log")
        }

        let (after, history2) = Self.replay(replaced)
        #expect(after.centre.checkpoint.differences(from: live.checkpoint) == [])
        #expect(after.centre.checkpoint == live.checkpoint)
        #expect(
            figureLines(after.centre.stats(from: period.lowerBound, to: period.upperBound, now: morning)) == figures,
            "figures stay")
        #expect(after.centre.callbacks.map(\.calls) == before.centre.callbacks.map(\.calls))

        // The history, replaced and made again.
        let made = Self.kept(history2)
        #expect(Set(made.calls.keys) == Set(kept.calls.keys))
        for (number, call) in kept.calls {
            var call = call
            call.erase(erasure)
            let (again, replaced) = (made.calls[number].map { CallBytes.encode($0) }, CallBytes.encode(call))
            if again == replaced { continue }
            // docs/decisions/0039, "Known limits": notes of a call that was first taken for the customer.
            withKnownIssue(isIntermittent: true) { #expect(again == replaced, "call \(call.key.call)") }
        }
        #expect(Set(made.contacts.keys) == Set(kept.contacts.keys))
        for seq in contacts { #expect(made.contacts[seq]?.1.summary == Erasure.text) }
        // A second time nothing changes.
        for entry in replaced { #expect(try entry.inPlace { try eraser.applied(to: $0) } == nil) }
        #expect(live.erase(erasure).count >= inMemory.count)
        #expect(live.checkpoint == after.centre.checkpoint)
    }
}

extension EventLog.Entry {
    fileprivate func inPlace<Made>(_ work: (EventLog.EntryInPlace) throws -> Made) throws -> Made {
        try line.withUnsafeBytes { line in
            try facts.withUnsafeBytes { facts in
                try work(
                    EventLog.EntryInPlace(seq: seq, readAt: readAt, source: source, line: line, facts: facts))
            }
        }
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
