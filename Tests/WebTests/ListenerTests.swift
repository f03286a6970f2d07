import Foundation
import Logging
import NIOPosix
import Testing

@testable import Web

/// Connections that come as the listener closes. A connection that was accepted and that nobody handled ended the
/// program.
@Suite struct ListenerTests {
    @Test(.timeLimit(.minutes(10))) func whoComesAsTheListenerClosesIsTurnedAway() async throws {
        let routes = try Routes(), logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        for round in 0..<150 {
            let path = NSTemporaryDirectory() + "listener-\(UInt32.random(in: 0 ... .max))"
            let listener = try await WebListener.listen(
                .path(path), responder: routes.responder, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
            let running = Task { await listener.run() }
            let clients = (0..<32).map { _ in RawClient(path) }
            if round % 2 == 1 { await Task.yield() }
            await listener.close()
            for client in clients { client.close() }
            await running.value
        }
    }
}

/// A connection without a word.
private struct RawClient {
    private let socket: Int32

    init(_ path: String) {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    func close() { Glibc.close(socket) }
}
