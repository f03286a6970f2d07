import EventWire
import Foundation
import Glibc

/// A client of the event socket: pipelined, reads every reply, and resends after a lost connection; the ids make that
/// safe.
public final class EventsSocket {
    /// Events on the way without a reply.
    static let windowMax = 256
    /// How long to wait for a daemon that is not running. Seconds.
    static let patienceS: Double = 60

    /// Why events cannot be sent, as a sentence for the terminal.
    public enum Failure: Error, CustomStringConvertible {
        /// Nobody answered within 60 seconds, or within 5 at the start.
        case unreachable(path: String, reason: String)
        /// A socket's path has at most 107 bytes.
        case pathTooLong(String)

        public var description: String {
            switch self {
            case .unreachable(let path, let reason): "screenpopd does not answer at \(path) (\(reason)); is it running?"
            case .pathTooLong(let path): "\(path) is too long for a socket (107 bytes at most)"
            }
        }
    }

    private let paths: [String]
    /// Which of `paths` is used, or tried next.
    private var place = 0
    private var file: CInt = -1
    /// Sent and not answered yet, oldest first.
    private var owed: [[UInt8]] = []
    private var input: [UInt8] = []
    /// Events that screenpopd accepted so far.
    public private(set) var taken = 0
    /// Events that screenpopd refused so far; they are not sent again.
    public private(set) var refused = 0
    private let complain: (String) -> Void

    /// Connects, and blocks up to 5 seconds for it.
    public convenience init(path: String, complain: @escaping (String) -> Void) throws(Failure) {
        try self.init(paths: [path], complain: complain)
    }

    /// The same with the sockets of several nodes of a cluster: when one fails, or takes nothing, the next is tried.
    public init(paths: [String], complain: @escaping (String) -> Void) throws(Failure) {
        for path in paths where path.utf8.count > 107 { throw .pathTooLong(path) }
        self.paths = paths
        self.complain = complain
        try connect(patience: 5)
    }
    deinit { if file >= 0 { close(file) } }

    /// Sends a line, newline included. Blocks while 256 events are without a reply, or while it connects again.
    public func send(_ line: [UInt8]) throws(Failure) {
        owed.append(line)
        if !write(line) { try reconnect() }
        while owed.count >= EventsSocket.windowMax { try readReplies() }
    }

    /// Returns when everything was answered.
    public func finish() throws(Failure) { while !owed.isEmpty { try readReplies() } }

    private func readReplies() throws(Failure) {
        var part = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &part, part.count)
        if count < 0, errno == EINTR { return }
        guard count > 0 else { return try reconnect() }
        input += part[..<count]
        while let end = input.firstIndex(of: 10) {
            let reply = String(decoding: input[..<end], as: UTF8.self)
            input.removeFirst(end + 1)
            guard !owed.isEmpty else { continue }
            let outcome = ReplyLine.read(reply)
            if outcome == .refused(.unavailable) {
                // Neither this event nor the following ones were accepted: all are sent again in their order, once
                // there is room.
                usleep(500_000)
                input = []
                return try reconnect()
            }
            let line = owed.removeFirst()
            if outcome == .taken {
                taken += 1
            } else {
                refused += 1
                complain("refused: \(reply)\n  \(String(decoding: line, as: UTF8.self).prefix(300))")
            }
        }
    }

    private func reconnect() throws(Failure) {
        if file >= 0 { close(file) }
        file = -1
        input = []
        place += 1
        try connect(patience: EventsSocket.patienceS)
        for line in owed where !write(line) { return try reconnect() }
    }

    private func connect(patience: Double) throws(Failure) {
        let deadline = ContinuousClock.now + .seconds(patience)
        var wait: UInt32 = 50_000
        while true {
            let path = paths[place % paths.count]
            let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let code = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if code == 0 {
                file = made
                return
            }
            let reason = String(cString: strerror(errno))
            close(made)
            guard ContinuousClock.now < deadline else { throw .unreachable(path: path, reason: reason) }
            place += 1
            // The next one is tried at once; a pause comes when all of them have failed.
            if place % paths.count != 0 { continue }
            usleep(wait)
            wait = min(wait * 2, 2_000_000)
        }
    }

    private func write(_ line: [UInt8]) -> Bool {
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes {
                Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }
}
