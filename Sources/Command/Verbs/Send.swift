import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// `screenpop send`: pushes events, as a PBX would.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Push events over the event socket, as a PBX does.",
        discussion: """
            Each argument is one event as JSON; without arguments, or with -, they are read from standard input, one a line. Every reply is
            printed; attributes that the daemon does not know are named on standard error. docs/integrator.md describes the events.

              screenpop send '{"type":"call.offered","call":"a1","from":"09012345678","to":"0300000000","queue":"support"}'
              screenpop send --type call.ringing --call a1 --operator 101 --device PJSIP/101
              screenpop send --type call.dialed --call a2 --operator 101 --to 09012345678
              screenpop send --type call.identified --call a1 --external-id C-1
              screenpop send --type call.parked --call a1 --operator 101 --slot 701
              screenpop send < events.ndjson

            Types: call.offered, call.dialed, call.identified, call.queued, call.ringing, call.unanswered, call.answered, call.parked,
            call.retrieved, call.held, call.resumed, call.transferred, call.dequeued, call.ended, operator.login, operator.logout,
            operator.paused, operator.resumed, operator.ready, operator.busy, operator.free, pbx.snapshot, pbx.disconnected,
            pbx.connected, touchpoint.recorded, ping.

            The exit status is 1 when an event was refused.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .customLong("events-socket"), help: ArgumentHelp("(env: SCREENPOP_EVENTS_SOCKET; default: /run/screenpop/events.sock)", valueName: "path"))
    var eventsSocket: String?
    @OptionGroup(title: "One event from options") var event: EventOptions
    @Argument(help: ArgumentHelp("Events as JSON.", valueName: "event")) var events: [String] = []

    func validate() throws {
        if event.type == nil, !event.isEmpty { throw ValidationError("Say which event it is: --type call.ringing.") }
        if event.type != nil, !events.isEmpty { throw ValidationError("--type builds one event: leave the events as JSON out.") }
    }

    func run() async throws {
        try await global.run {
            let path = eventsSocket ?? ProcessInfo.processInfo.environment["SCREENPOP_EVENTS_SOCKET"] ?? "/run/screenpop/events.sock"
            let language = global.speech
            let refused = try await EventPipe(path: path).send(try lines()) { reply in
                say(safe(reply))
                if let warning = Send.warning(reply, language) { complain("screenpop: \(warning)") }
            }
            if refused > 0 { throw ExitCode(Exit.refused) }
        }
    }

    private struct Reply: Decodable { var ignored: [String]? }

    /// What of an event was not understood; nil when all of it was.
    static func warning(_ reply: String, _ language: Language) -> String? {
        guard reply.contains(#""ignored""#), let told: Reply = try? APIClient.decode(Data(reply.utf8)),
            let ignored = told.ignored, !ignored.isEmpty
        else { return nil }
        let names = ignored.map(safe).joined(separator: ", ")
        return language.say(
            "知らない属性は無視されました（綴りを確かめてください）: \(names)", "the daemon does not know, and ignored: \(names). Is it spelt right?")
    }

    private func lines() throws -> any Sequence<String> {
        if let line = try event.line() { return [line] }
        if !events.isEmpty, events != ["-"] { return events.map { $0.replacing("\n", with: " ") } }
        return sequence(state: ()) { _ in readLine() }
    }
}

/// The attributes of an event as options.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The event's type.", valueName: "call.ringing")) var type: String?
    @Option(help: "The PBX's id of the call.") var call: String?
    @Option(help: "The caller's number.") var from: String?
    @Option(help: "The line called; of call.dialed the number dialed; of a transfer where it went.") var to: String?
    @Option(help: "The queue.") var queue: String?
    @Option(name: .customLong("operator"), help: "The operator.") var operatorID: String?
    @Option(help: ArgumentHelp("What the PBX dials: of a ring which phone, of a login which one it is.", valueName: "PJSIP/101"))
    var device: String?
    @Option(help: "The parking place.") var slot: String?
    @Option(help: "Of call.identified, touchpoint.recorded: our id of the customer.") var customer: Int?
    @Option(name: .customLong("external-id"), help: "Of call.identified: the customer's id in your CRM.") var externalID: String?
    @Option(help: "The customer's account on a channel.") var account: String?
    @Option(help: "The customer's e-mail address.") var email: String?
    @Option(help: "The caller's name as the PBX has it; of a login the operator's.") var name: String?
    @Option(help: "allowed, restricted or unavailable.") var presentation: String?
    @Option(help: "The place in the queue.") var position: Int?
    @Option(help: "The priority in the queue.") var priority: Int?
    @Option(help: "Of a transfer: blind or attended.") var kind: String?
    @Option(help: "Who ended the call: caller, operator or system.") var by: String?
    @Option(help: "Why the call ended, in the PBX's words.") var cause: String?
    @Option(help: "A reason: of a pause, of a ring without answer, of leaving a queue, of a busy phone.") var reason: String?
    @Option(name: .customLong("queues"), help: ArgumentHelp("Of a login: its queues, with commas.", valueName: "support,sales"))
    var queues: String?
    @Option(help: "Of touchpoint.recorded: phone, email, line, sms, web, visit, fax …") var channel: String?
    @Option(help: "Of touchpoint.recorded: what it was about.") var summary: String?
    @Option(help: "Of touchpoint.recorded: inbound or outbound.") var direction: String?
    @Option(help: ArgumentHelp("Of touchpoint.recorded: how long it took.", valueName: "ms")) var duration: Int?
    @Option(help: ArgumentHelp("When it happened. (default: when it is read)", valueName: "RFC 3339")) var time: String?
    @Option(help: "The event's own id; sending it again changes nothing.") var id: String?
    @Option(help: "Which PBX.") var source: String?

    private enum Value: Encodable {
        case text(String)
        case number(Int)
        case list([String])

        func encode(to encoder: any Encoder) throws {
            var out = encoder.singleValueContainer()
            switch self {
            case .text(let text): try out.encode(text)
            case .number(let number): try out.encode(number)
            case .list(let list): try out.encode(list)
            }
        }
    }

    private var fields: [String: Value] {
        var fields: [String: Value] = [:]
        for (name, value) in [
            ("type", type), ("call", call), ("from", from), ("to", to), ("queue", queue), ("operator", operatorID), ("device", device),
            ("slot", slot), ("external_id", externalID), ("account", account), ("email", email), ("name", name),
            ("presentation", presentation), ("kind", kind), ("by", by), ("cause", cause), ("reason", reason), ("channel", channel),
            ("summary", summary), ("direction", direction), ("time", time), ("id", id), ("source", source),
        ] { if let value { fields[name] = .text(value) } }
        for (name, value) in [("customer", customer), ("position", position), ("priority", priority), ("duration", duration)] {
            if let value { fields[name] = .number(value) }
        }
        if let queues { fields["queues"] = .list(queues.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }) }
        return fields
    }

    var isEmpty: Bool { fields.isEmpty }

    /// The event as a line of JSON; nil when no type was given.
    func line() throws -> String? {
        guard type != nil else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }
}

/// The client's end of the event socket: pipelined, every reply read.
struct EventPipe {
    /// Events on the way without a reply.
    static let windowMax = 256

    let path: String

    /// - Returns: how many were refused.
    func send(_ lines: any Sequence<String>, reply: @Sendable (String) -> Void) async throws -> Int {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
            }
        } catch {
            throw ClientError.unreachable(address: path, reason: (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)")
        }
        return try await channel.executeThenClose { inbound, outbound in
            var refused = 0, owed = 0
            var rest = ByteBuffer()
            var replies = inbound.makeAsyncIterator()
            func read() async throws {
                guard var piece = try await replies.next() else { throw ClientError.cutOff(address: path) }
                rest.writeBuffer(&piece)
                while let length = rest.readableBytesView.firstIndex(of: 10).map({ $0 - rest.readerIndex }), let line = rest.readString(length: length) {
                    rest.moveReaderIndex(forwardBy: 1)
                    owed -= 1
                    if line.hasPrefix(#"{"ok":false"#) { refused += 1 }
                    reply(line)
                }
            }
            for line in lines where !line.allSatisfy(\.isWhitespace) {
                try await outbound.write(ByteBuffer(string: line + "\n"))
                owed += 1
                while owed >= EventPipe.windowMax { try await read() }
            }
            while owed > 0 { try await read() }
            return refused
        }
    }
}
