import CallCenter
import Logging
import Settings
import Storage

/// All webhooks of the configuration.
public struct Webhooks: Sendable {
    /// Why something that was asked for cannot be done.
    public enum Refusal: Error, Equatable, Sendable {
        /// There is no webhook with this name.
        case unknown
        /// The event is not in the log any more.
        case gone
        /// The receiver did not accept it; why, in a part of a sentence.
        case notAccepted(String)
    }

    private let runners: [WebhookRunner]
    private let source: OutwardSource
    private let writer: RecordWriter
    private let term: @Sendable () -> Int64?
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - version: the daemon's, for `User-Agent`.
    ///   - term: which leadership this is, of several machines that share a log: the one that leads sends; nil while
    ///     another one does. Any constant on a machine of its own.
    /// - Throws: `WebhookProblem` when a key or a template cannot be used.
    public init(
        _ settings: [Settings.Webhook], source: OutwardSource, writer: RecordWriter, version: String, logger: Logger,
        term: @escaping @Sendable () -> Int64?, now: @escaping @Sendable () -> Timestamp
    ) throws(WebhookProblem) {
        var runners: [WebhookRunner] = []
        for one in settings {
            runners.append(
                WebhookRunner(
                    try OutwardRequest(one, version: version), source: source, writer: writer, logger: logger,
                    now: now))
        }
        self.runners = runners
        self.source = source
        self.writer = writer
        self.term = term
        self.now = now
    }

    /// The configuration has no webhook.
    public var isEmpty: Bool { runners.isEmpty }

    /// Sends until the task is cancelled. Reads the log and writes records on the calling thread.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for runner in runners { group.addTask { [term] in await runner.run(term: term) } }
        }
    }

    /// How each does. Blocks the thread.
    public func statuses() throws -> [WebhookStatus] {
        let leads = term() != nil
        return try runners.map { try $0.status(leads: leads) }
    }

    /// Sends an event that was given up once more, as the log has it now.
    ///
    /// - Throws: `Refusal`, and what the log or the records refuse.
    public func send(_ dead: DeadDelivery, by author: Author) async throws {
        let runner = try runner(dead.webhook)
        let batch: OutwardBatch
        do { batch = try source.read(dead.seq - 1, [dead.type], runner.request.settings.role, 1) } catch
            LogWindowError.cutOff
        { throw Refusal.gone }
        // An erase may have removed other changes of its entry.
        let found = batch.events.first { $0.seq == dead.seq && $0.part == dead.part && $0.type == dead.type }
        guard let event = found else { throw Refusal.gone }
        if let problem = await runner.sendOnce(event) { throw Refusal.notAccepted(problem) }
        try writer.remove(deadDelivery: dead.seq, part: dead.part, of: dead.webhook, by: author, at: now())
    }

    /// The request for the newest event that a webhook would send; nil where the newest events have none.
    public func preview(_ name: String) async throws -> WebhookPreview? {
        let runner = try runner(name)
        guard let event = try await runner.newest() else { return nil }
        let request = runner.request.request(event, at: now())
        return WebhookPreview(
            event: event.id, customer: event.customer, url: request.url, headers: request.headers,
            body: String(decoding: request.body, as: UTF8.self))
    }

    private func runner(_ name: String) throws(Refusal) -> WebhookRunner {
        guard let found = runners.first(where: { $0.request.settings.name == name }) else { throw .unknown }
        return found
    }
}
