import AsyncHTTPClient
import CallCenter
import Crypto
import Foundation
import NIOCore
import Settings
import Storage

/// How an event becomes a request: body, headers, signature.
struct OutwardRequest: Sendable {
    let settings: Settings.Webhook
    private let key: SymmetricKey?
    private let template: BodyTemplate?
    private let version: String

    /// - Parameter version: the daemon's, for `User-Agent`.
    /// - Throws: `WebhookProblem` when the key or the template cannot be used.
    init(_ settings: Settings.Webhook, version: String) throws(WebhookProblem) {
        self.settings = settings
        self.version = version
        do throws(TemplateProblem) {
            template = try settings.template.map { text throws(TemplateProblem) in
                try BodyTemplate(text, contentType: settings.contentType)
            }
        } catch { throw WebhookProblem("the template of the webhook \(settings.name) cannot be used: \(error)") }
        if let file = settings.keyFile { key = try OutwardRequest.key(file, settings.name) } else { key = nil }
    }

    private static func key(_ file: String, _ name: String) throws(WebhookProblem) -> SymmetricKey {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw WebhookProblem(
                "\(file): the key of the webhook \(name) cannot be read; let the daemon's user read it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= 16 else {
            throw WebhookProblem(
                "\(file): the key of the webhook \(name) is shorter than 16 characters; make one with: "
                    + "openssl rand -hex 32")
        }
        return SymmetricKey(data: Data(text.utf8))
    }

    /// Whether what the event itself does not say of its call has to be looked up.
    var needsCall: Bool {
        let names = template?.names ?? []
        return !settings.queues.isEmpty || !settings.tiers.isEmpty
            || !names.isDisjoint(with: ["queue", "tier", "customer"])
    }

    /// Whether an event is one that is sent; its type is already.
    func wants(_ event: OutwardEvent) -> Bool {
        if !settings.queues.isEmpty, event.queue.map({ !settings.queues.contains($0) }) ?? true { return false }
        return settings.tiers.isEmpty || event.tier.map { settings.tiers.contains($0) } ?? false
    }

    /// The request for an event.
    ///
    /// - Parameter now: the time of this attempt: it is signed, so that an old request cannot be sent again by others.
    func request(_ event: OutwardEvent, at now: Timestamp) -> Webhook.Request {
        let body = body(event), seconds = String(now.ms / 1_000)
        var headers = [
            "Content-Type": settings.contentType, "User-Agent": "screenpopd/\(version)",
            "X-Screenpop-Event": event.id, "X-Screenpop-Type": event.type, "X-Screenpop-Timestamp": seconds,
        ]
        if let key {
            let signed = Array("\(event.id).\(seconds).".utf8) + body
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: key)
            headers["X-Screenpop-Signature"] = "sha256=" + code.map { String(format: "%02x", $0) }.joined()
        }
        return Webhook.Request(url: settings.url, headers: headers, body: body)
    }

    private func body(_ event: OutwardEvent) -> [UInt8] {
        guard let template else { return event.json }
        let read = try? JSONSerialization.jsonObject(with: Data(event.json))
        var fields = read as? [String: Any] ?? [:]
        fields["id"] = event.id
        if fields["queue"] == nil, let queue = event.queue { fields["queue"] = queue }
        if fields["tier"] == nil, let tier = event.tier { fields["tier"] = tier }
        if fields["customer"] == nil, let customer = event.customer { fields["customer"] = customer }
        return template.body(fields)
    }
}

/// Why a webhook cannot be started, in a sentence for the administrator.
public struct WebhookProblem: Error, Equatable, CustomStringConvertible {
    /// Names the webhook and, about a key, its file; the key itself is not in it.
    public let description: String
    init(_ description: String) { self.description = description }
}

extension Webhook {
    /// One for all webhooks and for as long as the daemon runs. A redirect is an answer like any other: a key must not
    /// go to an address that nobody configured.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // A connection that is refused is an attempt that failed; when the next one is made is decided here.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
    /// Bytes of an answer that are read, so that its connection can be used again.
    private static let answerMax = 64 << 10

    /// Sends over the network.
    ///
    /// - Parameter timeout: for the whole request. Milliseconds.
    static func sending(within timeout: Int64) -> Send {
        { request in
            var asked = HTTPClientRequest(url: request.url)
            asked.method = .POST
            for (name, value) in request.headers { asked.headers.add(name: name, value: value) }
            asked.body = .bytes(ByteBuffer(bytes: request.body))
            do {
                let response = try await client.execute(asked, timeout: .milliseconds(timeout))
                _ = try? await response.body.collect(upTo: answerMax)
                return 200..<300 ~= response.status.code ? nil : "it answered \(response.status.code)"
            } catch { return "\(error)" }
        }
    }
}
