import BridgeCore
import CallCenter
import EventWire
import Foundation
import Glibc

/// Sends the events of recordings, each at its time, or writes them to standard output.
public struct EventPlayer {
    /// nil: standard output.
    private let socket: EventsSocket?
    private let source: String?
    /// Recorded seconds a second; 0 for as fast as possible.
    private let pace: Double
    /// Whether a recording begins now, and its events are new ones.
    private let isRebased: Bool

    /// - Parameters:
    ///   - eventsSockets: in the order in which they are tried; nil writes to standard output.
    ///   - complain: gets a line for each event that is refused.
    public init(
        to eventsSockets: [String]?, source: String?, pace: Double, isRebased: Bool,
        complain: @escaping (String) -> Void
    ) throws(EventsSocket.Failure) {
        socket = if let eventsSockets { try EventsSocket(paths: eventsSockets, complain: complain) } else { nil }
        self.source = source
        self.pace = pace
        self.isRebased = isRebased
    }

    /// How many events were refused.
    public var refused: Int { socket?.refused ?? 0 }

    /// Plays one recording.
    ///
    /// - Parameters:
    ///   - start: when it began.
    ///   - begun: when its play began, by this machine's clock.
    /// - Returns: whether somebody still reads.
    public func play(
        _ events: [(event: BridgeEvent, readAt: Timestamp)], from start: Timestamp, begun: Date
    ) throws(EventsSocket.Failure) -> Bool {
        let nowMs = Int64(begun.timeIntervalSince1970 * 1000)
        for (event, readAt) in events {
            wait(until: readAt - start, since: begun)
            var event = event
            if isRebased { event = event.rebased(by: nowMs - start.ms, run: ".\(nowMs)") }
            var out = ByteBuilder(capacity: 256)
            event.write(source: source, into: &out)
            if let socket { try socket.send(out.bytes) } else if !EventPlayer.write(out.bytes) { return false }
        }
        try socket?.finish()
        return true
    }

    private static func write(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private func wait(until recorded: Int64, since begun: Date) {
        guard pace > 0 else { return }
        let due = begun.addingTimeInterval(Double(recorded) / 1000 / pace)
        guard due.timeIntervalSinceNow > 0 else { return }
        // What was sent is answered before the pause, so that nothing waits unread.
        try? socket?.finish()
        Thread.sleep(forTimeInterval: max(0, due.timeIntervalSinceNow))
    }
}
