import BridgeLink
import EventWire
import FreeSwitchBridge
import NIOCore
import NIOPosix

/// Checks everything that the bridge needs, and reports what works and what to change.
public struct Checkup: Sendable {
    /// One thing that was checked.
    public struct Finding: Equatable, Sendable {
        /// `unknown`: it is not there now, which may be meant.
        public enum Verdict: String, Sendable { case good, wrong, unknown }
        /// Whether it is as the bridge needs it.
        public let verdict: Verdict
        /// A stable word for programs: `socket`, `agents`.
        public let subject: String
        /// For the administrator: what was found, and what to change where it is wrong.
        public let text: String
    }

    private let parts: BridgeParts
    private let password: String
    private let legRules: LegRules

    /// The password is that of the event socket; nothing is connected yet.
    public init(_ parts: BridgeParts, password: String, legRules: LegRules) {
        self.parts = parts
        self.password = password
        self.legRules = legRules
    }

    /// Checks the event socket, screenpopd and the dialplan one after the other, each finding reported when it is
    /// known.
    public func run(report: (Finding) -> Void) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        for finding in await socket(group) { report(finding) }
        report(await events(group))
        if let finding = await dialplan(group) { report(finding) }
        try? await group.shutdownGracefully()
    }

    // MARK: FreeSWITCH

    private func socket(_ group: any EventLoopGroup) async -> [Finding] {
        let address = "\(parts.esl.host):\(parts.esl.port)"
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(5)).connect(
                host: parts.esl.host, port: parts.esl.port
            ) { Checkup.wrapped($0) }
            // The deadline of the whole check: mod_callcenter is asked for several times.
            let end = channel.channel.eventLoop.scheduleTask(in: .seconds(15)) { channel.channel.close(promise: nil) }
            defer { end.cancel() }
            let lists = try await channel.executeThenClose { inbound, outbound in
                var frames = SwitchFrames(), nowMs: Int64 = 0
                var session = SwitchSession(password: password, nowMs: 0)
                var input = inbound.makeAsyncIterator()
                while let buffer = try await input.next() {
                    var steps: [SwitchSession.Step] = []
                    for frame in try frames.feed(buffer.readableBytesView) {
                        steps += session.handle(frame, nowMs: nowMs)
                    }
                    while true {
                        for step in steps {
                            switch step {
                            case .send(let text): try await outbound.write(ByteBuffer(string: text))
                            case .alive(let lists): return Optional(lists)
                            case .failed(let failure): throw failure
                            case .loggedIn, .polled, .event, .answer: break
                            }
                        }
                        // Asks again at once for what was not there.
                        nowMs += 1_000
                        steps = session.tick(nowMs: nowMs)
                        if steps.isEmpty { break }
                        try await Task.sleep(for: .milliseconds(200))
                    }
                }
                return nil
            }
            guard let lists else {
                return [
                    Finding(
                        verdict: .wrong, subject: "socket",
                        text: "FreeSWITCH's event socket at \(address) does not say what is alive")
                ]
            }
            let good = "FreeSWITCH's event socket at \(address) took the password; \(lists.channels.count) channels"
            return [Finding(verdict: .good, subject: "socket", text: good)] + agents(lists)
        } catch {
            let said = SwitchLink.sentence(error)
            return [
                Finding(
                    verdict: .wrong, subject: "socket", text: "FreeSWITCH's event socket at \(address): \(said)")
            ]
        }
    }

    private func agents(_ lists: SwitchLists) -> [Finding] {
        guard lists.hasQueues else {
            return [
                Finding(
                    verdict: .unknown, subject: "agents",
                    text: "There is no mod_callcenter: calls are followed, and there are no agents")
            ]
        }
        let names = lists.agents.compactMap { $0["name"] }
        let tiers = Set(lists.tiers.compactMap { $0["agent"] })
        var found = [
            Finding(
                verdict: names.isEmpty ? .wrong : .good, subject: "agents",
                text:
                    "mod_callcenter has \(names.count) agents in \(lists.queues.count) queues: "
                        + "\(names.prefix(20).joined(separator: ", "))")
        ]
        for name in names.prefix(200) where !tiers.contains(name) {
            found.append(
                Finding(
                    verdict: .wrong, subject: "agents",
                    text: "The agent \(name) has no tier, so no queue offers it a call: callcenter_config tier add"))
        }
        let ids = Dictionary(grouping: names) { name in String(name.prefix { $0 != "@" }) }
        for (id, same) in ids.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            found.append(
                Finding(
                    verdict: .wrong, subject: "agents",
                    text: "The agents \(same.sorted().joined(separator: " and ")) are one operator \(id): an operator "
                        + "is named by what is before the @"))
        }
        return found
    }

    // MARK: The others

    private func events(_ group: any EventLoopGroup) async -> Finding {
        do {
            let reply = try await ask(group, "{\"type\":\"ping\"}\n") {
                try await $0.connect(unixDomainSocketPath: parts.eventsSocket) { Checkup.wrapped($0) }
            }
            if ReplyLine.read(reply) == .taken {
                return Finding(
                    verdict: .good, subject: "screenpopd", text: "screenpopd takes events at \(parts.eventsSocket)")
            }
            return Finding(
                verdict: .wrong, subject: "screenpopd",
                text: "screenpopd at \(parts.eventsSocket) says: \(reply.prefix(200))")
        } catch {
            return Finding(
                verdict: .wrong, subject: "screenpopd",
                text:
                    "screenpopd does not answer at \(parts.eventsSocket) (\(error)); is it running, and is this user "
                        + "in the group screenpop-events?")
        }
    }

    private func dialplan(_ group: any EventLoopGroup) async -> Finding? {
        guard let route = parts.route else { return nil }
        let address = "\(route.host):\(route.port)"
        do {
            // The bridge asks for the channel, and is told of none.
            let reply = try await ask(group, "") {
                try await $0.connect(host: route.host, port: route.port) { Checkup.wrapped($0) }
            }
            if reply.hasPrefix("connect") {
                return Finding(verdict: .good, subject: "route", text: "The bridge answers the dialplan at \(address)")
            }
            return Finding(
                verdict: .wrong, subject: "route",
                text: "Something else than the bridge listens at \(address); write another address into route")
        } catch {
            return Finding(
                verdict: .unknown, subject: "route",
                text: "Nobody answers the dialplan at \(address) now; the bridge does when it runs")
        }
    }

    private static func wrapped(_ channel: any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> {
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
    }

    /// The first line that answers `text`; empty when the other side closes, or says nothing for 3 s.
    private func ask(
        _ group: any EventLoopGroup, _ text: String,
        connect: (ClientBootstrap) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws -> String {
        let channel = try await connect(ClientBootstrap(group: group).connectTimeout(.seconds(3)))
        let end = channel.channel.eventLoop.scheduleTask(in: .seconds(3)) { channel.channel.close(promise: nil) }
        defer { end.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var said = ""
            for try await buffer in inbound {
                said += String(buffer: buffer)
                if let line = said.firstIndex(of: "\n") { return String(said[..<line]) }
            }
            return said
        }
    }
}
