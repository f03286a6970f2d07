import Foundation
import Synchronization
import Testing

@testable import AsteriskLink
@testable import BridgeLink

/// A bridge that knows the sockets of two nodes of a cluster, one of which goes away.
@Suite(.serialized) struct SeveralNodesTests {
    typealias Bed = LiveBridgeTests.Bed

    private static let yes = "{\"ok\":true}\n"
    private static let unavailable = #"{"ok":false,"error":{"code":"unavailable","message":"no leader"}}"# + "\n"

    /// A node that acknowledges `count` events of calls, and answers all that comes behind them with `then`; "" hangs.
    private static func node(for count: Int, then: String = "") -> Scripted {
        let left = Mutex(count)
        return Scripted { line in
            if line.contains("pbx.takes_orders") { return yes }
            return left.withLock {
                if line.contains("\"type\":\"call.") { $0 -= 1 }
                return $0 >= 0 ? yes : then
            }
        }
    }

    private static func calls(_ node: Scripted) -> [String] {
        LiveBridgeTests.types(node.lines).filter { $0.hasPrefix("call.") }
    }

    private static func expected(_ calls: ClosedRange<Int>) -> [String] {
        calls.flatMap { ["call.offered \($0).1", "call.queued \($0).1"] }
    }

    /// Bytes of the spool that the bridge has noted as acknowledged.
    private static func acknowledged(_ bed: Bed) -> Int {
        let text = (try? String(contentsOfFile: bed.folder + "/answered", encoding: .utf8)) ?? ""
        return Int(text.prefix { $0 != "\n" }) ?? 0
    }

    /// Bytes of the lines up to the `count`-th event of a call, that one included.
    private static func bytes(_ node: Scripted, calls count: Int) -> Int {
        var left = count, bytes = 0
        for line in node.lines where !line.contains("pbx.takes_orders") {
            if left == 0, line.contains("\"type\":\"call.") { break }
            if line.contains("\"type\":\"call.") { left -= 1 }
            bytes += line.utf8.count + 1
            if left == 0 { break }
        }
        return bytes
    }

    @Test func whatTheFirstNodeHasNotAcknowledgedGoesToTheSecond() async throws {
        let first = Self.node(for: 7), second = Self.node(for: .max)
        let bed = try await Bed(daemon: first, others: [second])
        try await LiveBridgeTests.until("the snapshot") { first.lines.contains { $0.contains("pbx.snapshot") } }
        for call in 1...20 { bed.manager.write(LiveBridgeTests.call("\(call).1")) }
        try await LiveBridgeTests.until("seven acknowledgements") {
            Self.calls(first).count > 7 && Self.acknowledged(bed) >= Self.bytes(first, calls: 7)
        }
        try await bed.endFirst()
        for call in 21...40 { bed.manager.write(LiveBridgeTests.call("\(call).1")) }
        try await LiveBridgeTests.until("the rest") { Self.calls(second).last == "call.queued 40.1" }
        // All of it once and in order, and nothing a second time that was acknowledged.
        #expect(Array(Self.calls(first).prefix(7)) + Self.calls(second) == Self.expected(1...40))
        try await bed.end()
    }

    @Test func aNodeThatHangsIsLeft() async throws {
        let first = Self.node(for: 3), second = Self.node(for: .max)
        let bed = try await Bed(daemon: first, others: [second])
        try await LiveBridgeTests.until("the snapshot") { first.lines.contains { $0.contains("pbx.snapshot") } }
        for call in 1...5 { bed.manager.write(LiveBridgeTests.call("\(call).1")) }
        try await LiveBridgeTests.until("the rest") { Self.calls(second).last == "call.queued 5.1" }
        #expect(Self.calls(second) == Array(Self.expected(1...5).dropFirst(3)))
        try await bed.end()
    }

    @Test func aNodeWithoutALeaderIsLeft() async throws {
        let first = Self.node(for: 3, then: Self.unavailable), second = Self.node(for: .max)
        let bed = try await Bed(daemon: first, others: [second])
        try await LiveBridgeTests.until("the snapshot") { first.lines.contains { $0.contains("pbx.snapshot") } }
        for call in 1...5 { bed.manager.write(LiveBridgeTests.call("\(call).1")) }
        try await LiveBridgeTests.until("the rest") { Self.calls(second).last == "call.queued 5.1" }
        #expect(Self.calls(second) == Array(Self.expected(1...5).dropFirst(3)))
        try await bed.end()
    }

    @Test func aNodeThatIsNotRunningIsPassedOver() async throws {
        let first = Self.node(for: 4), last = Self.node(for: .max)
        let bed = try await Bed(daemon: first, others: [nil, last])
        try await LiveBridgeTests.until("the snapshot") { first.lines.contains { $0.contains("pbx.snapshot") } }
        for call in 1...2 { bed.manager.write(LiveBridgeTests.call("\(call).1")) }
        try await LiveBridgeTests.until("four") { Self.acknowledged(bed) >= Self.bytes(first, calls: 4) }
        try await bed.endFirst()
        bed.manager.write(LiveBridgeTests.call("3.1"))
        try await LiveBridgeTests.until("the third call") { Self.calls(last).last == "call.queued 3.1" }
        #expect(Self.calls(last) == Self.expected(3...3))
        // Orders are taken from the node that events go to.
        try await LiveBridgeTests.until("orders") { last.lines.contains { $0.contains("pbx.takes_orders") } }
        try await bed.end()
    }

    /// By this a node that hangs is told from one that has nothing to answer.
    @Test func anAnswerIsOwedFromTheSendingOnUntilItComes() throws {
        let folder = try SpoolTests.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var outbox = Outbox(try Spool(directory: folder, bytesMax: 1_000))
        #expect(try !outbox.add(Array("one\n".utf8)) && !outbox.isOwedAnAnswer, "nothing is sent without a connection")
        outbox.open()
        #expect(!outbox.isOwedAnAnswer)
        #expect(!outbox.next().isEmpty && outbox.isOwedAnAnswer)
        _ = outbox.answered()
        #expect(!outbox.isOwedAnAnswer)
    }

    @Test func aRecordingGoesToTheNodeThatIsThere() async throws {
        let node = Self.node(for: .max), folder = try SpoolTests.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = try await node.listen(at: .init(unixDomainSocketPath: folder + "/b.sock"))
        let taken = try await Task.detached {
            let socket = try EventsSocket(paths: [folder + "/a.sock", folder + "/b.sock"]) { _ in }
            for number in 1...3 { try socket.send(Array("{\"type\":\"call.offered\",\"id\":\"\(number)\"}\n".utf8)) }
            try socket.finish()
            return socket.taken
        }.value
        #expect(taken == 3 && node.lines.count == 3)
        try await listener.close()
    }
}
