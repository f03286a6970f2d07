import BridgeCore
import CallCenter
import Foundation

/// A recorded connection to an event socket: one event a line, with the time of its arrival as `_arrived`.
public struct Recording: Sendable {
    private let lines: [(event: SwitchEvent?, arrivedAt: Timestamp)]

    /// Why a recording cannot be played, as a sentence for the terminal.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// No file at this path that may be read.
        case unreadable(String)
        /// None of the file's lines is an event.
        case empty(String)

        public var description: String {
            switch self {
            case .unreadable(let path): "\(path) cannot be read"
            case .empty(let path):
                "\(path) has no event; give a file with one event a line, as `event json` has it (NAME.jsonl)"
            }
        }
    }

    /// Reads the whole file. Lines that are no event are kept, and counted as refused.
    public init(path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path) }
        var now = Timestamp(ms: 0), lines: [(event: SwitchEvent?, arrivedAt: Timestamp)] = []
        for line in Array(data).split(separator: 10) where !line.allSatisfy({ $0 == 13 || $0 == 32 }) {
            let event = SwitchEvent(json: line)
            // Without the time of arrival each event is taken as read when it happened.
            let at = event.flatMap { event in
                event.arrived.map { Timestamp(ms: Int64(min(max($0 * 1_000, -1e15), 1e15).rounded())) } ?? event.time
            }
            now = max(now, at ?? now)
            lines.append((event, now))
        }
        guard lines.contains(where: { $0.event != nil }) else { throw .empty(path) }
        self.lines = lines
    }

    /// When the recording begins.
    public var start: Timestamp { lines.first?.arrivedAt ?? Timestamp(ms: 0) }

    /// Translates the whole recording.
    ///
    /// - Parameter handle: called with each event and the time of arrival that it follows from.
    @discardableResult
    public func translate(options: Translator.Options, _ handle: (BridgeEvent, Timestamp) -> Void) -> Translator.Counts
    {
        var translator = Translator(options: options), end = start
        for line in lines {
            for event in translator.settle(line.arrivedAt) { handle(event, line.arrivedAt) }
            for event in translator.translate(line.event, arrivedAt: line.arrivedAt) { handle(event, line.arrivedAt) }
            end = line.arrivedAt
        }
        for event in translator.settle(Timestamp(ms: .max / 2)) { handle(event, end) }
        return translator.counts
    }
}
