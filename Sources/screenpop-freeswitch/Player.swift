import ArgumentParser
import BridgeCore
import BridgeLink
import CallCenter
import Foundation
import FreeSwitchBridge

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

    func play(to eventsSockets: [String], source: String?, legRules: LegRules) throws {
        do {
            let recordings = try recording.map { path throws(Recording.Failure) in try Recording(path: path) }
            let refused = try play(recordings, to: eventsSockets, source, legRules)
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
    private func play(
        _ recordings: [Recording], to eventsSockets: [String], _ source: String?, _ rules: LegRules
    ) throws -> Int {
        let player = try EventPlayer(
            to: print ? nil : eventsSockets, source: source, pace: pace ?? 0, isRebased: rebase != nil,
            complain: complain)
        for recording in recordings {
            let begun = Date()
            var events: [(event: BridgeEvent, readAt: Timestamp)] = []
            let counts = recording.translate(options: .init(legRules: rules)) { events.append(($0, $1)) }
            if counts.refused > 0 {
                complain("\(counts.refused) of \(counts.events + counts.refused) lines were left aside: no events")
            }
            guard try player.play(events, from: recording.start, begun: begun) else { return 0 }
        }
        return player.refused
    }
}
