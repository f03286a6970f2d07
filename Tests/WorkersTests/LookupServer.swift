import Foundation
import Glibc
import Synchronization

/// A CRM on a port of this machine: real sockets, and answers that a test decides.
final class LookupServer: Sendable {
    struct Request: Sendable {
        var method: String
        /// With its query, as it was sent.
        var target: String
        /// By their names in small letters.
        var headers: [String: String]
        var body: String

        var path: String { String(target.prefix { $0 != "?" }) }
        /// The query's values, decoded.
        var query: [String: String] {
            let items = URLComponents(string: target)?.queryItems ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        }
    }

    enum Answer: Sendable {
        case json(String)
        case status(Int, String = "", headers: [String] = [])
        case slow(milliseconds: UInt32, String)
        /// The connection ends without an answer.
        case hangUp
        /// Nothing comes, and the connection stays open.
        case silence
        /// A header, then a byte now and then, without an end.
        case drip
        /// More and more of an answer, without an end.
        case endless
        /// As it is.
        case raw(String)
    }
    typealias Decide = @Sendable (Request) -> Answer

    private struct State {
        var descriptor: CInt = -1
        var requests: [Request] = []
        var open = 0
        var openMax = 0
        var clients: Set<CInt> = []
    }
    private let state = Mutex(State())
    private let decide: Decide
    let port: UInt16

    private struct NoSocket: Error {}

    init(_ decide: @escaping Decide) throws {
        self.decide = decide
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in(), length = socklen_t(MemoryLayout<sockaddr_in>.size)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        port = UInt16(bigEndian: address.sin_port)
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
    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var openMax: Int { state.withLock { $0.openMax } }

    /// Connections are refused from now on, and those that are open end.
    func stop() {
        // Under the lock: a descriptor that is closed meanwhile may be that of another test's connection.
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            shutdown(state.descriptor, Int32(SHUT_RDWR))
            close(state.descriptor)
            state.descriptor = -1
            for client in state.clients { shutdown(client, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ client: CInt) {
        state.withLock { _ = $0.clients.insert(client) }
        defer {
            state.withLock { state in
                state.clients.remove(client)
                close(client)
            }
        }
        guard let request = LookupServer.read(client) else { return }
        state.withLock { state in
            state.requests.append(request)
            state.open += 1
            state.openMax = max(state.openMax, state.open)
        }
        defer { state.withLock { $0.open -= 1 } }
        switch decide(request) {
        case .json(let body): LookupServer.send(client, LookupServer.whole(200, body))
        case .status(let status, let body, let headers):
            LookupServer.send(client, LookupServer.whole(status, body, headers))
        case .slow(let milliseconds, let body):
            usleep(milliseconds * 1_000)
            LookupServer.send(client, LookupServer.whole(200, body))
        case .hangUp: return
        case .silence: LookupServer.waitForEnd(client)
        case .drip:
            LookupServer.send(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while LookupServer.send(client, " ") { usleep(20_000) }
        case .endless:
            LookupServer.send(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
            let more = String(repeating: "\"0123456789\",", count: 4_000)
            while LookupServer.send(client, more) {}
        case .raw(let text): LookupServer.send(client, text)
        }
    }

    private static func whole(_ status: Int, _ body: String, _ headers: [String] = []) -> String {
        let more = headers.map { $0 + "\r\n" }.joined()
        return "HTTP/1.1 \(status) x\r\n\(more)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    @discardableResult
    private static func send(_ client: CInt, _ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    private static func waitForEnd(_ client: CInt) {
        var byte: UInt8 = 0
        while recv(client, &byte, 1, 0) > 0 {}
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
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let start = text[..<end.upperBound].utf8.count, length = Int(headers["content-length"] ?? "0") ?? 0
        guard bytes.count >= start + length else { return nil }
        return Request(
            method: String(words[0]), target: String(words[1]), headers: headers,
            body: String(decoding: bytes[start..<start + length], as: UTF8.self))
    }
}
