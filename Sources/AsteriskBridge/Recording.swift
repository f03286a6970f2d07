import AMI
import BridgeCore
import CallCenter
import Foundation

/// A recorded manager connection: its bytes, and the time and length of each read.
public struct Recording: Sendable {
    /// A line of the index: `{"t": 1795388533.1, "off": 30, "len": 490}` for a read, `{"t": …, "off": …, "conn":
    /// "open"}` for the connection.
    struct Line: Decodable {
        var t: Double
        var off: Int
        var len: Int?
        var conn: String?
    }

    let bytes: [UInt8]
    let index: [Line]

    /// Why a recording cannot be played, as a sentence for the terminal.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// No file at this path that may be read.
        case unreadable(String)
        /// A line of the index is not as `Line` has it; lines count from 1.
        case badIndex(String, line: Int)

        public var description: String {
            switch self {
            case .unreadable(let path): "\(path) cannot be read"
            case .badIndex(let path, let line):
                "\(path), line \(line): that is no index of a recording; give the NAME.idx.jsonl that belongs to "
                    + "NAME.ami"
            }
        }
    }

    /// - Parameter index: nil takes each frame as read when Asterisk says it was written, and where it does not say,
    ///   as read when the file was.
    public init(path: String, index indexPath: String?) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path) }
        bytes = Array(data)
        guard let indexPath else {
            let written = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            index = Recording.index(of: bytes, written: written?.timeIntervalSince1970 ?? 0)
            return
        }
        guard let text = FileManager.default.contents(atPath: indexPath) else { throw .unreadable(indexPath) }
        var lines: [Line] = []
        let decoder = JSONDecoder()
        for (number, line) in text.split(separator: 10).enumerated() {
            guard let found = try? decoder.decode(Line.self, from: Data(line)), found.off >= 0, (found.len ?? 0) >= 0
            else { throw .badIndex(indexPath, line: number + 1) }
            lines.append(found)
        }
        index = lines
    }

    /// A read for each frame, at the time that the frame has.
    private static func index(of bytes: [UInt8], written: Double) -> [Line] {
        var parser = AMIParser(), parts: [(end: Int, time: Double?)] = []
        parser.feed(bytes) { part, end in
            guard case .frame(let frame) = part else { return parts.append((end, nil)) }
            parts.append((end, frame.timestampUs.map { Double($0) / 1_000_000 }))
        }
        var now = parts.lazy.compactMap(\.time).first ?? written, at = 0, lines: [Line] = []
        for part in parts {
            now = max(now, part.time ?? now)
            if part.end > at { lines.append(Line(t: now, off: at, len: part.end - at)) }
            at = part.end
        }
        if at < bytes.count { lines.append(Line(t: now, off: at, len: bytes.count - at)) }
        return lines
    }

    /// When the recording begins.
    public var start: Timestamp { Timestamp(ms: Int64((index.first?.t ?? 0) * 1000)) }

    /// Translates the whole recording.
    ///
    /// - Parameter handle: called with each event and the time of its read.
    /// - Returns: how many frames there were and how many of them were refused.
    @discardableResult
    public func translate(options: Translator.Options, _ handle: (BridgeEvent, Timestamp) -> Void) -> Translator.Counts
    {
        var parser = AMIParser()
        var translator = Translator(options: options)
        for line in index {
            let now = Timestamp(ms: Int64(line.t * 1000))
            for event in translator.settle(now) { handle(event, now) }
            if let state = line.conn {
                // The end of a connection discards an incomplete frame.
                if state == "eof" {
                    parser = AMIParser()
                    for event in translator.linkLost(at: now) { handle(event, now) }
                }
                continue
            }
            guard let length = line.len else { continue }
            let piece = bytes[min(line.off, bytes.count)..<min(line.off + length, bytes.count)]
            var parts: [AMIParser.Part] = []
            parser.feed(piece) { part, _ in parts.append(part) }
            for part in parts { for event in translator.translate(part, arrivedAt: now) { handle(event, now) } }
        }
        let end = Timestamp(ms: Int64((index.last?.t ?? 0) * 1000))
        for event in translator.settle(Timestamp(ms: .max / 2)) { handle(event, end) }
        return translator.counts
    }
}
