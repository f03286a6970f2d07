import CallCenter
import Dispatch
import Engine
import Foundation
import Glibc
import Logging
import PhoneNumbers
import Storage
import Testing
import Workers

@testable import Cluster

extension Logger {
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

/// Waits for something that happens on another thread, a minute at most.
func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !isTrue() {
        try #require(ContinuousClock.now < end, "did not happen within a minute: \(what)")
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A database's machine that accepts connections and never answers, as one that is stopped.
final class MuteServer {
    private let descriptor: Int32
    private var accepted: [Int32] = []
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: 0, sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try #require(isListening)
    }

    /// How many connections there were until now.
    func attempts() -> Int {
        while case let one = accept(descriptor, nil, nil), one >= 0 { accepted.append(one) }
        return accepted.count
    }

    deinit { (accepted + [descriptor]).forEach { close($0) } }
}

/// The state of one node in a folder of its own, with its engine.
final class NodeState {
    /// Runs an engine.
    final class Loop: EngineThread {
        private let queue = DispatchQueue(label: "loop")
        func perform(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }
        func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void) {
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: job)
        }
    }

    let path = NSTemporaryDirectory() + "cluster-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    let engine = Engine(on: Loop())
    let records: CustomerStore
    let writer: RecordWriter
    let projections: Projections

    init(_ authority: any LogAuthority) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let files = try StateFiles.open(directory: path)
        let records = files.records, identity = files.identity, checkpoint = files.checkpoint
        try engine.start(
            Engine.Parts(
                policy: Policy(),
                log: EngineLogOnSQLite(
                    files.log, identity: identity, checkpoint: checkpoint, directory: path, authority: authority,
                    logger: .silent),
                directory: try CustomerDirectory(
                    directory: path, rules: NumberRulesInForce(NumberRules(region: "JP")), logger: .silent),
                history: HistoryWriter(store: records, logger: .silent, closed: { _ in }), role: .follows,
                retention: 90 * 86_400_000, onAlert: { _, _ in },
                beside: { work in DispatchQueue.global().async(execute: work) }))
        let changes = ChangeLogOnEngine(engine)
        self.records = records
        writer = RecordWriter(records, log: changes)
        projections = Projections(
            records: records, tokens: try TokenStore.open(directory: path, log: changes),
            accounts: try AccountStore.open(directory: path, log: changes))
    }

    func end() async {
        await engine.stop()
        try? FileManager.default.removeItem(atPath: path)
    }
}
