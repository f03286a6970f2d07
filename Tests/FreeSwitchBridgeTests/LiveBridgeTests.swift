import EventWire
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import FreeSwitchBridge
@testable import FreeSwitchLink

/// The running bridge, between a simulated FreeSWITCH and a scripted screenpopd.
@Suite(.serialized) struct LiveBridgeTests {
    /// One bridge in a folder of its own.
    final class Bed: Sendable {
        let folder: String
        let pbx: Switch
        let daemon: Daemon
        /// Where the dialplan is answered.
        let port: Int
        private let stop: AsyncStream<Void>.Continuation
        private let run: Task<Void, any Error>
        private let listeners: [any Channel]

        init(pbx: Switch, daemon: Daemon = Daemon(), routeDeadline: Int64 = 1_000) async throws {
            folder = "/tmp/screenpop switch \(UInt32.random(in: 0...UInt32.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            self.pbx = pbx
            self.daemon = daemon
            let socket = folder + "/events.sock"
            let esl = try await pbx.listen(), events = try await daemon.listen(socket)
            listeners = [esl, events]
            let parts = BridgeParts(
                esl: ("127.0.0.1", esl.localAddress?.port ?? 0), route: ("127.0.0.1", 0),
                routeDeadline: routeDeadline, eventsSockets: [socket], spoolDirectory: folder, spoolBytes: 1 << 20)
            let options = LiveBridge.Options(
                password: "ClueCon", source: nil, legRules: LegRules(), dialContext: "internal")
            let (signals, stop) = AsyncStream<Void>.makeStream(), (ports, port) = AsyncStream<Int>.makeStream()
            self.stop = stop
            run = Task {
                try await parts.run(
                    options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    isReady: { port.yield($0 ?? 0) }, until: { for await _ in signals { break } })
            }
            var found = 0
            for await one in ports {
                found = one
                break
            }
            self.port = found
        }

        func end() async throws {
            stop.finish()
            try await run.value
            for one in listeners { try await one.close() }
            try FileManager.default.removeItem(atPath: folder)
        }

        /// `call.answered 101`, without what tells of orders.
        var types: [String] {
            daemon.lines.compactMap { line in
                guard let type = line.firstMatch(of: /"type":"([a-z._]+)"/)?.1, type != "pbx.takes_orders" else {
                    return nil
                }
                let who = line.firstMatch(of: /"operator":"([^"]+)"/).map { " " + $0.1 } ?? ""
                return type + (type == "pbx.snapshot" ? "" : who)
            }
        }
    }

    static func until(_ what: String, _ holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !holds() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(what) did not come")
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// A FreeSWITCH on which nothing happens, with the agents of the recordings.
    static func idle() throws -> Switch { Switch(answers: try Switch.replies("kill-and-restart", at: "after")) }

    @Test func whatHappensIsToldAsInTheRecording() async throws {
        let bed = try await Bed(pbx: Self.idle())
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        try bed.pbx.play("answered-ended-by-agent")
        // The agent's wrap-up time is in the list of agents.
        try await Self.until("ready") { bed.types.contains("operator.ready 101") }
        #expect(
            bed.types.filter { !$0.hasPrefix("pbx.") } == [
                "call.offered", "call.queued", "operator.login 101", "call.ringing 101", "call.answered 101",
                "call.ended", "operator.ready 101",
            ])
        let subscription = bed.pbx.commands.first { $0.hasPrefix("event json") } ?? ""
        #expect(subscription.hasSuffix(" CUSTOM callcenter::info") && !subscription.contains(" ALL"))
        try await bed.end()
    }

    @Test func whatWasAliveIsFoundAfterAGap() async throws {
        var answers = try Switch.replies("kill-and-restart", at: "before")
        for id in [
            "a26efeea-1f59-4f05-b416-efd35d38f7d4", "5ba8d5f6-6841-420d-adfc-a4659e0fd677",
            "a4814625-cd09-47a7-997c-3375bed8fb06",
        ] {
            let number = id.hasPrefix("a26") ? "09012340101" : id.hasPrefix("5ba") ? "09012340102" : "09012340103"
            answers["uuid_dump \(id) json"] = """
                {"Event-Name":"CHANNEL_DATA","Unique-ID":"\(id)","Caller-Caller-ID-Number":"\(number)",\
                "Caller-Privacy-Hide-Number":"\(id.hasPrefix("a48"))"}
                """
        }
        let pbx = Switch(answers: answers), bed = try await Bed(pbx: pbx)
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        let snapshot = try #require(bed.daemon.lines.first { $0.contains("pbx.snapshot") })
        func call(_ id: String) -> String {
            snapshot.firstRange(of: "{\"call\":\"\(id)").map {
                String(snapshot[$0.lowerBound...].prefix { $0 != "}" })
            } ?? ""
        }
        #expect(call("a26").contains(#""state":"answered","operator":"101","queue":"support""#))
        #expect(call("a26").contains(#""from":"09012340101""#))
        #expect(call("5ba").contains(#""state":"ringing","operator":"102""#))
        #expect(call("a48").contains(#""state":"queued""#) && call("a48").contains("restricted"))
        #expect(!snapshot.contains("09012340103"))
        #expect(!snapshot.contains("5d1c3c0e"), "who is logged out is in no snapshot")
        // Killed and started again: nothing of it is left, and nobody is logged in.
        for (command, text) in try Switch.replies("kill-and-restart", at: "after") { pbx.set(text, for: command) }
        pbx.hangUp()
        try await Self.until("the gap") {
            bed.types.filter { $0.hasPrefix("pbx.") } == [
                "pbx.connected", "pbx.snapshot", "pbx.disconnected", "pbx.connected", "pbx.snapshot",
            ]
        }
        let last = try #require(bed.daemon.lines.last { $0.contains("pbx.snapshot") })
        #expect(last.contains(#""calls":[],"operators":[]"#))
        #expect(pbx.opened == 2)
        try await bed.end()
    }

    @Test func modCallcenterThatIsLoadedLaterIsAskedAgain() async throws {
        let pbx = Switch(answers: ["show channels as json": "{\"row_count\": 0}\n"])
        let bed = try await Bed(pbx: pbx)
        try await Self.until("the question") { pbx.commands.contains("api callcenter_config agent list") }
        let answers = try Switch.replies("kill-and-restart", at: "at the end")
        for (command, text) in answers { pbx.set(text, for: command) }
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        let snapshot = try #require(bed.daemon.lines.first { $0.contains("pbx.snapshot") })
        #expect(snapshot.contains(#""operator":"101","device":"user/101@default""#))
        try await bed.end()
    }

    // MARK: The dialplan

    /// What FreeSWITCH does for `socket 127.0.0.1:PORT async full`, step by step.
    ///
    /// - Returns: the commands, and the milliseconds until the connection ended.
    static func dialplan(_ port: Int, channel: String) async throws -> (commands: [String], ms: Int64) {
        let began = ContinuousClock.now
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1", port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let commands = try await connection.executeThenClose { inbound, outbound in
            var rest = "", commands: [String] = []
            for try await buffer in inbound {
                rest += String(buffer: buffer)
                while let end = rest.range(of: "\n\n") {
                    let command = String(rest[..<end.lowerBound])
                    rest.removeSubrange(..<end.upperBound)
                    commands.append(command)
                    let answer =
                        command == "connect"
                        ? channel + "\n\n"
                        : command.hasPrefix("api ")
                            ? "Content-Type: api/response\nContent-Length: 4\n\n+OK\n"
                            : "Content-Type: command/reply\nReply-Text: +OK\n\n"
                    try await outbound.write(ByteBuffer(string: answer))
                    if command == "exit" { return commands }
                }
            }
            return commands
        }
        let passed = (ContinuousClock.now - began).components
        return (commands, passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000)
    }

    static let channel = """
        Event-Name: CHANNEL_DATA
        Unique-ID: b3cf6334-a75c-4770-9971-91de3b1a46ff
        Call-Direction: inbound
        Channel-Name: sofia/external/0312345678%40127.0.0.1
        Caller-Caller-ID-Number: 0312345678
        Caller-Destination-Number: 5000
        Caller-Context: public
        Caller-Channel-Created-Time: 1795626967186086
        variable_screenpop_queue: support%40default
        Content-Type: command/reply
        Reply-Text: %2BOK
        """

    @Test func theDialplanHasItsRouteAndGoesOn() async throws {
        let daemon = Daemon { line in
            line.contains("call.offered")
                ? #"{"ok":true,"seq":1,"customer":{"id":17,"tier":"vip"},"route":{"action":"operator","#
                    + #""operator":"101","device":"user/101@default","wait":20,"fallback":{"action":"group","#
                    + #""devices":["user/103@x","user/104@x"]},"priority":10,"reason":"assigned_operator"}}"# + "\n"
                : "{\"ok\":true}\n"
        }
        let bed = try await Bed(pbx: Self.idle(), daemon: daemon)
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        let (commands, _) = try await Self.dialplan(bed.port, channel: Self.channel)
        #expect(
            commands == [
                "connect",
                "api uuid_setvar_multi b3cf6334-a75c-4770-9971-91de3b1a46ff screenpop_action=operator;"
                    + "screenpop_device=user/101@default;screenpop_devices=user/103@x,user/104@x;screenpop_wait=20;"
                    + "screenpop_priority=10;screenpop_reason=assigned_operator;screenpop_customer_id=17;"
                    + "screenpop_tier=vip",
                "resume", "exit",
            ])
        let offer = try #require(daemon.lines.first { $0.contains("call.offered") })
        #expect(offer.contains(#""from":"0312345678","to":"5000","queue":"support""#))
        // The events of the same call come later, and offer nothing a second time.
        try bed.pbx.play("answered-ended-by-agent")
        try await Self.until("the end") { bed.types.contains("call.ended") }
        #expect(bed.types.filter { $0 == "call.offered" }.count == 1)
        try await bed.end()
    }

    @Test func aSilentDaemonDelaysTheDialplanNoLongerThanTheDeadline() async throws {
        let daemon = Daemon { line in line.contains("call.offered") ? "" : "{\"ok\":true}\n" }
        let bed = try await Bed(pbx: Self.idle(), daemon: daemon, routeDeadline: 300)
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        let (commands, ms) = try await Self.dialplan(bed.port, channel: Self.channel)
        #expect(
            commands.contains {
                $0.hasSuffix(" screenpop_action=queue;screenpop_priority=0;screenpop_reason=no_answer")
            })
        #expect(commands.suffix(2) == ["resume", "exit"])
        #expect(ms >= 200 && ms < 2_000)
        try await bed.end()
    }

    // MARK: Orders

    private static func order(_ bed: Bed, _ line: String) async throws -> String {
        let id = try #require(line.firstMatch(of: /"id":"([^"]+)"/)?.1)
        try await until("the connection for orders") { bed.daemon.lines.contains { $0.contains("pbx.takes_orders") } }
        bed.daemon.write(line + "\n")
        try await until("the outcome of \(line)") {
            bed.daemon.lines.contains { $0.contains("\"type\":\"order.") && $0.contains("\"id\":\"\(id)\"") }
        }
        return bed.daemon.lines.last { $0.contains("\"id\":\"\(id)\"") } ?? ""
    }

    @Test func ordersAreGivenAndWhatFreeSwitchAnsweredComesBack() async throws {
        let pbx = try Self.idle()
        pbx.set("+OK\n", for: "callcenter_config agent set status 101@default 'On Break'")
        pbx.set("-ERR Agent not found!\n", for: "callcenter_config agent set status 102@default 'Available'")
        let bed = try await Bed(pbx: pbx)
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        let paused = try await Self.order(bed, #"{"type":"order.pause","id":"p1","operator":"101"}"#)
        #expect(paused.contains("order.done"))
        let refused = try await Self.order(bed, #"{"type":"order.login","id":"l1","operator":"102"}"#)
        #expect(refused.contains("order.refused") && refused.contains("Agent not found!"))
        let stranger = try await Self.order(bed, #"{"type":"order.pause","id":"p2","operator":"109"}"#)
        #expect(stranger.contains("order.refused") && stranger.contains("agent add"))
        let hostile = try await Self.order(
            bed, #"{"type":"order.dial","id":"d0","operator":"101","to":"0901 XML x &park()"}"#)
        #expect(hostile.contains("order.refused"))
        try await bed.end()
    }

    @Test func aDialledPhoneThatIsNotPickedUpIsTold() async throws {
        let bed = try await Bed(pbx: Self.idle())
        try await Self.until("the snapshot") { bed.types.contains("pbx.snapshot") }
        async let outcome = Self.order(
            bed, #"{"type":"order.dial","id":"d1","operator":"101","to":"03-1234-5678"}"#)
        try await Self.until("the command") { bed.pbx.commands.contains { $0.hasPrefix("bgapi originate") } }
        let command = try #require(bed.pbx.commands.last { $0.hasPrefix("bgapi originate") })
        #expect(command.contains("}user/101@default 0312345678 XML internal\n"))
        let job = try #require(command.firstMatch(of: /Job-UUID: (\S+)/)?.1)
        bed.pbx.write(
            event: Array(#"{"Event-Name":"BACKGROUND_JOB","Job-UUID":"\#(job)","_body":"-ERR NO_ANSWER\n"}"#.utf8))
        let said = try await outcome
        #expect(said.contains("order.refused") && said.contains("not picked up"))
        try await bed.end()
    }
}
