import AsyncHTTPClient
import CallCenter
import Crypto
import Engine
import EventWire
import Foundation
import Logging
import NIOCore

/// Tells an address of the centre's each alarm by POST: signed, tried again, and never waited for.
struct Webhook: Sendable {
    private let url: String
    private let key: SymmetricKey?
    private let logger: Logger
    private let post: AsyncStream<[UInt8]>.Continuation
    private let letters: AsyncStream<[UInt8]>

    /// So many alarms wait at most for an address that does not answer; the oldest is removed.
    private static let waitingMax = 256
    /// Seconds before each new attempt.
    private static let pauses: [Double] = [1, 2, 5, 15, 60]

    /// - Parameter keyFile: the file of the key to sign with; nil for unsigned.
    init(url: String, keyFile: String?, logger: Logger) throws {
        self.url = url
        self.logger = logger
        key = try keyFile.map { file in
            guard let data = FileManager.default.contents(atPath: file) else {
                throw StartError("\(file): the key of the webhook cannot be read; let the daemon's user read it")
            }
            let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count >= 16 else {
                throw StartError(
                    "\(file): the key of the webhook is shorter than 16 characters; make one with: openssl rand -hex 32"
                )
            }
            return SymmetricKey(data: Data(text.utf8))
        }
        (letters, post) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Webhook.waitingMax))
    }

    /// Returns at once.
    func tell(_ alarm: Alarm, _ language: Language) {
        var out = ByteBuilder(capacity: 512)
        out.object { out in
            out.field("type", "alarm")
            out.field("id", UUID().uuidString)
            out.field("at", Engine.now())
            out.key("alarm")
            out.object { alarm.write(language, into: &$0) }
        }
        post.yield(out.bytes)
    }

    /// Delivers what is told, one after the other, until the task is cancelled.
    func deliver() async {
        for await letter in letters {
            if Task.isCancelled { return }
            var problem = await attempt(letter)
            for pause in Webhook.pauses where problem != nil {
                try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.8...1.2)))
                if Task.isCancelled { return }
                problem = await attempt(letter)
            }
            if let problem {
                logger.error(
                    "the webhook was not told of an alarm, after \(Webhook.pauses.count + 1) attempts: \(problem)")
            }
        }
    }

    /// - Returns: what went wrong; nil when it was taken.
    private func attempt(_ letter: [UInt8]) async -> String? {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "screenpopd/\(Screenpopd.version)")
        if let key {
            let code = HMAC<SHA256>.authenticationCode(for: letter, using: key)
            request.headers.add(
                name: "X-Screenpop-Signature", value: "sha256=" + code.map { String(format: "%02x", $0) }.joined())
        }
        request.body = .bytes(ByteBuffer(bytes: letter))
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            return 200..<300 ~= response.status.code ? nil : "it answered \(response.status.code)"
        } catch { return "\(error)" }
    }
}
