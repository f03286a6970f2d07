/// A frame of the event socket: headers, and a body where there is one.
public struct SwitchFrame: Equatable, Sendable {
    var headers: [String: String]
    var body: [UInt8]
    /// The headers as they came: the answer to `connect` has a whole channel in them.
    public var head: String

    var type: String { headers["Content-Type"] ?? "" }
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The answer to a command: `+OK accepted`, or the body of an `api`.
    var answer: String { headers["Reply-Text"] ?? text }
}

/// Splits the bytes of an event socket into frames.
public struct SwitchFrames: Sendable {
    /// What is longer is no event socket. Bytes.
    private static let headMax = 1 << 20
    private static let bodyMax = 64 << 20

    private var input: [UInt8] = []
    /// The bytes before it have been looked through for the end of the headers.
    private var searched = 0

    /// At the beginning of a connection; each connection needs its own.
    public init() {}

    /// What is received cannot be a frame; the connection is to be closed.
    public struct TooLong: Error, CustomStringConvertible {
        /// Without a capital and a full stop, for the log and the terminal.
        public let description = "what listens there is no event socket of FreeSWITCH; look at esl"
    }

    /// - Returns: the frames that are complete now.
    public mutating func feed(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [SwitchFrame] {
        input += bytes
        var frames: [SwitchFrame] = [], start = 0
        defer {
            input.removeFirst(start)
            searched = max(0, searched - start)
        }
        while let end = headEnd(from: start) {
            let head = String(decoding: input[start..<end], as: UTF8.self), headers = SwitchFrames.headers(head)
            let length = headers["Content-Length"].flatMap(Int.init) ?? 0
            guard (0...SwitchFrames.bodyMax).contains(length) else { throw TooLong() }
            let bodyStart = end + 2
            guard input.count >= bodyStart + length else {
                searched = end
                return frames
            }
            let body = Array(input[bodyStart..<(bodyStart + length)])
            start = bodyStart + length
            searched = start
            if !headers.isEmpty { frames.append(SwitchFrame(headers: headers, body: body, head: head)) }
        }
        guard input.count - start <= SwitchFrames.headMax else { throw TooLong() }
        return frames
    }

    /// Where the empty line behind the headers begins.
    private mutating func headEnd(from start: Int) -> Int? {
        var at = max(start, searched)
        while at + 1 < input.count {
            if input[at] == 10, input[at + 1] == 10 { return at }
            at += 1
        }
        searched = max(start, input.count - 1)
        return nil
    }

    private static func headers(_ head: String) -> [String: String] {
        var headers: [String: String] = [:]
        for line in head.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[String(line[..<colon])] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return headers
    }
}
