import BridgeCore
import CallCenter
import EventWire
import Glibc
import NIOCore

/// The running bridge of a PBX: the owner of all its state, on the event loop of its connections.
public protocol LinkedBridge: Actor {
    /// The way to screenpopd.
    var daemon: DaemonLine { get set }

    /// Sends an order of screenpopd's to the PBX.
    func execute(_ order: PBXOrder)
}

extension LinkedBridge {
    /// How long a connection goes on after screenpopd could not write: it still decides where calls go. Milliseconds.
    private static var refusedMs: Int64 { 1_000 }

    /// How long a node may owe a reply before another one is tried. One that lives says after 1 s that it cannot write.
    /// Milliseconds.
    private static var silenceMs: Int64 { 1_500 }

    func linkUp(_ channel: any Channel, greeting: String?) {
        daemon.up(channel, nowMs: BridgeClock.monotonicMs(), greeting: greeting)
    }

    /// - Parameter next: the place of the address that is tried next.
    func linkDown(next: Int) -> DaemonLine.End { daemon.down(next: next) }

    /// Which of the addresses of screenpopd is used, or tried next.
    var place: Int { daemon.place }

    func endLink(_ why: any Error) { daemon.end(why) }

    /// Reads screenpopd's replies. When it cannot write, all lines are sent again later, over another connection.
    func read(replies bytes: ByteBuffer) {
        guard daemon.read(replies: bytes, nowMs: BridgeClock.monotonicMs()), let channel = daemon.link else { return }
        Task { [id = ObjectIdentifier(channel)] in
            try? await Task.sleep(for: .milliseconds(Self.refusedMs))
            guard let link = daemon.link, ObjectIdentifier(link) == id else { return }
            endLink(Unavailable())
        }
    }

    /// - Parameter hasOthers: there are other addresses, so a silent node is left for the next one.
    func linkTick(hasOthers: Bool) {
        daemon.outbox.savePosition()
        if hasOthers, daemon.isSilent(for: Self.silenceMs, nowMs: BridgeClock.monotonicMs()) { endLink(Silent()) }
    }

    /// Waits until screenpopd has acknowledged the whole spool, at most this long. Milliseconds.
    public func farewell(within milliseconds: Int) async {
        for _ in 0..<(milliseconds / 20) where daemon.link != nil && !daemon.outbox.isEmpty {
            try? await Task.sleep(for: .milliseconds(20))
        }
        daemon.outbox.savePosition()
    }

    /// Sends the events of a call that the dialplan asks about, the offer last.
    ///
    /// - Returns: screenpopd's reply to the offer; nil when there is none within `milliseconds`.
    public func ask(_ events: [BridgeEvent], within milliseconds: Int64) async -> [UInt8]? {
        guard let offer = events.last, daemon.link != nil, !daemon.isOverfull else {
            daemon.send(events)
            return nil
        }
        daemon.send(events.dropLast())
        let start = daemon.outbox.end
        daemon.send([offer])
        guard !daemon.isOverfull else { return nil }
        return await withCheckedContinuation { continuation in
            let number = daemon.ask(start, continuation)
            // Armed once the question is registered: a time-out that ran out before would end nothing.
            let timer = Task {
                try? await Task.sleep(for: .milliseconds(milliseconds))
                if !Task.isCancelled { daemon.giveUp(number, start) }
            }
            daemon.arm(number, timer)
        }
    }

    /// The connection for orders is established.
    ///
    /// - Returns: the outcomes to send back.
    func ordersUp() -> AsyncStream<[UInt8]> {
        let (lines, answers) = AsyncStream<[UInt8]>.makeStream()
        daemon.answers = answers
        return lines
    }

    func ordersDown() { daemon.answers = nil }
}

/// screenpopd cannot write to its log.
struct Unavailable: Error, CustomStringConvertible { let description = "it cannot write them now" }

/// screenpopd has a connection and says nothing.
struct Silent: Error, CustomStringConvertible { let description = "it does not answer" }

/// The clocks of a bridge.
public enum BridgeClock {
    /// The wall clock: UTC, in milliseconds. It may jump.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(ms: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// A monotonic clock. Milliseconds.
    public static func monotonicMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
