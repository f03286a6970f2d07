import CallCenter
import Testing

@testable import EventWire

/// An event that is written is read as the same event again, or it is refused: what was applied is what a replay
/// applies.
@Suite struct EventEncoderTests {
    private static let readAt = Timestamp(ms: 1_795_392_000_000)

    /// Nothing, what people write, and what breaks lines, strings and limits.
    private static let texts: [String] = [
        "", "a", "山田 太郎", "x\ny", "tab\there", "\u{0}", "\u{7F}\u{85}", "\u{2028}end", "\"quoted\\\"", "é\u{301}",
        String(repeating: "n", count: 128), String(repeating: "n", count: 129), String(repeating: "あ", count: 400),
        String(repeating: "\u{1}", count: 1_024), String(repeating: "z", count: 20_000), " ", "{\"type\":\"ping\"}",
    ]
    private static let numbers: [Int64?] = [nil, 0, 1, -1, 1_000_000, 1_000_001, .max, .min]

    /// A generator that gives the same events for the same seed.
    private struct Source: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
        mutating func text() -> String {
            Bool.random(using: &self) ? texts[1] : texts.randomElement(using: &self) ?? ""
        }
        mutating func maybe() -> String? { Bool.random(using: &self) ? nil : text() }
        mutating func number() -> Int64? { numbers.randomElement(using: &self) ?? nil }
        mutating func list() -> [String]? { Bool.random(using: &self) ? nil : [text(), text()] }
        mutating func time() -> Timestamp {
            [readAt, readAt + 5, Timestamp(ms: 0), Timestamp(ms: .max)].randomElement(using: &self) ?? readAt
        }

        mutating func offered() -> CallEvent.Offered {
            .init(from: maybe(), to: maybe(), queue: maybe(), name: maybe(), presentation: .restricted)
        }
        mutating func identified() -> CallEvent.Identified {
            let all: [CallEvent.Identified] = [
                .customer(number() ?? 7), .nobody, .from(text()), .account(text()), .externalID(text()),
            ]
            return all.randomElement(using: &self) ?? .nobody
        }
        mutating func call() -> CallEvent {
            switch Int.random(in: 0..<15, using: &self) {
            case 0: .offered(offered())
            case 1: .dialed(.init(operator: text(), to: text(), from: maybe()))
            case 2: .identified(identified())
            case 3: .identified(.email(text()))
            case 4: .queued(queue: text(), position: number().map(Int.init), priority: number().map(Int.init))
            case 5: .ringing(operator: text(), device: maybe())
            case 6: .unanswered(operator: text(), device: maybe(), reason: .busy)
            case 7: .answered(operator: maybe())
            case 8: .parked(operator: text(), slot: maybe())
            case 9: .retrieved(operator: text(), slot: maybe())
            case 10: .held
            case 11: .resumed
            case 12: .transferred(to: .number(text()), kind: .attended)
            case 13: .dequeued(queue: text(), reason: .callback)
            default: .ended(by: .operator, cause: maybe())
            }
        }
        mutating func operatorEvent() -> OperatorEvent {
            switch Int.random(in: 0..<7, using: &self) {
            case 0: .login(name: maybe(), device: maybe(), queues: list())
            case 1: .logout
            case 2: .paused(reason: maybe())
            case 3: .resumed
            case 4: .ready
            case 5: .busy(reason: maybe())
            default: .free
            }
        }
        mutating func remark() -> RemarkEvent {
            let what: RemarkEvent.What =
                switch Int.random(in: 0..<3, using: &self) {
                case 0: .draft(maybe())
                case 1: .final(.note(text()))
                default: .final(.disposition(text()))
                }
            let isWhole = if case .final(.disposition) = what { false } else { Bool.random(using: &self) }
            return RemarkEvent(by: maybe(), what: what, spent: number(), isWhole: isWhole)
        }
        mutating func snapshot() -> PBXSnapshot {
            let queue = maybe()
            var offered = offered()
            offered.queue = queue
            return PBXSnapshot(
                calls: [
                    .init(
                        call: text(), state: .queued, offered: offered, queue: queue, operator: maybe(), slot: maybe()),
                    .init(call: "b", state: .dialing, offered: .init(from: nil), since: time()),
                ],
                operators: [
                    .init(
                        operator: text(), state: .busy, name: maybe(), device: maybe(), queues: list(), reason: maybe(),
                        since: time())
                ], part: Bool.random(using: &self) ? nil : .init(number: 1, of: 2))
        }
        mutating func body() -> Event.Body {
            switch Int.random(in: 0..<15, using: &self) {
            case 0...3: .call(text(), call())
            case 4, 5: .operator(text(), operatorEvent())
            case 6: .snapshot(snapshot())
            case 7: [.pbxDisconnected, .pbxConnected, .ping].randomElement(using: &self) ?? .ping
            case 8:
                .touchpoint(
                    .init(
                        who: .customer(number() ?? 5), channel: Touchpoint.note, summary: text(), operator: maybe(),
                        duration: number()))
            case 9:
                .touchpoint(
                    .init(
                        who: .from(text()), channel: "email", summary: text(), direction: .inbound, operator: maybe()))
            case 10: .popSeen(pop: text(), operator: text())
            case 11: .remark(call: text(), remark())
            case 12: .callbackDone(.init(from: text(), by: maybe(), note: maybe()))
            case 13:
                .outside(
                    call: text(),
                    .init(
                        lookup: text(), state: .found, at: time(), took: number(), text: maybe(), externalID: maybe(),
                        url: maybe(), isOld: Bool.random(using: &self)))
            default: .callbackClaim(.init(from: text(), by: maybe()))
            }
        }
    }

    @Test(arguments: 0..<8) func whatIsWrittenIsReadAgain(seed: Int) throws {
        var source = Source(state: UInt64(seed) &* 977 &+ 1), written = 0
        for _ in 0..<2_000 {
            let event = Event(
                id: source.maybe(), source: source.text(), time: source.time(),
                timeIsGiven: Bool.random(using: &source), body: source.body())
            guard let (kept, call, line) = try? EventEncoder.encode(event, readAt: Self.readAt) else { continue }
            written += 1
            let read = try line.withUnsafeBytes {
                try EventDecoder.decode($0, defaultSource: kept.source, readAt: Self.readAt, allowInternal: true)
            }
            #expect(read.event == kept, "seed \(seed): \(String(decoding: line, as: UTF8.self))")
            #expect(read.call == call && read.ignored == [])
            if read.event != kept { return }
        }
        #expect(written > 200, "seed \(seed)")
    }

    @Test func aLineIsWhatAPBXWouldSend() throws {
        let event = Event(
            source: "pbx1", time: Self.readAt, timeIsGiven: false,
            body: .operator("101", .login(name: "佐藤", device: "PJSIP/101", queues: ["support"])))
        let line = try EventEncoder.encode(event, readAt: Self.readAt).line
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"type":"operator.login","operator":"101","name":"佐藤","device":"PJSIP/101","queues":["support"]}"#
        )
    }

    @Test func whatAPersonTypedIsCleanedAndNotRefused() throws {
        let event = Event(source: "s", time: Self.readAt, body: .operator("101", .paused(reason: "lunch\u{2028}break")))
        let kept = try EventEncoder.encode(event, readAt: Self.readAt).event
        #expect(kept.body == .operator("101", .paused(reason: "lunch break")))
    }

    @Test func whatNoLineCanSayIsRefused() {
        func code(_ body: Event.Body) -> (WireError.Code?, String?) {
            do throws(WireError) {
                _ = try EventEncoder.encode(Event(source: "s", time: Self.readAt, body: body), readAt: Self.readAt)
                return (nil, nil)
            } catch { return (error.code, error.field) }
        }
        let long = String(repeating: "x", count: WireLimits.noteBytesMax + 1)
        #expect(code(.remark(call: "c", .init(by: nil, what: .final(.note(long))))) == (.invalidField, "text"))
        #expect(code(.popSeen(pop: "", operator: "101")) == (.invalidField, "pop"))
        #expect(code(.callbackClaim(.init(from: "+81312345678", by: "\u{1}"))) == (.invalidField, "operator"))
        #expect(
            code(.remark(call: "c", .init(by: nil, what: .draft("x"), spent: -1))) == (.invalidField, "duration"))
        let calls = (0..<1_000).map { number in
            PBXSnapshot.LiveCall(
                call: "\(number)", state: .queued, offered: .init(from: String(repeating: "9", count: 100)))
        }
        #expect(code(.snapshot(.init(calls: calls, operators: []))).0 == .tooLong)
    }
}
