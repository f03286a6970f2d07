import BridgeCore
import BridgeLink
import CallCenter
import EventWire
import FreeSwitchBridge
import Logging
import NIOCore

/// The running bridge: events of FreeSWITCH go into the spool as protocol events, and from there to screenpopd; the
/// dialplan's requests are answered.
///
/// One owner of all state, on the event loop of its connections: the bytes of one read are parsed, translated, stored
/// and sent before the loop does anything else, and no thread waits for another.
public actor LiveBridge: LinkedBridge {
    /// What the bridge needs of the settings.
    public struct Options: Sendable {
        /// Of the event socket.
        public var password: String
        /// nil: screenpopd derives it from the bridge's user.
        public var source: String?
        /// Which legs are operators' phones, and by which contexts calls come in.
        public var legRules: LegRules
        /// The dialplan's context for operators' calls; nil: the bridge dials nothing.
        public var dialContext: String?

        /// Copies its values.
        public init(password: String, source: String?, legRules: LegRules, dialContext: String?) {
            self.password = password
            self.source = source
            self.legRules = legRules
            self.dialContext = dialContext
        }
    }

    let options: Options
    let logger: Logger
    private let loop: any EventLoop
    private let alive: AliveMark
    private var translator: Translator
    private var frames = SwitchFrames()
    private var session: SwitchSession?
    /// The line to screenpopd, with its spool.
    public var daemon: DaemonLine

    /// The connection to FreeSWITCH; nil without one.
    private var connection: (any Channel)?
    /// Why this side ended it.
    private var failure: (any Error)?

    /// Orders without an outcome, by the ids of their commands or of their jobs.
    private var orders: [String: PBXOrder] = [:]
    private var lastOrder = 0
    /// How long an operator's own phone rings. Seconds.
    private static let ringS = 30

    /// - Parameter loop: the event loop of all connections.
    public init(_ options: Options, spool: sending Spool, directory: String, loop: any EventLoop, logger: Logger) {
        self.options = options
        self.logger = logger
        self.loop = loop
        daemon = DaemonLine(spool: spool, source: options.source, logger: logger)
        alive = AliveMark(path: directory + "/alive")
        var settings = Translator.Options(legRules: options.legRules)
        settings.isLive = true
        settings.run = ".\(BridgeClock.now().ms)"
        translator = Translator(options: settings)
    }

    /// The event loop of all connections: the bridge's methods run on its thread.
    nonisolated public var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    // MARK: FreeSWITCH

    /// Called first: reports the gap of a bridge that was killed.
    public func begin() { if let last = alive.read() { daemon.send(translator.wasLost(since: last)) } }

    /// The connection to FreeSWITCH is established.
    func connected(_ channel: any Channel) {
        frames = SwitchFrames()
        connection = channel
        session = SwitchSession(password: options.password, nowMs: BridgeClock.monotonicMs())
    }

    /// Handles bytes from FreeSWITCH.
    func read(socket bytes: ByteBuffer) { do { try receive(bytes) } catch { endSocket(error) } }

    /// Ends the connection to FreeSWITCH.
    func endSocket(_ why: any Error) {
        failure = failure ?? why
        connection?.close(promise: nil)
    }

    private func receive(_ bytes: ByteBuffer) throws {
        let nowMs = BridgeClock.monotonicMs(), now = BridgeClock.now()
        // The events of one read are stored and sent together at its end.
        defer { daemon.flush() }
        for frame in try frames.feed(bytes.readableBytesView) {
            guard let steps = session?.handle(frame, nowMs: nowMs) else { return }
            try follow(steps, now)
        }
    }

    private func follow(_ steps: [SwitchSession.Step], _ now: Timestamp) throws {
        for step in steps {
            switch step {
            case .send(let text): connection?.writeAndFlush(ByteBuffer(string: text), promise: nil)
            case .loggedIn: logger.info("logged in to the event socket")
            case .alive(let lists):
                if !lists.hasQueues {
                    logger.warning("FreeSWITCH has no mod_callcenter: calls are followed, and there are no agents")
                }
                daemon.collect(translator.resync(lists, arrivedAt: now))
                logger.info(
                    """
                    the PBX is followed: \(lists.channels.count) channels, \(lists.agents.count) agents in \
                    \(lists.queues.count) queues
                    """
                )
            case .polled(let lists): daemon.collect(translator.poll(lists, arrivedAt: now))
            case .event(let event, let ageMs):
                if !orders.isEmpty, let event, event.name == "BACKGROUND_JOB" { jobEnded(event) }
                daemon.collect(translator.translate(event, arrivedAt: now - ageMs))
            case .answer(let id, let text): answered(id, text)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Handles the passing of time: questions, delayed offers, after-call work.
    func tick() { do { try settle() } catch { endSocket(error) } }

    private func settle() throws {
        let now = BridgeClock.now()
        daemon.send(translator.settle(now))
        guard let steps = session?.tick(nowMs: BridgeClock.monotonicMs()), let session else { return }
        if session.isUp { alive.write(now) }
        if daemon.hasRoomAgain() { throw Overfull() }
        defer { daemon.flush() }
        try follow(steps, now)
    }

    struct Overfull: Error {}

    /// The connection to FreeSWITCH has ended.
    ///
    /// - Returns: the error that ended it on this side; nil when the other side did.
    func disconnected() -> (any Error)? {
        defer { failure = nil }
        session = nil
        connection = nil
        for order in orders.values {
            daemon.answer(.refused(id: order.id, reason: "the connection to the PBX ended meanwhile"))
        }
        orders = [:]
        daemon.send(translator.linkLost(at: BridgeClock.now()))
        alive.remove()
        return failure
    }

    // MARK: The dialplan's question

    /// Offers the call that the dialplan asks about.
    ///
    /// - Returns: screenpopd's reply; nil when there is none within `milliseconds`.
    func route(_ request: SwitchEvent, within milliseconds: Int64) async -> [UInt8]? {
        await ask(translator.route(request, arrivedAt: BridgeClock.now()), within: milliseconds)
    }

    // MARK: Orders

    /// Sends an order's commands to FreeSWITCH; its outcome goes to screenpopd by `daemon`, at once when it is refused
    /// here.
    public func execute(_ order: PBXOrder) {
        guard session?.isUp == true, connection != nil else {
            return daemon.answer(
                .refused(id: order.id, reason: "the PBX is not reached; the bridge keeps trying"))
        }
        lastOrder += 1
        let id = "screenpop-order-\(lastOrder)-\(BridgeClock.now().ms)"
        do throws(OrderRefusal) {
            let commands = try translator.commands(
                for: order, dialContext: options.dialContext, ringS: LiveBridge.ringS, job: id)
            orders[id] = order
            for text in commands {
                guard case .send(let bytes)? = session?.command(text, id: id) else { continue }
                connection?.writeAndFlush(ByteBuffer(string: bytes), promise: nil)
            }
        } catch { daemon.answer(.refused(id: order.id, reason: error.description)) }
    }

    /// FreeSWITCH answered a command of an order.
    private func answered(_ id: String, _ text: String) {
        guard let order = orders[id] else { return }
        // Of an attempt to dial this says that it begins.
        if order.action == .dial, text.hasPrefix("+OK") { return }
        end(id, text)
    }

    /// The attempt to dial is over: the phone was picked up, or not.
    private func jobEnded(_ event: SwitchEvent) { if let id = event["Job-UUID"] { end(id, event["_body"] ?? "") } }

    private func end(_ id: String, _ text: String) {
        guard let order = orders.removeValue(forKey: id) else { return }
        daemon.answer(
            text.hasPrefix("+OK") ? .done(id: order.id) : .refused(id: order.id, reason: OrderRefusal.words(text)))
    }
}
