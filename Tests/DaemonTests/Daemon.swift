import Foundation
import Glibc

/// A real screenpopd, as a process, in a folder of its own.
final class Daemon {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let folder: URL
    private var process = Process()
    private var errors = Pipe()
    private(set) var standardError = ""

    var socket: String { folder.path + "/e.sock" }
    var state: String { folder.path + "/state" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("screenpop \(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    static var program: URL { Bundle.main.bundleURL.appendingPathComponent("screenpopd") }

    /// Starts it, and returns when it says that it is ready.
    func start(_ more: [String] = []) throws {
        process = Process()
        errors = Pipe()
        standardError = ""
        process.executableURL = Daemon.program
        process.arguments = ["--state-dir", state, "--events-socket", socket] + more
        process.standardError = errors
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 30)
        while Date() < deadline {
            let part = errors.fileHandleForReading.availableData
            if part.isEmpty { break }
            standardError += String(decoding: part, as: UTF8.self)
            if standardError.split(separator: "\n").contains(where: { $0.hasPrefix("ready") }) { return }
        }
        throw Failure(description: "not ready: \(standardError)")
    }

    var pid: pid_t { process.processIdentifier }

    /// Sends a signal and waits for the end.
    func stop(_ signal: Int32 = SIGTERM) -> (reason: Process.TerminationReason, status: Int32) {
        kill(pid, signal)
        return wait()
    }
    func wait() -> (reason: Process.TerminationReason, status: Int32) {
        process.waitUntilExit()
        return (process.terminationReason, process.terminationStatus)
    }
}

/// A client of the event socket that blocks, as the simplest of bridges does.
final class Client {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107))) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard code == 0 else { throw Daemon.Failure(description: "cannot connect to \(path): \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    deinit { close(descriptor) }

    /// False when the daemon is gone.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next reply line; nil when the daemon is gone or the deadline has passed.
    func reply() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return line
            }
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &part, part.count, 0)
            if count <= 0 { return nil }
            buffer += part[..<count]
        }
    }
    func ask(_ line: String) -> String? { send(line + "\n") ? reply() : nil }
}

func seq(_ reply: String) -> Int? {
    let object = try? JSONSerialization.jsonObject(with: Data(reply.utf8)) as? [String: Any]
    return object?["ok"] as? Bool == true ? object?["seq"] as? Int : nil
}
