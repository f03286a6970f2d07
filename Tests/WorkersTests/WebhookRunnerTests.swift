import CallCenter
import Crypto
import Foundation
import Settings
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// A webhook and a real receiver: one that is slow, refuses, is down, comes back; each event arrives at least once,
/// those of one call in their order.
@Suite(.timeLimit(.minutes(20))) struct WebhookRunnerTests {
    /// A log whose events a test adds.
    private final class Feed: Sendable {
        private let events = Mutex<[OutwardEvent]>([])
        private let cut = Mutex<Int64>(0)
        let calls = Mutex<[CallKey: OutwardCall]>([:])

        func add(_ count: Int, calls: Int = 3, type: String = "call.ended") {
            events.withLock { events in
                for _ in 0..<count {
                    let seq = Int64(events.count + 1), call = "c\(Int(seq) % calls)"
                    let json = #"{"seq":\#(seq),"type":"\#(type)","call":"\#(call)"}"#
                    events.append(
                        OutwardEvent(
                            seq: seq, part: 0, type: type, at: morning, order: call,
                            call: CallKey(source: "pbx", call: call), json: Array(json.utf8)))
                }
            }
        }
        /// Deletes events up to a position.
        func cutOff(through seq: Int64) { cut.withLock { $0 = seq } }

        var source: OutwardSource {
            OutwardSource(
                read: { after, types, _, limit in
                    let cut = self.cut.withLock { $0 }
                    if after < cut { throw LogWindowError.cutOff(first: cut + 1) }
                    let next = self.events.withLock { $0.drop { $0.seq <= after }.prefix(limit) }
                    var batch = OutwardBatch(reached: next.last?.seq ?? after)
                    batch.events = next.filter { types?.contains($0.type) ?? true }
                    return batch
                },
                calls: { keys in self.calls.withLock { $0.filter { keys.contains($0.key) } } },
                committed: { self.events.withLock { $0.last?.seq ?? 0 } },
                wait: { _, _ in try? await Task.sleep(for: .milliseconds(5)) })
        }
    }

    private final class Log: ChangeLog {
        private let last = Mutex<Int64>(0)
        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }

    private let directory: StateDirectory
    private let writer: RecordWriter
    private let feed = Feed()
    private let lines = LogLines()

    init() throws {
        directory = try StateDirectory()
        writer = RecordWriter(try CustomerStore.open(directory: directory.path), log: Log())
    }

    private func settings(_ receiver: HTTPReceiver, _ change: (inout Settings.Webhook) -> Void = { _ in })
        -> Settings.Webhook
    {
        var settings = Settings.Webhook()
        settings.name = "crm"
        settings.url = receiver.url
        settings.timeout = 2_000
        change(&settings)
        return settings
    }

    private static var pace: WebhookRunner.Pace {
        var pace = WebhookRunner.Pace()
        pace.firstPause = 5
        pace.pauseMax = 40
        pace.storeEvery = 20
        return pace
    }

    private func runner(
        _ settings: Settings.Webhook, _ pace: WebhookRunner.Pace = WebhookRunnerTests.pace
    ) throws -> WebhookRunner {
        WebhookRunner(
            try OutwardRequest(settings, version: "9"), source: feed.source, writer: writer, pace: pace,
            logger: lines.logger, now: { morning })
    }

    private func start(_ runner: WebhookRunner) -> Task<Void, Never> { Task { await runner.run { true } } }

    /// Polls until something is so.
    private func poll(_ what: String, _ isSo: () throws -> Bool) async throws {
        // Tests that block their threads for minutes on a busy machine run beside this one.
        let deadline = ContinuousClock.now + .seconds(900)
        while try !isSo() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(what) did not come")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Whether what was accepted has each event, and those of each call in their order where it is said first.
    private func expectAll(_ accepted: [String], through last: Int, calls: Int = 3, from first: Int = 1) {
        var seen: Set<Int> = []
        let order = accepted.compactMap { Int($0) }.filter { seen.insert($0).inserted }
        #expect(seen == Set(first...last))
        for call in 0..<calls {
            let own = order.filter { $0 % calls == call }
            #expect(own == own.sorted(), "call \(call)")
        }
    }

    @Test func whatHappensFromItsFirstStartOnIsSentInOrder() async throws {
        let receiver = try HTTPReceiver()
        feed.add(4)
        let runner = try runner(settings(receiver)), task = start(runner)
        try await poll("its position") { try writer.store.position(ofWebhook: "crm") == 4 }
        feed.add(30)
        try await poll("30 events") { receiver.accepted.count == 30 }
        expectAll(receiver.accepted, through: 34, from: 5)
        try await poll("the position behind them") { try writer.store.position(ofWebhook: "crm") == 34 }
        let first = try #require(receiver.requests.first)
        #expect(first.headers["content-type"] == "application/json")
        #expect(first.headers["x-screenpop-type"] == "call.ended")
        #expect(first.json["call"] as? String == "c\((first.json["seq"] as? Int ?? 0) % 3)")
        #expect(first.headers["x-screenpop-signature"] == nil)
        let status = try runner.status(leads: true)
        #expect(status.state == .running && status.delivered == 30 && status.waiting == 0 && status.dead == 0)
        task.cancel()
        await task.value
    }

    @Test func aRequestIsSignedWithItsTime() async throws {
        let receiver = try HTTPReceiver(), key = "0123456789abcdef", file = directory.path + "/key"
        try Data("\(key)\n".utf8).write(to: URL(fileURLWithPath: file))
        let runner = try runner(settings(receiver) { $0.keyFile = file })
        feed.add(1)
        let event = try #require(try await runner.newest())
        #expect(await runner.sendOnce(event) == nil)
        let request = try #require(receiver.requests.first)
        let time = try #require(request.headers["x-screenpop-timestamp"])
        #expect(time == String(morning.ms / 1_000))
        let signed = Array("1.\(time).".utf8) + request.body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Data(key.utf8)))
        let hex = code.map { String(format: "%02x", $0) }.joined()
        #expect(request.headers["x-screenpop-signature"] == "sha256=\(hex)")
        // A key that is short or not there is said at the start.
        try Data("short".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: WebhookProblem.self) {
            try OutwardRequest(settings(receiver) { $0.keyFile = file }, version: "9")
        }
        #expect(throws: WebhookProblem.self) {
            try OutwardRequest(settings(receiver) { $0.keyFile = "/nowhere/key" }, version: "9")
        }
    }

    @Test func oneThatRefusesGetsEachEventAgainAndKeepsTheOrder() async throws {
        let receiver = try HTTPReceiver { request, number in
            switch number % 5 {
            case 0: .status(500)
            case 1: .hangUp
            case 2: .slow(milliseconds: 10, 204)
            case 3: .redirect("http://127.0.0.1:9/")
            default: .status(200)
            }
        }
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(40)
        let task = start(try runner(settings(receiver) { $0.tries = 100 }))
        try await poll("40 events") { Set(receiver.accepted).count == 40 }
        expectAll(receiver.accepted, through: 40)
        #expect(receiver.openMax <= 4)
        task.cancel()
        await task.value
    }

    @Test func oneThatIsDownIsTriedOneEventAtATimeUntilItComesBack() async throws {
        let receiver = try HTTPReceiver()
        receiver.stop()
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(60)
        let runner = try runner(settings(receiver) { $0.tries = 100 }), task = start(runner)
        try await poll("that it fails") { try runner.status(leads: true).state == .failing }
        let status = try runner.status(leads: true)
        #expect(status.problem != nil && status.dead == 0 && status.position == 0)
        try receiver.start()
        try await poll("60 events") { Set(receiver.accepted).count == 60 }
        expectAll(receiver.accepted, through: 60)
        try await poll("that it runs") { try runner.status(leads: true).state == .running }
        #expect(lines.messages.contains { $0.contains("crm is not accepted") })
        #expect(lines.messages.contains { $0.contains("crm is accepted again") })
        task.cancel()
        await task.value
    }

    @Test func oneThatAnswersTooLateIsTriedAgain() async throws {
        let receiver = try HTTPReceiver { _, number in
            number == 1 ? .slow(milliseconds: 3_000, 204) : .status(204)
        }
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(1)
        let task = start(try runner(settings(receiver) { $0.timeout = 1_000 }))
        try await poll("the second attempt") { receiver.requests.count >= 2 && receiver.accepted.count >= 1 }
        #expect(Set(receiver.requests.map(\.event)) == ["1"])
        task.cancel()
        await task.value
    }

    @Test func whatIsNotAcceptedIsGivenUpAndListedAndTheRestGoesOn() async throws {
        let receiver = try HTTPReceiver { request, _ in request.event == "2" ? .status(422) : .status(204) }
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(12)
        let task = start(try runner(settings(receiver) { $0.tries = 3 }))
        try await poll("the other 11") { receiver.accepted.count == 11 }
        try await poll("the position") { try writer.store.position(ofWebhook: "crm") == 12 }
        let dead = try writer.store.deadDeliveries(of: "crm", limit: 9)
        #expect(dead.map(\.id) == ["2"] && dead[0].tries == 3 && dead[0].problem == "it answered 422")
        #expect(receiver.requests.filter { $0.event == "2" }.count == 3)
        expectAll(receiver.accepted + ["2"], through: 12, calls: 1_000)
        task.cancel()
        await task.value
    }

    /// A receiver that is down for days: what is given up is bounded, and nothing behind it is lost.
    @Test func whereTooMuchIsGivenUpItWaits() async throws {
        let isUp = Mutex(false)
        let receiver = try HTTPReceiver { _, _ in isUp.withLock { $0 } ? .status(204) : .status(503) }
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(30, calls: 30)
        var pace = Self.pace
        pace.deadMax = 5
        let runner = try runner(settings(receiver) { $0.tries = 2 }, pace), task = start(runner)
        try await poll("that it is held") { try runner.status(leads: true).state == .held }
        #expect(try runner.status(leads: true).dead == 5)
        isUp.withLock { $0 = true }
        try await poll("the other 25") { Set(receiver.accepted).count == 25 }
        try await poll("that it runs") { try runner.status(leads: true).state == .running }
        let dead = try writer.store.deadDeliveries(of: "crm", limit: 99).map(\.id)
        #expect(Set(dead).union(receiver.accepted) == Set((1...30).map(String.init)))
        task.cancel()
        await task.value
    }

    @Test func itGoesOnWhereItWasAfterACrash() async throws {
        let receiver = try HTTPReceiver()
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.add(50)
        for round in 0..<4 {
            // Cancelled within its work: what was accepted and not stored is sent again.
            let task = start(try runner(settings(receiver)))
            try await poll("some events") { receiver.requests.count >= (round + 1) * 12 }
            task.cancel()
            await task.value
            feed.add(10)
        }
        let task = start(try runner(settings(receiver)))
        try await poll("all 90") { Set(receiver.accepted).count == 90 }
        expectAll(receiver.accepted, through: 90)
        task.cancel()
        await task.value
    }

    @Test func aNodeThatDoesNotLeadSendsNothingAndOneThatDoesGoesOnFromTheLog() async throws {
        let receiver = try HTTPReceiver(), leads = Mutex(false)
        try writer.note(webhook: "crm", at: 2, now: morning)
        feed.add(8)
        let runner = try runner(settings(receiver))
        let task = Task { await runner.run { leads.withLock { $0 } } }
        try await Task.sleep(for: .milliseconds(100))
        #expect(receiver.requests.isEmpty)
        #expect(try runner.status(leads: false).state == .elsewhere)
        // The node that led before got up to here.
        try writer.note(webhook: "crm", at: 5, now: morning)
        leads.withLock { $0 = true }
        try await poll("the rest") { receiver.accepted.count == 3 }
        expectAll(receiver.accepted, through: 8, from: 6)
        task.cancel()
        await task.value
    }

    @Test func eventsThatAreNotKeptAnyMoreAreSkippedAndTheLogSaysSo() async throws {
        let receiver = try HTTPReceiver()
        try writer.note(webhook: "crm", at: 2, now: morning)
        feed.add(20)
        feed.cutOff(through: 15)
        let task = start(try runner(settings(receiver)))
        try await poll("what is left") { receiver.accepted.count == 5 }
        expectAll(receiver.accepted, through: 20, from: 16)
        #expect(lines.messages.contains { $0.contains("has lost the events from 3 to 15") })
        task.cancel()
        await task.value
    }

    @Test func onlyWhatIsAskedForIsSentByTheCallsQueueAndTier() async throws {
        let receiver = try HTTPReceiver()
        try writer.note(webhook: "crm", at: 0, now: morning)
        feed.calls.withLock { calls in
            calls[CallKey(source: "pbx", call: "c0")] = OutwardCall(queue: "support", tier: "vip", customer: 7)
            calls[CallKey(source: "pbx", call: "c1")] = OutwardCall(queue: "support", tier: "regular", customer: 8)
            calls[CallKey(source: "pbx", call: "c2")] = OutwardCall(queue: "sales", tier: "vip", customer: 9)
        }
        feed.add(6)
        feed.add(6, type: "call.queued")
        let wanted = settings(receiver) { one in
            one.types = ["call.ended"]
            one.queues = ["support"]
            one.tiers = ["vip"]
            one.template = #"{"text":"{call} {tier} {queue}","customer":{customer}}"#
        }
        let runner = try runner(wanted), task = start(runner)
        try await poll("two events") { receiver.accepted.count == 2 }
        try await poll("the position") { try runner.status(leads: true).position == 12 }
        #expect(receiver.accepted == ["3", "6"])
        #expect(receiver.requests[0].json["text"] as? String == "c0 vip support")
        #expect(receiver.requests[0].json["customer"] as? Int == 7)
        task.cancel()
        await task.value
    }

    // MARK: All of them

    private func webhooks(_ settings: [Settings.Webhook]) throws -> Webhooks {
        try Webhooks(
            settings, source: feed.source, writer: writer, version: "9", logger: lines.logger, term: { 0 },
            now: { morning })
    }

    @Test func whatWasGivenUpIsSentOnceMoreOnRequest() async throws {
        let isUp = Mutex(false)
        let receiver = try HTTPReceiver { _, _ in isUp.withLock { $0 } ? .status(204) : .status(500) }
        feed.add(3)
        let dead = DeadDelivery(
            webhook: "crm", seq: 2, part: 0, type: "call.ended", tries: 3, at: morning, problem: "it answered 500")
        try writer.note(dead)
        let all = try webhooks([settings(receiver)])
        await #expect(throws: Webhooks.Refusal.notAccepted("it answered 500")) {
            try await all.send(dead, by: .command)
        }
        #expect(try writer.store.deadDeliveryCount(of: "crm") == 1)
        isUp.withLock { $0 = true }
        try await all.send(dead, by: .command)
        #expect(receiver.accepted == ["2"])
        #expect(try writer.store.deadDeliveryCount(of: "crm") == 0)
        func changed(_ change: (inout DeadDelivery) -> Void) -> DeadDelivery {
            var other = dead
            change(&other)
            return other
        }
        let ofAnother = changed { $0.webhook = "chat" }, ofAnotherType = changed { $0.type = "call.queued" }
        await #expect(throws: Webhooks.Refusal.unknown) { try await all.send(ofAnother, by: .command) }
        await #expect(throws: Webhooks.Refusal.gone) { try await all.send(ofAnotherType, by: .command) }
        feed.cutOff(through: 2)
        await #expect(throws: Webhooks.Refusal.gone) { try await all.send(dead, by: .command) }
    }

    @Test func aPreviewIsOfTheNewestEventAndSendsNothing() async throws {
        let receiver = try HTTPReceiver()
        let all = try webhooks([
            settings(receiver) { one in
                one.types = ["call.ended"]
                one.template = "{id} {type}"
                one.contentType = "text/plain"
            }
        ])
        #expect(try await all.preview("crm") == nil)
        feed.add(3)
        feed.add(2, type: "call.queued")
        let shown = try #require(try await all.preview("crm"))
        #expect(shown.event == "3" && shown.body == "3 call.ended" && shown.url == receiver.url)
        #expect(shown.headers["Content-Type"] == "text/plain" && receiver.requests.isEmpty)
        await #expect(throws: Webhooks.Refusal.unknown) { try await all.preview("chat") }
        #expect(try all.statuses().map(\.name) == ["crm"])
    }
}
