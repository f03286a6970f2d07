import AMI
import AsteriskBridge
import CallCenter
import Crypto
import EventWire
import Glibc
import Logging
import NIOCore

/// The bridge at work: what the manager says goes into the spool as events, and from there to screenpopd; what the dialplan asks is answered.
///
/// One owner of all state, as the engine is in the daemon. Reading from Asterisk never waits for screenpopd: the spool is between them.
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
    private let logger: Logger
    private let spool: Spool
    private let alive: AliveMark
    var translator: Translator
    private var parser = AMIParser()
    private(set) var session: AMISession?
    /// Events of a time when the spool was full are lost; what is alive is asked for anew once there is room.
    private var isOverfull = false

    // MARK: Orders

    /// Takes what is sent to the manager, while it is there.
    var manager: AsyncStream<[UInt8]>.Continuation?
    var orders: [Int: OrderProgress] = [:]
    var lastOrder = 0
    /// Takes what became of orders, while screenpopd is there.
    var answers: AsyncStream<[UInt8]>.Continuation?

    // MARK: The link to screenpopd

    /// Bytes that may be on their way without an answer.
    static let windowMax: Int64 = 262_144
    private var sent: Int64 = 0
    /// Ends of the lines on their way, oldest first, and who waits for the answer.
    private var flying: [Line] = []
    private var linkIsUp = false
    private var asking: [Int: CheckedContinuation<[UInt8]?, Never>] = [:]
    private var lastAsked = 0
    private var asked: [Int64: Int] = [:]
    /// Wakes who sends; of the connection that stands.
    private var wake: AsyncStream<Void>.Continuation?
    private var refused = 0

    private struct Line {
        var start: Int64
        var end: Int64
    }

    public init(_ options: Options, spool: sending Spool, directory: String, logger: Logger) {
        self.options = options
        self.logger = logger
        self.spool = spool
        alive = AliveMark(path: directory + "/alive")
        sent = spool.answered
        var settings = Translator.Options(house: options.house)
        settings.isLive = true
        settings.run = ".\(LiveBridge.now().ms)"
        translator = Translator(options: settings)
    }

    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(ms: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// A clock that nobody sets.
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

    /// - Returns: what else is to be sent, as it comes.
    func connected() -> AsyncStream<[UInt8]> {
        parser = AMIParser()
        let (actions, manager) = AsyncStream<[UInt8]>.makeStream()
        self.manager = manager
        session = AMISession(user: options.user, nowMs: LiveBridge.monotonicMs(), key: LiveBridge.key(of: options.secret))
        return actions
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

    /// Takes what was read. Returns what is to be sent.
    func take(_ bytes: [UInt8]) throws -> [UInt8] {
        var parts: [AMIParser.Part] = []
        parser.feed(bytes) { part, _ in parts.append(part) }
        var out: [UInt8] = []
        for part in parts {
            guard let steps = session?.take(part, nowMs: LiveBridge.monotonicMs()) else { break }
            switch part {
            case .refused, .suspect: tell(translator.take(part, arrivedAt: LiveBridge.now()))
            case .banner, .frame: break
            }
            out += try follow(steps)
        }
        return out
    }

    private func follow(_ steps: [AMISession.Step]) throws -> [UInt8] {
        var out: [UInt8] = []
        for step in steps {
            switch step {
            case .send(let action): out += action.bytes
            case .loggedIn(let banner): logger.info("logged in to the manager (\(banner))")
            case .alive(nil):
                tell(translator.connected(at: LiveBridge.now()))
                logger.warning("the manager does not say what is alive; the PBX is followed from here on")
            case .alive(let lists?):
                if !lists.channelsAreSeen { logger.warning("the manager's user may not see the channels: give it write=call as well, and calls under way are found after a gap") }
                tell(translator.resync(lists, arrivedAt: LiveBridge.now()))
                logger.info("the PBX is followed: \(lists.channels.count) channels, \(lists.entries.count) waiting, \(lists.members.count) members of queues")
            case .event(let frame, let ageMs):
                if frame.event == "OriginateResponse" { tellOfOrders(frame) }
                tell(translator.take(.frame(frame), arrivedAt: LiveBridge.now() - ageMs))
            case .response(let frame): tellOfOrders(frame)
            case .failed(let failure): throw failure
            }
        }
        return out
    }

    /// Time goes on: pings, offers that waited for the dialplan. Returns what is to be sent.
    func tick() throws -> [UInt8] {
        let now = LiveBridge.now()
        tell(translator.settle(now))
        guard var session else { return [] }
        let steps = session.tick(nowMs: LiveBridge.monotonicMs())
        self.session = session
        if session.isUp { alive.write(now) }
        if isOverfull, spool.isEmpty {
            isOverfull = false
            logger.warning("the spool has room again; what is alive is asked for anew")
            throw Overfull()
        }
        return try follow(steps)
    }

    struct Overfull: Error {}

    /// The connection to the manager has ended.
    func disconnected() {
        session = nil
        manager = nil
        // What was asked of it is not answered any more; who asked waits no longer than it said.
        orders = [:]
        tell(translator.linkLost(at: LiveBridge.now()))
        alive.remove()
    }

    /// Of what was read: how much was told, and how much a caller had forged.
    public var counts: Translator.Counts { translator.counts }

    // MARK: Telling

    private func line(_ event: BridgeEvent) -> [UInt8] {
        var out = ByteBuilder(capacity: 256)
        event.write(source: options.source, into: &out)
        return out.bytes
    }

    func tell(_ events: [BridgeEvent]) {
        guard !events.isEmpty, !isOverfull else { return }
        var bytes: [UInt8] = []
        for event in events { bytes += line(event) }
        do { try spool.append(bytes) } catch {
            isOverfull = true
            logger.error("\(error): events are lost until screenpopd has taken those that wait; figures of this time will be marked incomplete")
            return
        }
        wake?.yield()
    }

    // MARK: The link

    /// - Returns: an element whenever there may be something to send.
    func linkUp() -> AsyncStream<Void> {
        let (more, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        linkIsUp = true
        sent = spool.answered
        flying = []
        asked = [:]
        // What waited before the connection stood.
        wake.yield()
        return more
    }

    func linkDown() {
        linkIsUp = false
        wake = nil
        flying = []
        asked = [:]
        for (_, waits) in asking { waits.resume(returning: nil) }
        asking = [:]
        spool.keepPlace()
    }

    /// What is to be sent next; empty when nothing is, or too much is on its way.
    func nextLines() -> [UInt8] {
        guard linkIsUp, sent - spool.answered < LiveBridge.windowMax else { return [] }
        let bytes = spool.read(from: sent, most: 65_536)
        var start = sent
        for i in bytes.indices where bytes[i] == 10 {
            let end = sent + Int64(i) + 1
            flying.append(Line(start: start, end: end))
            start = end
        }
        sent += Int64(bytes.count)
        return bytes
    }

    struct Unavailable: Error {}

    /// Takes replies, whole lines. Throws `Unavailable` when screenpopd cannot write: all is sent again in a while.
    func take(replies: [[UInt8]]) throws {
        var done = 0
        defer {
            if done > 0, spool.answer(upTo: flying[done - 1].end) { sent = 0 }
            flying.removeFirst(done)
        }
        for reply in replies {
            guard done < flying.count else { return }
            let text = String(decoding: reply, as: UTF8.self)
            if text.hasPrefix(#"{"ok":false"#) {
                if text.contains(#""code":"unavailable""#) { throw Unavailable() }
                refused += 1
                logger.error("screenpopd refused an event: \(text)")
            }
            if let number = asked.removeValue(forKey: flying[done].start) { asking.removeValue(forKey: number)?.resume(returning: reply) }
            done += 1
        }
        wake?.yield()
    }

    /// Waits until screenpopd has taken all of the spool, so long at most. Milliseconds.
    func farewell(within milliseconds: Int) async {
        for _ in 0..<(milliseconds / 20) where linkIsUp && !spool.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        spool.keepPlace()
    }

    func keepPlace() { spool.keepPlace() }

    // MARK: The dialplan's question

    /// Offers the call that the dialplan asks about.
    ///
    /// - Returns: screenpopd's reply; nil when there is none within `milliseconds`.
    func route(_ request: AGIRequest, within milliseconds: Int64) async -> [UInt8]? {
        let events = translator.route(request, arrivedAt: LiveBridge.now())
        guard let offer = events.last, linkIsUp, !isOverfull else {
            tell(events)
            return nil
        }
        tell(events)
        guard !isOverfull else { return nil }
        let start = spool.end - Int64(line(offer).count)
        lastAsked += 1
        let number = lastAsked
        Task {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            await self.giveUp(number, start)
        }
        return await withCheckedContinuation { continuation in
            asking[number] = continuation
            asked[start] = number
        }
    }

    private func giveUp(_ number: Int, _ start: Int64) {
        if asked[start] == number { asked[start] = nil }
        asking.removeValue(forKey: number)?.resume(returning: nil)
    }
}

/// When the manager was last heard, for a bridge that is killed: it tells of the gap when it is back.
struct AliveMark {
    let path: String

    func read() -> Timestamp? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(file, &text, text.count)
        return Int64(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)).map { Timestamp(ms: $0) }
    }

    func write(_ time: Timestamp) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = Array("\(time.ms)\n".utf8)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    func remove() { unlink(path) }
}
