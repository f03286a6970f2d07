import Crypto
import Foundation
import Synchronization
import Testing

@testable import CallCenter
@testable import Workers

/// An alarm is posted until it is taken, so many times at most; a receiver that answers nothing holds nobody up.
@Suite(.timeLimit(.minutes(10))) struct WebhookTests {
    /// The address of the centre's, with answers that a test has written down.
    private final class Receiver: Sendable {
        private let state: Mutex<(answers: [String?], requests: [Webhook.Request])>

        /// - Parameter answers: what goes wrong with each attempt; nil takes it, and so do all further ones.
        init(_ answers: [String?]) { state = Mutex((answers, [])) }

        var requests: [Webhook.Request] { state.withLock { $0.requests } }
        func receive(_ request: Webhook.Request) -> String? {
            state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
        }
        func requests(_ count: Int) async -> [Webhook.Request] {
            while requests.count < count { await Task.yield() }
            return requests
        }
    }

    private static func alarm(_ queue: String) -> Alarm {
        Alarm(queue: queue, kind: .waiting, since: morning, value: 3, threshold: 2)
    }

    private static func webhook(
        _ receiver: Receiver, keyFile: String? = nil, lines: LogLines = LogLines(), clock: ManualClock = ManualClock()
    ) throws -> Webhook {
        try Webhook(
            url: "http://192.0.2.1/alarms", keyFile: keyFile, version: "9.9.9", logger: lines.logger, clock: clock
        ) { receiver.receive($0) }
    }

    @Test func anAlarmIsPostedAsJSON() async throws {
        let receiver = Receiver([]), webhook = try Self.webhook(receiver)
        let task = Task { await webhook.deliver() }
        webhook.post(Self.alarm("support"), .en)
        let sent = try #require(await receiver.requests(1).first)
        #expect(sent.url == "http://192.0.2.1/alarms")
        #expect(sent.headers == ["Content-Type": "application/json", "User-Agent": "screenpopd/9.9.9"])
        let body = try #require(try JSONSerialization.jsonObject(with: Data(sent.body)) as? [String: Any])
        let alarm = try #require(body["alarm"] as? [String: Any])
        #expect(body["type"] as? String == "alarm" && alarm["queue"] as? String == "support")
        #expect(alarm["raised"] as? Bool == true && alarm["value"] as? Int == 3)
        task.cancel()
    }

    @Test func whatIsNotTakenIsTriedAgainAfterLongerAndLongerPauses() async throws {
        let receiver = Receiver(["it answered 500", "it answered 500", nil]), clock = ManualClock(), lines = LogLines()
        let webhook = try Self.webhook(receiver, lines: lines, clock: clock)
        let task = Task { await webhook.deliver() }
        webhook.post(Self.alarm("support"), .en)
        let first = await clock.endSleep(), second = await clock.endSleep()
        #expect((.milliseconds(800) ... .milliseconds(1_200)).contains(first), "\(first)")
        #expect((.milliseconds(1_600) ... .milliseconds(2_400)).contains(second), "\(second)")
        let sent = await receiver.requests(3)
        #expect(sent[0] == sent[1] && sent[1] == sent[2], "the same id each time, so that a receiver knows it again")
        #expect(lines.all == [])
        task.cancel()
    }

    @Test func afterTheLastAttemptItIsLoggedAndTheNextOneHasItsTurn() async throws {
        let attempts = Webhook.pauses.count + 1
        let receiver = Receiver(Array(repeating: "nobody answers", count: attempts))
        let clock = ManualClock(), lines = LogLines()
        let webhook = try Self.webhook(receiver, lines: lines, clock: clock)
        webhook.post(Self.alarm("support"), .en)
        webhook.post(Self.alarm("sales"), .en)
        let task = Task { await webhook.deliver() }
        for _ in Webhook.pauses { await clock.endSleep() }
        let sent = await receiver.requests(attempts + 1)
        #expect(String(decoding: sent[attempts].body, as: UTF8.self).contains("\"sales\""))
        #expect(
            lines.messages == ["the webhook was not told of an alarm, after \(attempts) attempts: nobody answers"])
        task.cancel()
    }

    @Test func tooManyThatWaitLetGoOfTheOldest() async throws {
        let receiver = Receiver([]), webhook = try Self.webhook(receiver)
        for number in 0...Webhook.waitingMax { webhook.post(Self.alarm("queue-\(number)"), .en) }
        let task = Task { await webhook.deliver() }
        let sent = await receiver.requests(Webhook.waitingMax)
        #expect(String(decoding: sent[0].body, as: UTF8.self).contains("\"queue-1\""))
        task.cancel()
    }

    // MARK: The key

    @Test func aBodyIsSignedWithTheKeyOfTheFile() async throws {
        let directory = try StateDirectory(), file = directory.path + "/key", key = "0123456789abcdef"
        try Data("\(key)\n".utf8).write(to: URL(fileURLWithPath: file))
        let receiver = Receiver([]), webhook = try Self.webhook(receiver, keyFile: file)
        let task = Task { await webhook.deliver() }
        webhook.post(Self.alarm("support"), .en)
        let sent = try #require(await receiver.requests(1).first)
        let code = HMAC<SHA256>.authenticationCode(for: sent.body, using: SymmetricKey(data: Data(key.utf8)))
        let hex = code.map { String(format: "%02x", $0) }.joined()
        #expect(sent.headers["X-Screenpop-Signature"] == "sha256=\(hex)")
        task.cancel()
    }

    @Test func aKeyThatCannotBeReadOrIsShortStopsTheStart() throws {
        let directory = try StateDirectory(), file = directory.path + "/key"
        #expect(throws: Webhook.KeyProblem.self) { try Self.webhook(Receiver([]), keyFile: file) }
        try Data("short".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: Webhook.KeyProblem.self) { try Self.webhook(Receiver([]), keyFile: file) }
    }
}
