import AMI
import AsteriskBridge
import BridgeCore
import BridgeLink
import CallCenter
import Crypto
import EventWire
import Logging
import NIOCore

/// The running bridge: manager events go into the spool as protocol events, and from there to screenpopd; the
/// dialplan's requests are answered.
///
/// One owner of all state, on the event loop of its connections: the bytes of one read are parsed, translated, stored
/// and sent before the loop does anything else, and no thread waits for another. Reading from Asterisk never waits for
/// screenpopd, as the spool is between them.
public actor LiveBridge: LinkedBridge {
    /// What the bridge needs of the settings.
    public struct Options: Sendable {
        /// The name of the manager's user.
        public var user: String
        /// Of the manager's user; it is used for the challenge alone and never sent.
        public var secret: String
        /// nil: screenpopd derives it from the bridge's user.
        public var source: String?
        /// Which endpoints are operators' phones, and by which contexts calls come in.
        public var endpointRules: EndpointRules
        /// The dialplan context for operators' calls; nil: the bridge dials nothing.
        public var dialContext: String?

        /// Copies its values.
        public init(user: String, secret: String, source: String?, endpointRules: EndpointRules, dialContext: String?) {
            self.user = user
            self.secret = secret
            self.source = source
            self.endpointRules = endpointRules
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
    /// The line to screenpopd, with its spool.
    public var daemon: DaemonLine

    // MARK: Orders

    /// The connection to the manager; nil without one.
    var manager: (any Channel)?
    /// Why this side ended it.
    private var managerFailure: (any Error)?
    var orders: [Int: OrderProgress] = [:]
    var lastOrder = 0

    /// - Parameter loop: the event loop of all connections.
    public init(_ options: Options, spool: sending Spool, directory: String, loop: any EventLoop, logger: Logger) {
        self.options = options
        self.logger = logger
        self.loop = loop
        daemon = DaemonLine(spool: spool, source: options.source, logger: logger)
        alive = AliveMark(path: directory + "/alive")
        var settings = Translator.Options(endpointRules: options.endpointRules)
        settings.isLive = true
        settings.run = ".\(BridgeClock.now().ms)"
        translator = Translator(options: settings)
    }

    /// The event loop of all connections: the bridge's methods run on its thread.
    nonisolated public var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    // MARK: The manager

    /// Called first: reports the gap of a bridge that was killed.
    public func begin() {
        if let last = alive.read() { send(translator.wasLost(since: last)) }
    }

    /// The connection to the manager is established.
    func connected(_ channel: any Channel) {
        parser = AMIParser()
        manager = channel
        session = AMISession(
            user: options.user, nowMs: BridgeClock.monotonicMs(), key: LiveBridge.key(of: options.secret))
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

    /// Handles bytes from the manager.
    func read(manager bytes: ByteBuffer) { do { try receive(bytes) } catch { endManager(error) } }

    /// Ends the connection to the manager.
    func endManager(_ why: any Error) {
        managerFailure = managerFailure ?? why
        manager?.close(promise: nil)
    }

    private func receive(_ bytes: ByteBuffer) throws {
        let nowMs = BridgeClock.monotonicMs(), now = BridgeClock.now()
        // The events of one read are stored and sent together at its end.
        defer { daemon.flush() }
        var failure: (any Error)?
        // Each frame is translated before the next one is parsed, so a ring does not wait for the frames after it.
        bytes.withUnsafeReadableBytes { bytes in
            parser.feed(bytes) { part, _ in
                guard failure == nil else { return }
                do { try handle(part, now, nowMs) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    private func handle(_ part: AMIParser.Part, _ now: Timestamp, _ nowMs: Int64) throws {
        guard let steps = session?.handle(part, nowMs: nowMs) else { return }
        switch part {
        case .refused, .suspect: collect(translator.translate(part, arrivedAt: now))
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
                collect(translator.connected(at: now))
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
                collect(translator.resync(lists, arrivedAt: now))
                logger.info(
                    """
                    the PBX is followed: \(lists.channels.count) channels, \(lists.entries.count) waiting, \
                    \(lists.members.count) members of queues
                    """
                )
            case .event(let frame, let ageMs):
                if !orders.isEmpty, frame.event == "OriginateResponse" { updateOrder(frame) }
                collect(translator.translate(.frame(frame), arrivedAt: now - ageMs))
            case .response(let frame): updateOrder(frame)
            case .failed(let failure): throw failure
            }
        }
    }

    /// Sends actions to the manager.
    func ask(_ actions: [UInt8]) { manager?.writeAndFlush(ByteBuffer(bytes: actions), promise: nil) }

    /// Handles the passing of time: pings, delayed offers.
    func tick() { do { try settle() } catch { endManager(error) } }

    private func settle() throws {
        let now = BridgeClock.now()
        send(translator.settle(now))
        guard var session else { return }
        let steps = session.tick(nowMs: BridgeClock.monotonicMs())
        self.session = session
        if session.isUp { alive.write(now) }
        if daemon.hasRoomAgain() { throw Overfull() }
        defer { daemon.flush() }
        try follow(steps, now)
    }

    struct Overfull: Error {}

    /// The connection to the manager has ended.
    ///
    /// - Returns: the error that ended it on this side; nil when the other side did.
    func disconnected() -> (any Error)? {
        defer { managerFailure = nil }
        session = nil
        manager = nil
        // Its open orders get no answer any more; their requesters wait no longer than their deadline.
        orders = [:]
        send(translator.linkLost(at: BridgeClock.now()))
        alive.remove()
        return managerFailure
    }

    /// Offers the call that the dialplan asks about.
    ///
    /// - Returns: screenpopd's reply; nil when there is none within `milliseconds`.
    func route(_ request: AGIRequest, within milliseconds: Int64) async -> [UInt8]? {
        await ask(translator.route(request, arrivedAt: BridgeClock.now()), within: milliseconds)
    }

    /// Counts of translated, ignored and refused frames.
    public var counts: Translator.Counts { translator.counts }

    // MARK: Telling

    private func collect(_ events: [BridgeEvent]) { daemon.collect(events) }

    func send(_ events: [BridgeEvent]) { daemon.send(events) }
}
