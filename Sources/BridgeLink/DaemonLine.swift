import BridgeCore
import EventWire
import Logging
import NIOCore

/// A bridge's way to screenpopd: events go into the spool as lines, from there over the connection, and are removed
/// when they are acknowledged. Reading from a PBX never waits for screenpopd, as the spool is between them.
///
/// Part of the state of one actor, whose executor is the event loop of the connection.
public struct DaemonLine {
    private let source: String?
    private let logger: Logger
    /// Translated events that are not in the spool yet, as lines.
    private var collected = ByteBuilder(capacity: 4_096)
    var outbox: Outbox
    /// The spool is full: events are lost, and the live state is requested again once there is room.
    public private(set) var isOverfull = false

    /// The connection to screenpopd; nil without one.
    private(set) var link: (any Channel)?
    /// Why this side ended it.
    private var failure: (any Error)?
    /// screenpopd cannot write to its log: nothing that is sent on this connection is acknowledged any more.
    private(set) var isRefused = false
    /// Splits screenpopd's replies into lines.
    private var replies = LineFramer()
    /// An event was acknowledged on this connection.
    private var hasTaken = false
    /// When the last reply came, or nothing was owed. Monotonic milliseconds.
    private var heardMs: Int64 = 0
    /// What is logged when the first event is acknowledged; nil: nothing.
    private var greeting: String?
    /// Which of the addresses of screenpopd is used, or tried next.
    private(set) var place = 0

    /// Requests of the dialplan that wait for an answer.
    private var asking: [Int: Question] = [:]
    private var lastAsked = 0
    /// The request that each offer in the spool belongs to, by the offset of its line.
    private var asked: [Int64: Int] = [:]

    /// Gets the outcomes of orders; nil without a connection for them.
    var answers: AsyncStream<[UInt8]>.Continuation?

    /// - Parameter source: written into each event; nil leaves it to screenpopd, which knows the bridge's user.
    public init(spool: sending Spool, source: String?, logger: Logger) {
        outbox = Outbox(spool)
        self.source = source
        self.logger = logger
    }

    /// Whether everything was acknowledged.
    public var isEmpty: Bool { outbox.isEmpty }
    var isConnected: Bool { link != nil }

    // MARK: Events

    /// From this number of unacknowledged bytes on the load is high: about forty calls' worth of events in a moment.
    private static let stormBytes: Int64 = 32_768

    /// Collects events until the end of the read. A ringing phone is sent at once, as somebody waits for its pop.
    public mutating func collect(_ events: [BridgeEvent]) {
        var isAwaited = false
        for event in events {
            event.write(source: source, into: &collected)
            if event.type == "call.ringing" { isAwaited = true }
        }
        // Under high load the events of a read are sent together, which costs fewer system calls.
        if isAwaited, outbox.flyingBytes < DaemonLine.stormBytes { flush() }
    }

    /// Collects events, and sends all that were collected now.
    public mutating func send(_ events: [BridgeEvent]) {
        collect(events)
        flush()
    }

    /// Stores the collected events in the spool, and sends them.
    public mutating func flush() {
        guard !collected.isEmpty else { return }
        let lines = collected.bytes
        collected.removeAll(keeping: 65_536)
        guard !isOverfull else { return }
        do {
            guard try outbox.add(lines) else { return sendMore() }
            link?.writeAndFlush(ByteBuffer(bytes: lines), promise: nil)
        } catch {
            isOverfull = true
            logger.error(
                """
                \(error): events are lost until screenpopd has taken those that wait; figures of this time will be \
                marked incomplete
                """
            )
        }
    }

    /// Ends the loss of events once the spool is empty.
    ///
    /// - Returns: whether it ended now: the live state has to be requested again.
    public mutating func hasRoomAgain() -> Bool {
        guard isOverfull, outbox.isEmpty else { return false }
        isOverfull = false
        logger.warning("the spool has room again; what is alive is requested again")
        return true
    }

    // MARK: The connection

    /// - Parameter greeting: logged when screenpopd acknowledges the first event.
    mutating func up(_ channel: any Channel, nowMs: Int64, greeting: String?) {
        link = channel
        hasTaken = false
        heardMs = nowMs
        self.greeting = greeting
        replies = LineFramer()
        asked = [:]
        isRefused = false
        outbox.open()
        // Lines that waited for the connection.
        sendMore()
    }

    /// How a connection ended.
    struct End {
        /// The error that ended it on this side; nil when the other side did.
        var failure: (any Error)?
        /// An event was acknowledged on it.
        var hasTaken: Bool
    }

    /// - Parameter next: the place of the address that is tried next. Orders follow the events there.
    mutating func down(next: Int) -> End {
        defer { failure = nil }
        let end = End(failure: failure, hasTaken: hasTaken)
        link = nil
        hasTaken = false
        if next != place {
            place = next
            answers?.finish()
        }
        asked = [:]
        for question in asking.values { question.end(nil) }
        asking = [:]
        outbox.close()
        return end
    }

    /// Whether something has been owed for `milliseconds` without any reply: a node that hangs still has its socket.
    mutating func isSilent(for milliseconds: Int64, nowMs: Int64) -> Bool {
        if !outbox.isOwedAnAnswer { heardMs = nowMs }
        return nowMs - heardMs > milliseconds
    }

    mutating func end(_ why: any Error) {
        failure = failure ?? why
        link?.close(promise: nil)
    }

    /// Sends what waits in the spool, as far as the window allows.
    mutating func sendMore() {
        guard let link else { return }
        var isOwed = false
        while true {
            let lines = outbox.next()
            if lines.isEmpty { break }
            link.write(ByteBuffer(bytes: lines), promise: nil)
            isOwed = true
        }
        if isOwed { link.flush() }
    }

    /// Reads screenpopd's replies.
    ///
    /// - Returns: whether screenpopd told with them, for the first time on this connection, that it cannot write.
    mutating func read(replies bytes: ByteBuffer, nowMs: Int64) -> Bool {
        heardMs = nowMs
        let wasRefused = isRefused
        var framer = LineFramer()
        swap(&framer, &replies)
        bytes.withUnsafeReadableBytes { bytes in
            framer.feed(bytes) { reply in if case .line(let reply) = reply { handle(reply: reply) } }
        }
        replies = framer
        sendMore()
        return isRefused && !wasRefused
    }

    private mutating func handle(reply: UnsafeRawBufferPointer) {
        if case .refused(let code)? = ReplyLine.read(reply) {
            if code == .unavailable {
                isRefused = link != nil
            } else {
                logger.error("screenpopd refused an event: \(String(decoding: reply, as: UTF8.self))")
            }
        }
        // Lines are acknowledged in order: none behind one that was not.
        guard let line = isRefused ? outbox.refused() : outbox.answered() else { return }
        if !isRefused, !hasTaken {
            hasTaken = true
            if let greeting { logger.info("\(greeting)") }
        }
        if !asked.isEmpty, let number = asked.removeValue(forKey: line.start) {
            asking.removeValue(forKey: number)?.end(Array(reply))
        }
    }

    // MARK: The dialplan's question

    private struct Question {
        var waits: CheckedContinuation<[UInt8]?, Never>
        /// Ends it when nobody answers.
        var timer: Task<Void, Never>?

        func end(_ reply: [UInt8]?) {
            timer?.cancel()
            waits.resume(returning: reply)
        }
    }

    /// Registers a question that the line at `start` of the spool asks.
    ///
    /// - Returns: its number.
    mutating func ask(_ start: Int64, _ waits: CheckedContinuation<[UInt8]?, Never>) -> Int {
        lastAsked += 1
        asking[lastAsked] = Question(waits: waits)
        asked[start] = lastAsked
        return lastAsked
    }

    mutating func arm(_ number: Int, _ timer: Task<Void, Never>) { asking[number]?.timer = timer }

    mutating func giveUp(_ number: Int, _ start: Int64) {
        if asked[start] == number { asked[start] = nil }
        asking.removeValue(forKey: number)?.end(nil)
    }

    // MARK: Orders

    /// Tells the outcome of an order.
    public func answer(_ line: OrderLine) {
        var out = ByteBuilder(capacity: 128)
        line.write(into: &out)
        answers?.yield(out.bytes)
    }
}
