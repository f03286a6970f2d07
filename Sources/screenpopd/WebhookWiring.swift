import Engine
import Logging
import Settings
import Storage
import Web
import Workers

/// The webhooks, with what they read, and as the interface has them.
struct WebhookWiring: Sendable {
    private let webhooks: Webhooks

    init(
        _ settings: [Settings.Webhook], _ parts: WebDependencies, logger: Logger,
        term: @escaping @Sendable () -> Int64?
    ) throws(WebhookProblem) {
        let reader = parts.outward, tail = parts.tail
        let source = OutwardSource(
            read: { after, types, seer, limit in
                try reader.read(after: after, types: types, for: seer, limit: limit)
            },
            calls: { await reader.calls($0) }, committed: { await tail.committed() },
            wait: { after, time in _ = await tail.wait(after: after, atMost: time) })
        webhooks = try Webhooks(
            settings, source: source, writer: parts.writer, version: Screenpopd.version, logger: logger,
            term: term, now: Engine.now)
    }

    func run() async { await webhooks.run() }

    var desk: WebhookDesk {
        var desk = WebhookDesk()
        desk.list = { [webhooks] in try webhooks.statuses() }
        desk.send = { [webhooks] dead, author in
            do { try await webhooks.send(dead, by: author) } catch let refusal as Webhooks.Refusal {
                throw WebhookRefusal(refusal)
            }
        }
        desk.preview = { [webhooks] name in
            do { return try await webhooks.preview(name) } catch let refusal as Webhooks.Refusal {
                throw WebhookRefusal(refusal)
            }
        }
        return desk
    }
}

extension WebhookRefusal {
    fileprivate init(_ refusal: Webhooks.Refusal) {
        switch refusal {
        case .unknown: self = .unknown
        case .gone: self = .gone
        case .notAccepted(let why): self = .notAccepted(why)
        }
    }
}
