import CallCenter
import EventWire
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Engine
@testable import Ingest

/// What a connection hands to the engine, and whether the engine has room for it.
final class ScriptedEngine: Sendable {
    private let state = Mutex((batches: [EventBatch](), hasRoom: true, attempts: 0))

    var batches: [EventBatch] { state.withLock { $0.batches } }
    /// How often a batch was offered, taken or not.
    var attempts: Int { state.withLock { $0.attempts } }
    /// The lines of all batches, as they came.
    var lines: [String] {
        batches.flatMap { batch in
            batch.items.map { item in
                switch item {
                case .event(_, _, let line, _): String(decoding: batch.bytes[line], as: UTF8.self)
                case .refused(let error): "refused: \(error.code.rawValue)"
                case .change, .erase: "a change of records"
                }
            }
        }
    }

    func setRoom(_ hasRoom: Bool) { state.withLock { $0.hasRoom = hasRoom } }
    func submit(_ batch: EventBatch) -> Bool {
        state.withLock { state in
            state.attempts += 1
            if state.hasRoom { state.batches.append(batch) }
            return state.hasRoom
        }
    }
    /// Answers the batch with this number: a line for each of its events, `ok` and a number each.
    func answer(_ number: Int) {
        let batch = batches[number]
        var out = batch.noReplies
        for index in batch.items.indices { out.ok(seq: Int64(number * 1_000 + index)) }
        batch.reply(out)
    }
}

/// Counts how often the socket is read from: a client that is to wait is not read from.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

/// One client of the event socket, in memory.
struct Client {
    static let owner: UInt32 = 1_000

    let engine = ScriptedEngine()
    let orders: PBXOrders
    let connections: ConnectionCount
    let reads = ReadCounter()
    let channel: EmbeddedChannel

    init(
        user: UInt32 = owner, group: UInt32 = 100, rules: PeerRules = PeerRules(ownUser: owner),
        orders: PBXOrders = PBXOrders(), connections: ConnectionCount = ConnectionCount()
    ) throws {
        self.orders = orders
        self.connections = connections
        var parts = EventSocket.Parts(
            submit: engine.submit, rules: { rules }, connections: connections, orders: orders,
            clock: { Timestamp(ms: 1_795_392_000_000) }, lookup: { _ in nil }, rest: {})
        parts.peer = { _ in Peer(user: user, group: group) }
        channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([reads, EventConnection(parts)])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/events.sock"), promise: nil)
    }

    /// One read of the socket brings this.
    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
    }

    /// The client closes its writing side.
    func closeInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
    }

    func answer(_ number: Int) {
        engine.answer(number)
        channel.embeddedEventLoop.run()
    }

    /// What was written since the last look.
    func received() throws -> String {
        channel.embeddedEventLoop.run()
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    var isOpen: Bool { channel.isActive }
}

func ended(_ call: String) -> String { #"{"type":"call.ended","call":"\#(call)"}"# }
