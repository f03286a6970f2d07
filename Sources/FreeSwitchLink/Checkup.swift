import BridgeLink
import EventWire
import FreeSwitchBridge
import NIOCore
import NIOPosix

/// Checks everything that the bridge needs, and reports what works and what to change.
public struct Checkup: Sendable {
    /// One thing that was checked.
    public typealias Finding = CheckupFinding

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
        for path in parts.eventsSockets { report(await CheckupLine.daemon(at: path, group)) }
        if let finding = await dialplan(group) { report(finding) }
        try? await group.shutdownGracefully()
    }

    // MARK: FreeSWITCH

    private func socket(_ group: any EventLoopGroup) async -> [Finding] {
        let address = "\(parts.esl.host):\(parts.esl.port)"
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(5)).connect(
                host: parts.esl.host, port: parts.esl.port
            ) { CheckupLine.wrapped($0) }
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
                    Finding(.wrong, "socket", "FreeSWITCH's event socket at \(address) does not say what is alive")
                ]
            }
            let good = "FreeSWITCH's event socket at \(address) took the password; \(lists.channels.count) channels"
            return [Finding(.good, "socket", good)] + agents(lists)
        } catch {
            let said = SwitchLink.sentence(error)
            return [
                Finding(.wrong, "socket", "FreeSWITCH's event socket at \(address): \(said)")
            ]
        }
    }

    private func agents(_ lists: SwitchLists) -> [Finding] {
        guard lists.hasQueues else {
            return [
                Finding(.unknown, "agents", "There is no mod_callcenter: calls are followed, and there are no agents")
            ]
        }
        let names = lists.agents.compactMap { $0["name"] }
        let tiers = Set(lists.tiers.compactMap { $0["agent"] })
        var found = [
            Finding(
                names.isEmpty ? .wrong : .good, "agents",
                "mod_callcenter has \(names.count) agents in \(lists.queues.count) queues: "
                        + "\(names.prefix(20).joined(separator: ", "))")
        ]
        for name in names.prefix(200) where !tiers.contains(name) {
            found.append(
                Finding(
                    .wrong, "agents",
                    "The agent \(name) has no tier, so no queue offers it a call: callcenter_config tier add"))
        }
        let ids = Dictionary(grouping: names) { name in String(name.prefix { $0 != "@" }) }
        for (id, same) in ids.sorted(by: { $0.key < $1.key }) where same.count > 1 {
            found.append(
                Finding(
                    .wrong, "agents",
                    "The agents \(same.sorted().joined(separator: " and ")) are one operator \(id): an operator "
                        + "is named by what is before the @"))
        }
        return found
    }

    // MARK: The others

    private func dialplan(_ group: any EventLoopGroup) async -> Finding? {
        guard let route = parts.route else { return nil }
        let address = "\(route.host):\(route.port)"
        do {
            // The bridge asks for the channel, and is told of none.
            let reply = try await CheckupLine.ask(.tcp(host: route.host, port: route.port), "", group)
            if reply.hasPrefix("connect") {
                return Finding(.good, "route", "The bridge answers the dialplan at \(address)")
            }
            return Finding(
                .wrong, "route",
                "Something else than the bridge listens at \(address); write another address into route")
        } catch {
            return Finding(
                .unknown, "route",
                "Nobody answers the dialplan at \(address) now; the bridge does when it runs")
        }
    }
}
