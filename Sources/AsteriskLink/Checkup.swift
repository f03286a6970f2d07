import AMI
import AsteriskBridge
import BridgeLink
import CallCenter
import EventWire
import Glibc
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// Checks everything that the bridge needs, and reports what works and what to change.
public struct Checkup: Sendable {
    /// One thing that was checked.
    public typealias Finding = CheckupFinding

    private let parts: BridgeParts
    private let user: String
    private let secret: String
    private let endpointRules: EndpointRules

    /// The name and the secret are those of the manager's user; nothing is connected yet.
    public init(_ parts: BridgeParts, user: String, secret: String, endpointRules: EndpointRules) {
        self.parts = parts
        self.user = user
        self.secret = secret
        self.endpointRules = endpointRules
    }

    /// What was received from the manager.
    private struct Seen {
        var banner: String?
        var lists: AMILists?
        var booted: AMIFrame?
        var events: [AMIFrame] = []
        /// The manager's clock minus ours. Milliseconds.
        var offset: Int64?
        /// The commands that its user may send.
        var commands: Set<String> = []
        var failure: String?
    }

    /// - Parameter seconds: how long to wait for events that only a call causes.
    public func run(seconds: Int, report: (Finding) -> Void) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let seen = await manager(group, seconds: seconds)
        for finding in findings(seen) { report(finding) }
        for path in parts.eventsSockets { report(await CheckupLine.daemon(at: path, group)) }
        if let finding = await gateway(group) { report(finding) }
        try? await group.shutdownGracefully()
    }

    // MARK: The manager

    private func manager(_ group: any EventLoopGroup, seconds: Int) async -> Seen {
        var seen = Seen()
        do {
            let tls = try parts.tlsContext()
            let channel = try await ManagerLink.connect(
                host: parts.ami.host, port: parts.ami.port, tls: tls, group: group)
            // The deadline of the whole check.
            let end = channel.channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds) + 15)) {
                channel.channel.close(promise: nil)
            }
            defer { end.cancel() }
            seen = try await channel.executeThenClose { inbound, outbound in
                var seen = Seen(), parser = AMIParser(), asked: Timestamp?
                var session = AMISession(user: user, nowMs: 0, key: LiveBridge.key(of: secret))
                for try await buffer in inbound {
                    var found: [AMIParser.Part] = []
                    buffer.withUnsafeReadableBytes { parser.feed($0) { part, _ in found.append(part) } }
                    for step in found.flatMap({ session.handle($0, nowMs: 0) }) {
                        switch step {
                        case .send(let action): try await outbound.write(ByteBuffer(bytes: action.bytes))
                        case .loggedIn(let banner): seen.banner = banner
                        case .alive(let lists):
                            seen.lists = lists
                            asked = BridgeClock.now()
                            try await outbound.write(
                                ByteBuffer(
                                    bytes: AMIAction("ListCommands", id: "check-commands").bytes
                                        + AMIAction("Ping", id: "check-ping").bytes))
                        case .event(let frame, _):
                            if frame.event == "FullyBooted" { seen.booted = frame }
                            if seen.events.count < 10_000 { seen.events.append(frame) }
                        case .response(let frame):
                            if frame["ActionID"] == "check-commands" { seen.commands = Set(frame.headers.map(\.name)) }
                            guard frame["ActionID"] == "check-ping", let asked else { continue }
                            let now = BridgeClock.now()
                            seen.offset = frame.timestampUs.map { $0 / 1_000 - (asked.ms + now.ms) / 2 }
                            // Responses have arrived by now; a call may still come.
                            channel.channel.eventLoop.scheduleTask(in: .milliseconds(500 + Int64(seconds) * 1_000)) {
                                channel.channel.close(promise: nil)
                            }
                        case .failed(let failure):
                            seen.failure = ManagerLink.sentence(failure)
                            return seen
                        }
                    }
                }
                return seen
            }
            if seen.failure == nil, seen.lists == nil {
                seen.failure =
                    seen.banner == nil
                    ? "it does not answer as a manager; look at ami" : "its lists did not come in time"
            }
        } catch { seen.failure = "\(error)" }
        return seen
    }

    private func findings(_ seen: Seen) -> [Finding] {
        let address = "\(parts.ami.host):\(parts.ami.port)"
        if let failure = seen.failure {
            return [Finding(.wrong, "manager", "Asterisk's manager at \(address): \(failure)")]
        }
        var found = [
            Finding(.good, "manager", "The manager at \(address) took the login of \(user) (\(seen.banner ?? ""))")
        ]
        guard let lists = seen.lists else { return found }
        func add(_ verdict: Finding.Verdict, _ subject: String, _ text: String) {
            found.append(Finding(verdict, subject, text))
        }
        if lists.channelsAreSeen {
            add(
                .good, "rights",
                "It may see channels: \(lists.channels.count) there are, \(lists.entries.count) callers wait")
        } else {
            add(
                .wrong, "rights",
                "It may not see channels, so calls under way are not found after a gap; in manager.conf: write = "
                    + "call,agent"
            )
        }
        // The list has what the user may ask for, and nothing else.
        let lacks = ["QueuePause", "QueueAdd", "QueueRemove"].filter { !seen.commands.contains($0) }
        if lacks.isEmpty {
            let dialling =
                seen.commands.contains("Originate")
                ? ", and dial for them" : "; for dialling, in manager.conf: write = call,agent,originate"
            add(.good, "orders", "It may pause operators and log them in and out" + dialling)
        } else {
            add(
                .wrong, "orders",
                "It may not do \(lacks.joined(separator: ", ")), so a pause at the desk does not reach the queues; in "
                    + "manager.conf: write = call,agent"
            )
        }
        switch seen.booted {
        case nil:
            add(
                .wrong, "system",
                "Its events lack the class system, by which a restart of the PBX is known; in manager.conf: read = "
                    + "call,agent,user,system"
            )
        default: timestamps(seen, add)
        }
        if let offset = seen.offset {
            let text = "The PBX's clock is \(abs(offset)) ms \(offset < 0 ? "behind" : "ahead of") ours"
            add(
                abs(offset) < 500 ? .good : .wrong, "clock",
                abs(offset) < 500 ? text : text + "; let both follow the same time server")
        }
        calls(seen, add)
        members(lists, add)
        endpoints(seen, lists, add)
        return found
    }

    /// The greeting (FullyBooted) has no timestamp whatever is configured, so other events tell.
    private func timestamps(_ seen: Seen, _ add: (Finding.Verdict, String, String) -> Void) {
        let events = seen.events.filter { $0.event != "FullyBooted" }
        if events.contains(where: { $0.timestampUs != nil }) {
            return add(.good, "timestamps", "Events have timestamps")
        }
        if events.isEmpty {
            return add(
                .unknown, "timestamps",
                "Whether events have timestamps shows with the first of them; wait for one with 'check --seconds 30'")
        }
        add(
            .wrong, "timestamps",
            "Events have no timestamps, so times are those of their arrival; in manager.conf: timestampevents = yes")
    }

    /// Findings that need a call.
    private func calls(_ seen: Seen, _ add: (Finding.Verdict, String, String) -> Void) {
        let calls = seen.events.filter { $0["CallerIDNum"] != nil }
        guard let first = calls.first else {
            return add(
                .unknown, "presentation",
                "Withheld numbers and cleaned numbers show in calls alone; call in while 'check --seconds 30' looks")
        }
        if calls.contains(where: { $0.variable("CALLERID(pres)") != nil }) {
            add(.good, "presentation", "Events say whether a number is withheld")
        } else {
            add(
                .wrong, "presentation",
                "Events do not say whether a number is withheld, so one would be shown; in manager.conf: channelvars = "
                    + "CALLERID(pres),CTI_DID"
            )
        }
        let raw = calls.compactMap { $0["CallerIDNum"] }.filter {
            $0 != "<unknown>" && !$0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+") }
        }
        if raw.isEmpty {
            add(
                .good, "numbers",
                "Callers' numbers have nothing in them but digits and letters (\(calls.count) events, the first on "
                    + "\(first["Context"] ?? "?"))"
            )
        } else {
            add(
                .wrong, "numbers",
                "A caller's number has other characters than digits; clean it in the first step of the dialplan, with "
                    + "FILTER (docs/asterisk.md)"
            )
        }
    }

    private func members(_ lists: AMILists, _ add: (Finding.Verdict, String, String) -> Void) {
        let ids = Set(lists.members.compactMap(Member.operatorID)).sorted()
        if ids.isEmpty {
            return add(.unknown, "operators", "No queue has a member now; operators appear as they log in")
        }
        add(.good, "operators", "Members of queues are these operators: \(Checkup.some(ids))")
        // FreePBX, Issabel and plain Asterisk number their agents.
        let odd = ids.filter { !$0.allSatisfy(\.isNumber) }
        if !odd.isEmpty {
            add(
                .unknown, "operators",
                "Are these operators' numbers? \(Checkup.some(odd)): members of the form Local/… need a state "
                    + "interface that names one, such as PJSIP/101 or hint:101@ext-local"
            )
        }
    }

    /// The classification of each endpoint, with the reason.
    private func endpoints(_ seen: Seen, _ lists: AMILists, _ add: (Finding.Verdict, String, String) -> Void) {
        var survey = EndpointSurvey(endpointRules: endpointRules)
        survey.add(lists)
        for event in seen.events { survey.add(event) }
        guard !survey.found.isEmpty else {
            return add(
                .unknown, "endpoints",
                "Which endpoints are operators' phones and which are trunks shows in calls alone; call in and out "
                    + "while 'check --seconds 30' looks"
            )
        }
        func sentence(_ device: String, _ verdict: EndpointRules.Verdict) -> String {
            let why =
                switch verdict.reason {
                case .configured: "it is named in the configuration"
                case .member: "it is a member of a queue"
                case .context: "its context is \(survey.contexts[device] ?? "?")"
                case .dialled: "a number is dialled through it"
                case .name: "by its name alone"
                }
            if case .phone(let id) = verdict.whose { return "\(device) is operator \(id)'s phone, as \(why)" }
            return "\(device) leads outside, as \(why)"
        }
        let certain = survey.found.filter { $0.value.reason != .name }.sorted { $0.key < $1.key }.map {
            sentence($0.key, $0.value)
        }
        let guessed = survey.found.filter { $0.value.reason == .name }.sorted { $0.key < $1.key }.map {
            sentence($0.key, $0.value)
        }
        for text in certain.prefix(40) { add(.good, "endpoints", text) }
        for text in guessed.prefix(40) {
            add(
                .unknown, "endpoints",
                text
                    + "; if that is wrong, name it in trunks or phones, or its context in inbound_contexts or "
                    + "operator_contexts"
            )
        }
    }

    private static func some(_ names: [String]) -> String {
        "\(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? " and \(names.count - 20) more" : "")"
    }

    // MARK: The others

    private func gateway(_ group: any EventLoopGroup) async -> Finding? {
        guard let agi = parts.agi else { return nil }
        let address = "\(agi.host):\(agi.port)"
        do {
            // An invalid request: the bridge answers with an action all the same.
            let reply = try await CheckupLine.ask(.tcp(host: agi.host, port: agi.port), "agi_nothing: here\n\n", group)
            if reply.contains("SCREENPOP_") {
                return Finding(.good, "agi", "The bridge answers the dialplan at \(address)")
            }
            return Finding(
                .wrong, "agi",
                "Something else than the bridge listens at \(address); write another address into agi")
        } catch {
            return Finding(
                .unknown, "agi",
                "Nobody answers the dialplan at \(address) now; the bridge does when it runs")
        }
    }
}
