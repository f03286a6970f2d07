import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import FreeSwitchBridge

/// An event socket as FreeSWITCH's: asks for the password, answers commands with recorded lists, and tells events.
final class Switch: Sendable {
    private struct State: Sendable {
        var commands: [String] = []
        var connections: [any Channel] = []
        var opened = 0
        /// Answers of `api` commands, by the command.
        var answers: [String: String] = [:]
    }
    private let state = Mutex(State())

    /// The replies of a `NAME.replies.json` at one of its moments, for `api` commands.
    init(answers: [String: String] = [:]) { state.withLock { $0.answers = answers } }

    static func replies(_ name: String, at moment: String) throws -> [String: String] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(Floor.folder)/\(name).replies.json"))
        let all = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
        return (all?[moment] ?? [:]).compactMapValues { $0 as? String }
    }

    func listen() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Commands(self)) }
            }.bind(host: "127.0.0.1", port: 0).get()
    }

    var commands: [String] { state.withLock { $0.commands } }
    var opened: Int { state.withLock { $0.opened } }
    func set(_ answer: String, for command: String) { state.withLock { $0.answers[command] = answer } }

    /// Tells an event to all who are subscribed.
    func write(event json: [UInt8]) {
        let frame = Array("Content-Length: \(json.count)\nContent-Type: text/event-json\n\n".utf8) + json
        for one in state.withLock({ $0.connections }) { one.writeAndFlush(ByteBuffer(bytes: frame), promise: nil) }
    }

    /// Tells a recording's events, as fast as they are taken.
    func play(_ name: String, _ lines: Range<Int>? = nil) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(Floor.folder)/\(name).jsonl"))
        let all = Array(data).split(separator: 10).map(Array.init)
        for line in lines.map({ Array(all[$0]) }) ?? all { write(event: line) }
    }

    func hangUp() {
        for one in state.withLock({ $0.connections }) { one.close(promise: nil) }
        state.withLock { $0.connections = [] }
    }

    private func answer(_ command: String) -> String {
        state.withLock { $0.commands.append(command) }
        func reply(_ text: String) -> String { "Content-Type: command/reply\nReply-Text: \(text)\n\n" }
        if command.hasPrefix("auth ") {
            return reply(command == "auth ClueCon" ? "+OK accepted" : "-ERR invalid")
        }
        if command.hasPrefix("event json") { return reply("+OK event listener enabled json") }
        if command.hasPrefix("bgapi") { return reply("+OK Job-UUID: it") }
        guard command.hasPrefix("api ") else { return reply("-ERR command not found") }
        let asked = String(command.dropFirst(4))
        let body = state.withLock { $0.answers[asked] } ?? (asked == "status" ? "UP" : "-ERR no reply\n")
        return "Content-Type: api/response\nContent-Length: \(body.utf8.count)\n\n\(body)"
    }

    private final class Commands: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let owner: Switch
        private var rest = ""

        init(_ owner: Switch) { self.owner = owner }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            owner.state.withLock {
                $0.connections.append(channel)
                $0.opened += 1
            }
            channel.writeAndFlush(ByteBuffer(string: "Content-Type: auth/request\n\n"), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            rest += String(buffer: unwrapInboundIn(data))
            while let end = rest.range(of: "\n\n") {
                let command = String(rest[..<end.lowerBound])
                rest.removeSubrange(..<end.upperBound)
                context.channel.writeAndFlush(ByteBuffer(string: owner.answer(command)), promise: nil)
            }
        }
    }
}

/// screenpopd's socket: answers each line by a script, and keeps it.
final class Daemon: Sendable {
    private struct State: Sendable {
        var lines: [String] = []
        var connections: [any Channel] = []
    }
    private let state = Mutex(State())
    private let answer: @Sendable (String) -> String

    init(_ answer: @escaping @Sendable (String) -> String = { _ in "{\"ok\":true}\n" }) { self.answer = answer }

    func listen(_ path: String) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).childChannelInitializer { child in
            child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Lines(self)) }
        }.bind(unixDomainSocketPath: path).get()
    }

    var lines: [String] { state.withLock { $0.lines } }
    /// Written to the connections that take orders, and to the others as well, which leave it aside.
    func write(_ text: String) {
        for one in state.withLock({ $0.connections }) { one.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    }

    private final class Lines: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let owner: Daemon
        private var rest = ""

        init(_ owner: Daemon) { self.owner = owner }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            rest += String(buffer: unwrapInboundIn(data))
            while let end = rest.firstIndex(of: "\n") {
                let line = String(rest[..<end])
                rest.removeSubrange(...end)
                let channel = context.channel
                owner.state.withLock {
                    $0.lines.append(line)
                    if line.contains("pbx.takes_orders") { $0.connections.append(channel) }
                }
                let answer = owner.answer(line)
                if !answer.isEmpty { channel.writeAndFlush(ByteBuffer(string: answer), promise: nil) }
            }
        }
    }
}
