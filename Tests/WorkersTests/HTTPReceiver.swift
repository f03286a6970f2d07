import Foundation
import Glibc
import Synchronization

/// A receiver of webhooks on a port of this machine: real sockets, and answers that a test decides.
final class HTTPReceiver: Sendable {
    struct Request: Sendable {
        /// By their names in small letters.
        var headers: [String: String]
        var body: [UInt8]

        var event: String { headers["x-screenpop-event"] ?? "" }
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }
    }
    /// What a request is answered with: a status, or nothing while the connection stays open.
    enum Answer: Sendable {
        case status(Int)
        case slow(milliseconds: UInt32, Int)
        /// The connection ends without an answer.
        case hangUp
        case redirect(String)
    }
    typealias Decide = @Sendable (Request, _ number: Int) -> Answer

    private struct State {
        var descriptor: CInt = -1
        var requests: [Request] = []
        /// Those that were answered with 2xx, in the order of their answers.
        var accepted: [String] = []
        var open = 0
        var openMax = 0
    }
    private let state = Mutex(State())
    private let decide: Decide
    let port: UInt16

    /// - Parameter decide: the answer to each request; all are accepted without it.
    init(_ decide: @escaping Decide = { _, _ in .status(204) }) throws {
        self.decide = decide
        port = try HTTPReceiver.freePort()
        try start()
    }
    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)/hook" }
    var requests: [Request] { state.withLock { $0.requests } }
    var accepted: [String] { state.withLock { $0.accepted } }
    /// So many requests were under way at once, at most.
    var openMax: Int { state.withLock { $0.openMax } }

    private struct NoSocket: Error {}

    private static func freePort() throws -> UInt16 {
        let descriptor = try bound(to: 0)
        defer { close(descriptor) }
        var address = sockaddr_in(), length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func bound(to port: UInt16) throws -> CInt {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw NoSocket()
        }
        return descriptor
    }

    /// Listens, also after it was stopped: at the same port.
    func start() throws {
        let descriptor = try HTTPReceiver.bound(to: port)
        guard listen(descriptor, 64) == 0 else { throw NoSocket() }
        state.withLock { $0.descriptor = descriptor }
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                guard let self else {
                    close(client)
                    return
                }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// Connections are refused from now on.
    func stop() {
        let descriptor = state.withLock { state in
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        guard descriptor >= 0 else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func serve(_ client: CInt) {
        defer { close(client) }
        guard let request = HTTPReceiver.read(client) else { return }
        let number = state.withLock { state in
            state.requests.append(request)
            state.open += 1
            state.openMax = max(state.openMax, state.open)
            return state.requests.count
        }
        defer { state.withLock { $0.open -= 1 } }
        var status = 0, more = ""
        switch decide(request, number) {
        case .status(let code): status = code
        case .slow(let milliseconds, let code):
            usleep(milliseconds * 1_000)
            status = code
        case .hangUp: return
        case .redirect(let url):
            status = 307
            more = "Location: \(url)\r\n"
        }
        if 200..<300 ~= status { state.withLock { $0.accepted.append(request.event) } }
        let answer = "HTTP/1.1 \(status) x\r\n\(more)Content-Length: 0\r\nConnection: close\r\n\r\n"
        _ = Array(answer.utf8).withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private static func read(_ client: CInt) -> Request? {
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let found = parsed(bytes) { return found }
            let count = recv(client, &part, part.count, 0)
            guard count > 0 else { return nil }
            bytes += part[..<count]
        }
    }

    private static func parsed(_ bytes: [UInt8]) -> Request? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        var headers: [String: String] = [:]
        for line in text[..<end.lowerBound].components(separatedBy: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let start = text[..<end.upperBound].utf8.count, length = Int(headers["content-length"] ?? "0") ?? 0
        guard bytes.count >= start + length else { return nil }
        return Request(headers: headers, body: Array(bytes[start..<start + length]))
    }
}
