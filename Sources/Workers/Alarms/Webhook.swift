import CallCenter
import Crypto
import Engine
import EventWire
import Foundation
import Logging

/// Posts each alarm to a configured address: signed, retried, and never waited for.
public struct Webhook: Sendable {
    /// The request for one alarm; the same at each attempt.
    public struct Request: Equatable, Sendable {
        /// The configuration's address.
        public var url: String
        /// By their names.
        public var headers: [String: String]
        /// JSON in UTF-8.
        public var body: [UInt8]
    }
    /// Sends a request; returns the error, or nil when it was accepted.
    public typealias Send = @Sendable (Request) async -> String?

    private let url: String
    private let key: SymmetricKey?
    private let version: String
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let send: Send
    private let waiting: AsyncStream<[UInt8]>.Continuation
    private let bodies: AsyncStream<[UInt8]>

    /// Maximum of alarms that wait for an address that does not respond; beyond it the oldest is dropped.
    static let waitingMax = 256
    /// Seconds before each new attempt.
    static let pauses: [Double] = [1, 2, 5, 15, 60]

    /// - Parameters:
    ///   - keyFile: the file of the key to sign with; nil for unsigned.
    ///   - version: the daemon's, for `User-Agent`.
    /// - Throws: `KeyProblem` when the key cannot be read or is too short.
    public init(
        url: String, keyFile: String?, version: String, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(), send: @escaping Send = Webhook.overHTTP
    ) throws {
        self.url = url
        self.version = version
        self.logger = logger
        self.clock = clock
        self.send = send
        key = try keyFile.map { file in
            guard let data = FileManager.default.contents(atPath: file) else {
                throw KeyProblem("\(file): the key of the webhook cannot be read; let the daemon's user read it")
            }
            let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count >= 16 else {
                throw KeyProblem(
                    "\(file): the key of the webhook is shorter than 16 characters; make one with: openssl rand -hex 32"
                )
            }
            return SymmetricKey(data: Data(text.utf8))
        }
        (bodies, waiting) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Webhook.waitingMax))
    }

    /// Why alarms cannot be signed, in a sentence for the administrator.
    public struct KeyProblem: Error, Equatable, CustomStringConvertible {
        /// Names the file; the key itself is not in it.
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Enqueues an alarm, and returns at once.
    ///
    /// - Parameter language: of the alarm's sentence.
    public func post(_ alarm: Alarm, _ language: Language) {
        var out = ByteBuilder(capacity: 512)
        out.object { out in
            out.field("type", "alarm")
            out.field("id", UUID().uuidString)
            out.field("at", Engine.now())
            out.key("alarm")
            out.object { alarm.write(language, into: &$0) }
        }
        waiting.yield(out.bytes)
    }

    /// Enqueues a case that fired a rule, and returns at once. No customer's data is in it but the case's title.
    public func post(_ escalated: CaseWatch.Escalated) {
        let one = escalated.one
        var out = ByteBuilder(capacity: 512)
        out.object { out in
            out.field("type", "escalation")
            out.field("id", UUID().uuidString)
            out.field("at", escalated.at)
            out.key("escalation")
            out.object { out in
                out.field("name", escalated.rule.name)
                out.field("when", escalated.rule.condition.rawValue)
                out.field("case", one.id)
                out.field("customer", one.customer)
                out.field("title", one.title)
                out.field("owner", one.owner)
                out.field("priority", one.details.priority.word)
                out.field("due", one.due)
            }
        }
        waiting.yield(out.bytes)
    }

    /// Sends the posted alarms one after the other, until the task is cancelled.
    public func deliver() async {
        for await body in bodies {
            if Task.isCancelled { return }
            let request = request(body)
            var problem = await send(request)
            for pause in Webhook.pauses where problem != nil {
                try? await clock.sleep(for: .seconds(pause * Double.random(in: 0.8...1.2)))
                if Task.isCancelled { return }
                problem = await send(request)
            }
            if let problem {
                logger.error(
                    "the webhook was not told of an alarm, after \(Webhook.pauses.count + 1) attempts: \(problem)")
            }
        }
    }

    private func request(_ body: [UInt8]) -> Request {
        var headers = ["Content-Type": "application/json", "User-Agent": "screenpopd/\(version)"]
        if let key {
            let code = HMAC<SHA256>.authenticationCode(for: body, using: key)
            headers["X-Screenpop-Signature"] = "sha256=" + code.map { String(format: "%02x", $0) }.joined()
        }
        return Request(url: url, headers: headers, body: body)
    }
}
