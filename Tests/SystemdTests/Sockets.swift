import Glibc
import Testing

struct SystemFailure: Error, CustomStringConvertible {
    let call: String
    let number: CInt

    init(_ call: String) {
        self.call = call
        self.number = errno
    }

    var description: String { "\(call): \(String(cString: strerror(number)))" }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/screenpop-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        for name in ["notify", "events.sock", "api.sock", "one", "two"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

/// The service manager's side of `NOTIFY_SOCKET`.
final class DatagramReceiver {
    private let folder: TemporaryFolder
    private let descriptor: CInt
    var path: String { "\(folder.path)/notify" }

    init() throws {
        folder = try TemporaryFolder()
        descriptor = try UnixSocket.bound(to: "\(folder.path)/notify", type: SOCK_DGRAM)
    }

    deinit { close(descriptor) }

    /// The next message; an error when none comes within 10 s.
    func receive() throws -> String {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 10_000) == 1 else { throw SystemFailure("poll") }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw SystemFailure("recv") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    func expect(_ message: String, at place: SourceLocation = #_sourceLocation) throws {
        let received = try receive()
        #expect(received == message, sourceLocation: place)
    }

    static func monotonicMicroseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}

enum UnixSocket {
    /// A path that begins with `@` is an abstract name.
    static func bound(to path: String, type: __socket_type) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(type.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: name.first == UInt8(ascii: "@") ? [0] + name.dropFirst() : name)
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + name.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard result == 0 else { throw SystemFailure("bind") }
        return descriptor
    }

    static func listening(on path: String) throws -> CInt {
        let descriptor = try bound(to: path, type: SOCK_STREAM)
        guard listen(descriptor, 8) == 0 else { throw SystemFailure("listen") }
        return descriptor
    }
}

enum LoopbackSocket {
    /// A TCP socket on a port of the kernel's choice.
    static func listening(family: CInt = AF_INET) throws -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        // Listening without bind takes any free port.
        guard descriptor >= 0, listen(descriptor, 8) == 0 else { throw SystemFailure("listen") }
        return descriptor
    }
}
