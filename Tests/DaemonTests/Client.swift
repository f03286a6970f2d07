import Foundation
import Glibc
import KeptAnswers

/// A client of a Unix socket that blocks, with a deadline, as the simplest of bridges does.
final class Client {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107))) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            throw Failure(description: "cannot connect to \(path): \(String(cString: strerror(errno)))")
        }
        setDeadlines()
    }

    /// A client of a TCP port of this machine.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            throw Failure(description: "cannot connect to \(port): \(String(cString: strerror(errno)))")
        }
        setDeadlines()
    }

    private func setDeadlines() {
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    /// What a stream is of, when this is one: what came of it is kept.
    var target: String?
    deinit {
        if let target { KeptAnswers.record("GET", target, String(decoding: buffer, as: UTF8.self)) }
        close(descriptor)
    }

    /// Goes without a goodbye when this is removed: what the other side writes then meets an error.
    func resetAtEnd() {
        var how = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &how, socklen_t(MemoryLayout<linger>.size))
    }

    /// False when the daemon is gone.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func read() -> Bool {
        var part = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &part, part.count, 0)
        if count > 0 { buffer += part[..<count] }
        return count > 0
    }

    /// The next reply line; nil when the daemon is gone or the deadline has passed.
    func reply() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return line
            }
            if !read() { return nil }
        }
    }
    func ask(_ line: String) -> String? { send(line + "\n") ? reply() : nil }

    /// Everything up to the end of the connection.
    func rest() -> String {
        while read() {}
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Reads until the text has come; what has come so far.
    func read(until text: String) throws -> String { try read(until: text) { $0.contains(text) } }

    /// Reads until the frame of a stream with this text has come as a whole; what has come so far.
    func read(untilFrame text: String) throws -> String {
        try read(until: text) { all in
            all.range(of: text).map { all[$0.upperBound...].contains("\n\n") } ?? false
        }
    }

    private func read(until text: String, _ isThere: (String) -> Bool) throws -> String {
        while true {
            let all = String(decoding: buffer, as: UTF8.self)
            if isThere(all) { return all }
            guard read() else { throw Failure(description: "\"\(text)\" did not come, but: \(all.suffix(600))") }
        }
    }
}

/// HTTP over the daemon's Unix socket, or over TCP.
struct HTTP {
    let connect: () throws -> Client

    init(path: String) { connect = { try Client(path) } }
    init(port: UInt16) { connect = { try Client(port: port) } }

    func ask(
        _ method: String, _ target: String, body: String = "", type: String = "application/json", headers: String = ""
    ) throws -> (status: Int, body: String) {
        let client = try connect()
        client.send(
            "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: \(type)\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\(headers)\r\n\(body)"
        )
        let answer = client.rest()
        KeptAnswers.record(method, target, answer)
        guard let status = answer.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let end = answer.range(of: "\r\n\r\n")
        else {
            throw Failure(description: "no answer: \(answer.prefix(200))")
        }
        return (status, String(answer[end.upperBound...]))
    }

    func json(_ target: String) throws -> [String: Any] {
        let answer = try ask("GET", target)
        return try JSONSerialization.jsonObject(with: Data(HTTP.plain(answer.body).utf8)) as? [String: Any] ?? [:]
    }

    /// Without the lengths of chunks.
    private static func plain(_ body: String) -> String { body.hasPrefix("{") ? body : String(body.drop { $0 != "{" }) }

    /// A stream that stays open.
    func stream(_ target: String, lastID: String? = nil) throws -> Client {
        let client = try connect()
        client.target = target
        client.send(
            "GET \(target) HTTP/1.1\r\nHost: x\r\nAccept: "
                + "text/event-stream\r\n\(lastID.map { "Last-Event-ID: \($0)\r\n" } ?? "")\r\n"
        )
        return client
    }
}

func seq(_ reply: String?) -> Int? {
    guard let reply, let object = try? JSONSerialization.jsonObject(with: Data(reply.utf8)) as? [String: Any],
        object["ok"] as? Bool == true
    else { return nil }
    return object["seq"] as? Int
}
