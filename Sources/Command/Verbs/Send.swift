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
            printed. docs/integrator.md describes the events.

              screenpop send '{"type":"call.offered","call":"a1","from":"09012345678","to":"0300000000","queue":"support"}'
              screenpop send --type call.ringing --call a1 --operator 101
              screenpop send < events.ndjson

            The exit status is 1 when an event was refused.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .customLong("events-socket"), help: ArgumentHelp("(env: SCREENPOP_EVENTS_SOCKET; default: /run/screenpop/events.sock)", valueName: "path"))
    var eventsSocket: String?
    @Option(help: ArgumentHelp("Build one event from options: its type.", valueName: "call.ringing"))
    var type: String?
    @Option(help: "The PBX's id of the call.") var call: String?
    @Option(help: "The caller's number.") var from: String?
    @Option(help: "The line called.") var to: String?
    @Option(help: "The queue.") var queue: String?
    @Option(name: .customLong("operator"), help: "The operator.") var operatorID: String?
    @Option(help: "Who ended the call: caller, operator or system.") var by: String?
    @Option(help: "A reason: of a pause, of a ring without answer, of leaving a queue.") var reason: String?
    @Option(help: "The event's own id; sending it again changes nothing.") var id: String?
    @Option(help: "Which PBX.") var source: String?
    @Argument(help: ArgumentHelp("Events as JSON.", valueName: "event")) var events: [String] = []

    func run() async throws {
        try await global.run {
            let path = eventsSocket ?? ProcessInfo.processInfo.environment["SCREENPOP_EVENTS_SOCKET"] ?? "/run/screenpop/events.sock"
            let refused = try await EventPipe(path: path).send(try lines()) { say($0) }
            if refused > 0 { throw ExitCode(Exit.refused) }
        }
    }

    private func lines() throws -> any Sequence<String> {
        if let type {
            var fields: [String: String] = ["type": type]
            for (name, value) in [
                ("call", call), ("from", from), ("to", to), ("queue", queue), ("operator", operatorID), ("by", by), ("reason", reason), ("id", id),
                ("source", source),
            ] { if let value { fields[name] = value } }
            return [String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)]
        }
        if !events.isEmpty, events != ["-"] { return events.map { $0.replacing("\n", with: " ") } }
        return sequence(state: ()) { _ in readLine() }
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
                    reply(safe(line))
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
