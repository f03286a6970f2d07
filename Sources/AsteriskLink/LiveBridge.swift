import AMI
import AsteriskBridge
import CallCenter
import Crypto
import EventWire
import Glibc
import Logging
import NIOCore

/// The bridge at work: what the manager says goes into the spool as events, and from there to screenpopd; what the
/// dialplan asks is answered.
///
/// One owner of all state, as the engine is in the daemon, and on the event loop that its connections are on: what one
/// read of the manager brought is parsed, translated, kept and sent before the loop does anything else, and no thread
/// waits for another. Reading from Asterisk never waits for screenpopd: the spool is between them.
public actor LiveBridge {
    public struct Options: Sendable {
        public var user: String
        public var secret: String
        /// nil: the daemon's configuration says, by the bridge's user.
        public var source: String?
        /// Which endpoints are operators' phones, and by which contexts calls come in.
        public var house: House
        /// The context of the dialplan that operators' calls begin in; nil: none are dialled.
        public var dialContext: String?

        public init(user: String, secret: String, source: String?, house: House, dialContext: String?) {
            self.user = user
            self.secret = secret
            self.source = source
            self.house = house
            self.dialContext = dialContext
        }
    }

    let options: Options
    let logger: Logger
    private let loop: any EventLoop
    private let alive: AliveMark
    var translator: Translator
    private var parser = AMIParser()
    private(set) var session: AMISession?
    /// Events that are told and not kept yet, as lines.
    private var told = ByteBuilder(capacity: 4_096)
    /// Events of a time when the spool was full are lost; what is alive is asked for again once there is room.
    var isOverfull = false

    // MARK: Orders

    /// The connection to the manager, while it stands.
    var manager: (any Channel)?
    /// Why this side ended it.
    private var managerFailure: (any Error)?
    var orders: [Int: OrderProgress] = [:]
    var lastOrder = 0
    /// Takes what became of orders, while screenpopd is there.
    var answers: AsyncStream<[UInt8]>.Continuation?

    // MARK: The link to screenpopd

    var outbox: Outbox
    /// The connection to screenpopd, while it stands.
    var link: (any Channel)?
    /// Why this side ended it.
    var linkFailure: (any Error)?
    /// Splits what screenpopd answers.
    var replies = LineFramer()
    /// Questions of the dialplan that wait for an answer.
    var asking: [Int: CheckedContinuation<[UInt8]?, Never>] = [:]
    var lastAsked = 0
    /// The question that each line in the spool asks, by its beginning.
    var asked: [Int64: Int] = [:]

    /// - Parameter loop: the event loop of all connections.
    public init(_ options: Options, spool: sending Spool, directory: String, loop: any EventLoop, logger: Logger) {
        self.options = options
        self.logger = logger
        self.loop = loop
        outbox = Outbox(spool)
        alive = AliveMark(path: directory + "/alive")
        var settings = Translator.Options(house: options.house)
        settings.isLive = true
        settings.run = ".\(LiveBridge.now().ms)"
        translator = Translator(options: settings)
    }

    nonisolated public var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(ms: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// A monotonic clock. Milliseconds.
    private static func monotonicMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: The manager

    /// Before anything else: a bridge that was killed has told of no gap.
    public func begin() {
        if let last = alive.read() { tell(translator.wasLost(since: last)) }
    }

    /// The connection to the manager stands.
    func connected(_ channel: any Channel) {
        parser = AMIParser()
        manager = channel
        session = AMISession(
            user: options.user, nowMs: LiveBridge.monotonicMs(), key: LiveBridge.key(of: options.secret))
    }

    /// The key that a challenge is answered with.
    static func key(of secret: String) -> @Sendable (String) -> String {
        { challenge in
            Insecure.MD5.hash(data: Array((challenge + secret).utf8)).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
        }
    }

    /// Takes what was read from the manager.
    func read(manager bytes: ByteBuffer) { do { try take(bytes) } catch { endManager(error) } }

    /// Ends the connection to the manager.
    func endManager(_ why: any Error) {
        managerFailure = managerFailure ?? why
        manager?.close(promise: nil)
    }

    private func take(_ bytes: ByteBuffer) throws {
        let nowMs = LiveBridge.monotonicMs(), now = LiveBridge.now()
        // What one read brought is kept and sent at once.
        defer { send() }
        var failure: (any Error)?
        // Each frame is translated before the next one is split: a ring waits for nothing that came behind it.
        bytes.withUnsafeReadableBytes { bytes in
            parser.feed(bytes) { part, _ in
                guard failure == nil else { return }
                do { try take(part, now, nowMs) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    private func take(_ part: AMIParser.Part, _ now: Timestamp, _ nowMs: Int64) throws {
        guard let steps = session?.take(part, nowMs: nowMs) else { return }
        switch part {
        case .refused, .suspect: note(translator.take(part, arrivedAt: now))
        case .banner, .frame: break
        }
        try follow(steps, now)
    }

    private func follow(_ steps: [AMISession.Step], _ now: Timestamp) throws {
        for step in steps {
            switch step {
            case .send(let action): ask(action.bytes)
            case .loggedIn(let banner): logger.info("logged in to the manager (\(banner))")
            case .alive(nil):
                note(translator.connected(at: now))
                logger.warning("the manager does not say what is alive; the PBX is followed from here on")
            case .alive(let lists?):
                if !lists.channelsAreSeen {
                    logger.warning(
                        """
                        the manager's user may not see the channels: give it write=call as well, and calls under way \
                        are found after a gap
                        """
                    )
                }
                note(translator.resync(lists, arrivedAt: now))
                logger.info(
                    """
                    the PBX is followed: \(lists.channels.count) channels, \(lists.entries.count) waiting, \
                    \(lists.members.count) members of queues
                    """
                )
            case .event(let frame, let ageMs):
                if !orders.isEmpty, frame.event == "OriginateResponse" { tellOfOrders(frame) }
                note(translator.take(.frame(frame), arrivedAt: now - ageMs))
            case .response(let frame): tellOfOrders(frame)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Sends actions to the manager.
    func ask(_ actions: [UInt8]) { manager?.writeAndFlush(ByteBuffer(bytes: actions), promise: nil) }

    /// Time goes on: pings, offers that waited for the dialplan.
    func tick() { do { try settle() } catch { endManager(error) } }

    private func settle() throws {
        let now = LiveBridge.now()
        tell(translator.settle(now))
        guard var session else { return }
        let steps = session.tick(nowMs: LiveBridge.monotonicMs())
        self.session = session
        if session.isUp { alive.write(now) }
        if isOverfull, outbox.isEmpty {
            isOverfull = false
            logger.warning("the spool has room again; what is alive is asked for anew")
            throw Overfull()
        }
        defer { send() }
        try follow(steps, now)
    }

    struct Overfull: Error {}

    /// The connection to the manager has ended.
    ///
    /// - Returns: why, where that was on this side.
    func disconnected() -> (any Error)? {
        defer { managerFailure = nil }
        session = nil
        manager = nil
        // What was asked of it is not answered any more; who asked waits no longer than it said.
        orders = [:]
        tell(translator.linkLost(at: LiveBridge.now()))
        alive.remove()
        return managerFailure
    }

    /// Of what was read: how much was told, and how much a caller had forged.
    public var counts: Translator.Counts { translator.counts }

    // MARK: Telling

    /// Events that are kept and sent with what else this read brings; with a phone that rings at once, as somebody
    /// waits for its pop.
    private func note(_ events: [BridgeEvent]) {
        var isAwaited = false
        for event in events {
            event.write(source: options.source, into: &told)
            if event.type == "call.ringing" { isAwaited = true }
        }
        // In a storm it takes fewer hands to send all of a read together.
        if isAwaited, outbox.flyingBytes < LiveBridge.stormBytes { send() }
    }

    /// So many bytes on their way without an answer are a storm: about forty calls' worth of events in a moment.
    private static let stormBytes: Int64 = 32_768

    func tell(_ events: [BridgeEvent]) {
        note(events)
        send()
    }

    /// Keeps what was told, and sends it.
    private func send() {
        guard !told.isEmpty else { return }
        let lines = told.bytes
        told.removeAll(keeping: 65_536)
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
}
