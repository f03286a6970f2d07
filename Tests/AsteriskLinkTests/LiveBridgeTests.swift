import AsteriskBridge
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AsteriskLink

/// The bridge between a scripted manager and a scripted screenpopd.
@Suite(.serialized) struct LiveBridgeTests {
    /// Answers of a manager without members and calls, told by the `ActionID` of each.
    static func manager(_ line: String) -> String {
        guard line.hasPrefix("ActionID: ") else { return "" }
        let id = String(line.dropFirst(10)), good = "Response: Success\r\nActionID: \(id)\r\n"
        switch id {
        case "screenpop-challenge": return good + "Challenge: 1234\r\n\r\n"
        case "screenpop-login": return good + "Message: Authentication accepted\r\n\r\n"
        case "screenpop-queues":
            return good + "EventList: start\r\n\r\nEvent: QueueStatusComplete\r\nActionID: \(id)\r\n\r\n"
        case "screenpop-channels":
            return good + "EventList: start\r\n\r\nEvent: StatusComplete\r\nActionID: \(id)\r\n\r\n"
        default: return good + "\r\n"
        }
    }

    /// One bridge in a folder of its own.
    final class Bed: Sendable {
        let folder: String
        let manager: Scripted
        let daemon: Scripted
        private let stop: AsyncStream<Void>.Continuation
        private let run: Task<Void, any Error>
        private let listeners: [any Channel]

        /// - Parameter others: further nodes, of which nil is one that is not running.
        init(daemon: Scripted, others: [Scripted?] = []) async throws {
            folder = try SpoolTests.folder()
            self.daemon = daemon
            manager = Scripted(greeting: "Asterisk Call Manager/11.0.0\r\n", answer: LiveBridgeTests.manager)
            let socket = folder + "/events.sock"
            let ami = try await manager.listen(at: SocketAddress(ipAddress: "127.0.0.1", port: 0))
            var sockets: [String] = [], nodes: [any Channel] = []
            for (place, node) in ([daemon] + others).enumerated() {
                let path = place == 0 ? socket : folder + "/events-\(place).sock"
                sockets.append(path)
                guard let node else { continue }
                nodes.append(try await node.listen(at: SocketAddress(unixDomainSocketPath: path)))
            }
            listeners = [ami] + nodes
            let parts = BridgeParts(
                ami: ("127.0.0.1", ami.localAddress?.port ?? 0), agi: nil, agiDeadline: 1_000, eventsSockets: sockets,
                tls: false, tlsCAFile: nil, spoolDirectory: folder, spoolBytes: 1 << 20)
            let options = LiveBridge.Options(
                user: "x", secret: "s", source: nil, endpointRules: EndpointRules(inboundContexts: ["from-trunk*"]),
                dialContext: nil)
            let (signals, stop) = AsyncStream<Void>.makeStream()
            self.stop = stop
            run = Task {
                try await parts.run(
                    options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, isReady: { _ in },
                    until: { for await _ in signals { break } })
            }
        }

        /// The first node is gone: nobody listens there any more.
        func endFirst() async throws {
            try await listeners[1].close()
            daemon.hangUp()
        }

        func end() async throws {
            stop.finish()
            try await run.value
            for one in listeners where one.isActive { try await one.close() }
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    static func until(_ what: String, _ holds: () -> Bool) async throws {
        // Tests that block their threads for minutes on a busy machine run beside this one.
        let deadline = ContinuousClock.now + .seconds(900)
        while !holds() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(what) did not come")
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    static func frame(_ event: String, _ id: String, _ more: [String] = []) -> String {
        ([
            "Event: \(event)", "Privilege: call,all", "Channel: PJSIP/trunk-\(id)", "ChannelState: 4",
            "ChannelStateDesc: Ring", "CallerIDNum: 0312345678", "CallerIDName: <unknown>",
            "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Context: from-trunk", "Exten: 5000",
            "Priority: 1", "Uniqueid: \(id)", "Linkedid: \(id)",
        ] + more).joined(separator: "\r\n") + "\r\n\r\n"
    }
    /// What a call writes that comes in and waits: offered, queued.
    static func call(_ id: String) -> [UInt8] {
        Array(
            (frame("Newchannel", id) + frame("QueueCallerJoin", id, ["Queue: support", "Position: 1", "Count: 1"])).utf8
        )
    }
    static func types(_ lines: [String]) -> [String] {
        lines.compactMap { line in
            guard let type = line.firstRange(of: /"type":"[a-z._]+"/) else { return nil }
            let call = line.firstRange(of: /"call":"[^"]+"/).map { " " + line[$0].dropFirst(8).dropLast() } ?? ""
            return String(line[type].dropFirst(8).dropLast()) + call
        }
    }

    @Test func whatTheManagerSaysIsToldAtOnceAndInOrder() async throws {
        let bed = try await Bed(daemon: Scripted { _ in "{\"ok\":true}\n" })
        try await Self.until("the snapshot") { bed.daemon.lines.contains { $0.contains("pbx.snapshot") } }
        // Cut in the middle of a line, as a network does.
        let bytes = Self.call("1.1") + Self.call("2.1")
        bed.manager.write(Array(bytes[..<100]))
        bed.manager.write(Array(bytes[100...]))
        try await Self.until("the calls") { Self.types(bed.daemon.lines).filter { $0.hasPrefix("call.") }.count == 4 }
        #expect(
            Self.types(bed.daemon.lines).filter { $0.hasPrefix("call.") }
                == ["call.offered 1.1", "call.queued 1.1", "call.offered 2.1", "call.queued 2.1"])
        try await bed.end()
    }

    @Test func whatIsNotAnsweredIsSentAgain() async throws {
        let isSilent = Mutex(true)
        let daemon = Scripted { line in isSilent.withLock { $0 } && !line.contains("orders") ? "" : "{\"ok\":true}\n" }
        let bed = try await Bed(daemon: daemon)
        try await Self.until("the snapshot") { daemon.lines.contains { $0.contains("pbx.snapshot") } }
        bed.manager.write(Self.call("1.1"))
        try await Self.until("the call") { Self.types(daemon.lines).contains("call.queued 1.1") }
        isSilent.withLock { $0 = false }
        daemon.hangUp()
        try await Self.until("the call again") {
            Self.types(daemon.lines).filter { $0 == "call.queued 1.1" }.count == 2
        }
        bed.manager.write(Self.call("2.1"))
        try await Self.until("the next") { Self.types(daemon.lines).contains("call.queued 2.1") }
        // What was answered is not sent again.
        #expect(Self.types(daemon.lines).filter { $0 == "call.queued 1.1" }.count == 2)
        try await bed.end()
    }

    @Test func aDaemonThatCannotWriteIsTriedAgain() async throws {
        let refusals = Mutex(3)
        let daemon = Scripted { line in
            guard line.contains("call.queued") else { return "{\"ok\":true}\n" }
            let isRefused = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            let refusal = #"{"ok":false,"error":{"code":"unavailable","message":"the disk is full"}}"#
            return isRefused ? refusal + "\n" : "{\"ok\":true}\n"
        }
        let bed = try await Bed(daemon: daemon)
        try await Self.until("the snapshot") { daemon.lines.contains { $0.contains("pbx.snapshot") } }
        bed.manager.write(Self.call("1.1"))
        try await Self.until("the call") { Self.types(daemon.lines).filter { $0 == "call.queued 1.1" }.count == 4 }
        try await bed.end()
    }

    @Test func aManagerThatIsLostIsToldOfAndAskedAgain() async throws {
        let bed = try await Bed(daemon: Scripted { _ in "{\"ok\":true}\n" })
        try await Self.until("the snapshot") { bed.daemon.lines.contains { $0.contains("pbx.snapshot") } }
        bed.manager.hangUp()
        try await Self.until("the gap") {
            Self.types(bed.daemon.lines).filter { $0.hasPrefix("pbx.") && !$0.contains("orders") } == [
                "pbx.connected", "pbx.snapshot", "pbx.disconnected", "pbx.connected", "pbx.snapshot",
            ]
        }
        #expect(bed.manager.opened == 2)
        try await bed.end()
    }

    /// A burst larger than the window: all of it arrives, once and in order.
    @Test func aBurstIsSentAsFarAsItIsAnswered() async throws {
        let bed = try await Bed(daemon: Scripted { _ in "{\"ok\":true}\n" })
        try await Self.until("the snapshot") { bed.daemon.lines.contains { $0.contains("pbx.snapshot") } }
        for i in 1...2_000 { bed.manager.write(Self.call("\(i).1")) }
        let expected = (1...2_000).flatMap { ["call.offered \($0).1", "call.queued \($0).1"] }
        // On a busy machine heartbeats are among the lines: calls are counted, and not lines.
        func calls() -> [String] { Self.types(bed.daemon.lines).filter { $0.hasPrefix("call.") } }
        try await Self.until("all calls") { calls().count >= expected.count }
        #expect(calls() == expected)
        try await bed.end()
    }
}
