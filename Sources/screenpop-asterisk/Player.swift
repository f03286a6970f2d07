import ArgumentParser
import AsteriskBridge
import BridgeCore
import BridgeLink
import CallCenter
import Foundation

/// Plays recordings of a manager connection.
struct Player: ParsableArguments {
    @Option(help: ArgumentHelp("A recording to play; several are played one after the other.", valueName: "NAME.ami"))
    var recording: [String] = []
    @Option(
        help: ArgumentHelp(
            "Its index of arrival times. (default: NAME.idx.jsonl beside it)", valueName: "NAME.idx.jsonl")) var index:
        [String] = []
    @Option(help: ArgumentHelp("1 plays as it was, 2 twice as fast, max as fast as it is taken.", valueName: "x"))
    var speed = "max"
    @Option(help: ArgumentHelp("now: the recording begins now, and its events are new ones.", valueName: "now"))
    var rebase: String?
    @Flag(help: "Write the events to standard output instead of sending them.") var print = false

    func validate() throws {
        if index.count > recording.count { throw ValidationError("There are more --index than --recording.") }
        if let rebase, rebase != "now" { throw ValidationError("--rebase is now.") }
        if pace == nil { throw ValidationError("--speed is a number above 0, or max.") }
    }

    /// Recorded seconds a second; 0 for as fast as possible.
    private var pace: Double? {
        if speed == "max" || speed == "0" { return 0 }
        guard let pace = Double(speed), pace > 0, pace <= 1_000_000 else { return nil }
        return pace
    }

    func play(to eventsSockets: [String], source: String?, endpointRules: EndpointRules) throws {
        do {
            let recordings = try recording.enumerated().map { place, path in
                try Recording(path: path, index: index.indices.contains(place) ? index[place] : Player.neighbour(path))
            }
            let refused = try play(recordings, to: eventsSockets, source, endpointRules)
            if refused > 0 { throw ExitCode(1) }
        } catch let error as Recording.Failure {
            complain("\(error)")
            throw ExitCode(66)
        } catch let error as EventsSocket.Failure {
            complain("\(error)")
            throw ExitCode(69)
        }
    }

    private static func neighbour(_ path: String) -> String? {
        let beside = (path.hasSuffix(".ami") ? String(path.dropLast(4)) : path) + ".idx.jsonl"
        return FileManager.default.fileExists(atPath: beside) ? beside : nil
    }

    /// - Returns: how many events were refused.
    private func play(
        _ recordings: [Recording], to eventsSockets: [String], _ source: String?, _ rules: EndpointRules
    ) throws -> Int {
        let player = try EventPlayer(
            to: print ? nil : eventsSockets, source: source, pace: pace ?? 0, isRebased: rebase != nil,
            complain: complain)
        for recording in recordings {
            let begun = Date()
            var events: [(event: BridgeEvent, readAt: Timestamp)] = []
            let counts = recording.translate(options: .init(endpointRules: rules)) { events.append(($0, $1)) }
            if counts.refused + counts.incomplete > 0 {
                complain(
                    "\(counts.refused + counts.incomplete) of \(counts.frames + counts.refused) frames were left "
                        + "aside: a caller had written into them"
                )
            }
            guard try player.play(events, from: recording.start, begun: begun) else { return 0 }
        }
        return player.refused
    }
}
