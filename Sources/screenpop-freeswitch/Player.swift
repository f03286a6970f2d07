import ArgumentParser
import BridgeCore
import BridgeLink
import CallCenter
import EventWire
import Foundation
import FreeSwitchBridge
import Glibc

/// Plays recordings of an event socket.
struct Player: ParsableArguments {
    @Option(help: ArgumentHelp("A recording to play; several are played one after the other.", valueName: "NAME.jsonl"))
    var recording: [String] = []
    @Option(help: ArgumentHelp("1 plays as it was, 2 twice as fast, max as fast as it is taken.", valueName: "x"))
    var speed = "max"
    @Option(help: ArgumentHelp("now: the recording begins now, and its events are new ones.", valueName: "now"))
    var rebase: String?
    @Flag(help: "Write the events to standard output instead of sending them.") var print = false

    func validate() throws {
        if let rebase, rebase != "now" { throw ValidationError("--rebase is now.") }
        if pace == nil { throw ValidationError("--speed is a number above 0, or max.") }
    }

    /// Recorded seconds a second; 0 for as fast as possible.
    private var pace: Double? {
        if speed == "max" || speed == "0" { return 0 }
        guard let pace = Double(speed), pace > 0, pace <= 1_000_000 else { return nil }
        return pace
    }

    func play(to eventsSocket: String, source: String?, legRules: LegRules) throws {
        do {
            let recordings = try recording.map { path throws(Recording.Failure) in try Recording(path: path) }
            let refused = try play(recordings, to: eventsSocket, source, legRules)
            if refused > 0 { throw ExitCode(1) }
        } catch let error as Recording.Failure {
            complain("\(error)")
            throw ExitCode(66)
        } catch let error as EventsSocket.Failure {
            complain("\(error)")
            throw ExitCode(69)
        }
    }

    /// - Returns: how many events were refused.
    private func play(_ recordings: [Recording], to eventsSocket: String, _ source: String?, _ rules: LegRules)
        throws
        -> Int
    {
        let socket = print ? nil : try EventsSocket(path: eventsSocket, complain: complain)
        for recording in recordings {
            let begun = Date(), nowMs = Int64(begun.timeIntervalSince1970 * 1000)
            var events: [(event: BridgeEvent, readAt: Timestamp)] = []
            let counts = recording.translate(options: .init(legRules: rules)) { events.append(($0, $1)) }
            if counts.refused > 0 {
                complain("\(counts.refused) of \(counts.events + counts.refused) lines were left aside: no events")
            }
            for (event, readAt) in events {
                wait(until: readAt - recording.start, since: begun, socket)
                var event = event
                if rebase != nil { event = event.rebased(by: nowMs - recording.start.ms, run: ".\(nowMs)") }
                var out = ByteBuilder(capacity: 256)
                event.write(source: source, into: &out)
                if let socket { try socket.send(out.bytes) } else if !Player.write(out.bytes) { return 0 }
            }
            try socket?.finish()
        }
        return socket?.refused ?? 0
    }

    /// - Returns: whether somebody still reads.
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

    private func wait(until recorded: Int64, since begun: Date, _ socket: EventsSocket?) {
        guard let pace, pace > 0 else { return }
        let due = begun.addingTimeInterval(Double(recorded) / 1000 / pace)
        let left = due.timeIntervalSinceNow
        if left > 0 {
            // What was sent is answered before the pause, so that nothing waits unread.
            try? socket?.finish()
            Thread.sleep(forTimeInterval: max(0, due.timeIntervalSinceNow))
        }
    }
}
