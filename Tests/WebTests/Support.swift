import CallCenter
import Doctor
import Foundation
import HTTPTypes
import Hummingbird
import KeptAnswers
import Logging
import NIOCore
import NIOEmbedded
import PhoneNumbers
import Synchronization
import Testing

@testable import Engine
@testable import Settings
@testable import Storage
@testable import Web

/// An answer, read to its end.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }
    var detail: String { json["detail"] as? String ?? "" }
}

/// All routes over an engine whose log is in memory: no process, no socket, and a clock that the test sets.
final class Routes {
    let parts: WebDependencies
    let views: DirectViews
    let clock = TestClock()
    private let folder: String
    let responder: RouterResponder<WebContext>

    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/Web")

    /// - Parameters:
    ///   - openAPI: the folder of the description; nil where it was not installed.
    ///   - caller: who every caller is; nil for nobody that is known.
    ///   - changes: who changed which customer; nil for what the records say.
    ///   - cluster: nil for a daemon that is alone.
    ///   - customFields: the centre's own fields.
    ///   - adjust: changes the parts before the routes are made of them.
    init(
        openAPI: String? = Routes.sources.appendingPathComponent("OpenAPI").path, caller: CustomerCard? = nil,
        changes: ChangeLines? = nil, cluster: ClusterFacts? = nil, customFields: [Settings.CustomField] = [],
        adjust: (inout WebDependencies) -> Void = { _ in }
    ) throws {
        folder = NSTemporaryDirectory() + "screenpop-web-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        views = try DirectViews(folder)
        let engine = Engine(on: QueueThread())
        try engine.start(
            Engine.Parts(
                policy: Policy(), log: MemoryLog(), directory: Nobody(caller), history: NoHistory(),
                retention: 86_400_000, onAlert: { _, _ in }, beside: { $0() }))
        let settings = WebSettings(
            version: "0", startedAt: clock.now, stateDirectory: folder, language: .en,
            dayStart: { Timestamp(ms: $0.ms / 86_400_000 * 86_400_000) }, interval: 900_000, intervalMinutes: 15,
            periods: nil, desk: Settings.Desk(), alarms: { AlarmPolicy() }, pages: nil, openAPI: openAPI,
            timezone: "UTC", numbers: { NumberRules(region: "JP") }, customFields: customFields,
            eventConnections: { 0 })
        let log = MemoryChangeLog()
        let records = try CustomerStore.open(directory: folder)
        var parts = WebDependencies(
            engine: engine, writer: RecordWriter(records, log: log),
            history: NoHistory(store: records), tokens: try TokenStore.open(directory: folder, log: log),
            accounts: try AccountStore.open(
                directory: folder, log: log, cost: .init(rounds: 16, blockSize: 8, parallelism: 1)),
            views: views, settings: settings, orders: PBXOrders(), past: NoHistory(), alarms: { [] },
            callerLookup: CallerLookup(lookUp: { _ in nil }, end: {}),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        parts.now = { [clock] in clock.now }
        if let changes { parts.changes = changes }
        parts.clusterFacts = { cluster }
        adjust(&parts)
        self.parts = parts
        responder = WebServer.router(parts, StatsFeed(engine: engine, history: NoHistory(), settings: settings))
            .buildResponder()
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A token, to be sent with a request.
    func token(_ role: Role, expiresAt: Timestamp? = nil) throws -> String {
        try parts.tokens.create(
            role: role, name: "t", operator: role == .operator ? "101" : nil, source: nil, expiresAt: expiresAt,
            now: clock.now
        ).secret
    }

    /// - Parameters:
    ///   - body: in the pieces in which it comes.
    ///   - token: without one the request comes through the Unix socket; an empty one is sent as none, over TCP.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String..., headers: HTTPFields = [:], token: String? = nil
    ) async throws -> Answer {
        let response = try await response(method, path, body, headers: headers, token: token)
        let text = Text()
        try await response.body.write(Writer(text: text))
        let all = text.all.withLock { $0 }
        let type = response.headers[.contentType] ?? ""
        // A stream has no end; what another node answers is a test's own.
        if !type.hasPrefix("text/event-stream"), parts.cluster == nil {
            KeptAnswers.record(method.rawValue, path, status: response.status.code, type: type, body: all)
        }
        return Answer(status: response.status.code, headers: response.headers, text: all)
    }

    /// The answer before anything of its body was written.
    func response(
        _ method: HTTPRequest.Method, _ path: String, _ body: [String] = [], headers: HTTPFields = [:],
        token: String? = nil
    ) async throws -> Response {
        var fields = headers
        if let token, !token.isEmpty { fields[.authorization] = "Bearer \(token)" }
        let head = HTTPRequest(method: method, scheme: "http", authority: "x", path: path, headerFields: fields)
        let pieces = AsyncStream<ByteBuffer> { stream in
            for piece in body { stream.yield(ByteBuffer(string: piece)) }
            stream.finish()
        }
        let request = Request(head: head, body: RequestBody(asyncSequence: pieces))
        let context = WebContext(
            source: Arrival(
                channel: EmbeddedChannel(), logger: parts.logger, listener: token == nil ? .local : .network))
        do { return try await responder.respond(to: request, context: context) } catch let error
            as any HTTPResponseError
        {
            return try error.response(from: request, context: context)
        }
    }

    private final class Text: Sendable { let all = Mutex("") }
    private struct Writer: ResponseBodyWriter {
        let text: Text
        mutating func write(_ buffer: ByteBuffer) async throws {
            text.all.withLock { $0 += String(buffer: buffer) }
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
