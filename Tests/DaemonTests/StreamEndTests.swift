import Foundation
import Testing

extension ProcessTests {
    /// `Tests/Fuzz/streams.py` opens ten thousand.
    @Suite(.serialized) struct StreamEndTests {
        @Test func noStreamStaysOpenWhoseClientHasGone() throws {
            let daemon = try Daemon()
            try daemon.start()
            let http = HTTP(path: daemon.api)
            let made = try http.ask("POST", "/v1/tokens", body: #"{"role":"admin","name":"test"}"#).body
            let token = try #require(made.firstMatch(of: /"token":"([^"]+)"/)?.1), port = try daemon.port
            let targets = [
                "/v1/stream?operator=all", "/v1/stream?operator=101", "/v1/stream?operator=101,102", "/v1/stats/stream",
            ]
            for n in 0..<400 {
                let client = try Client(port: port)
                // Gone before the headers are written, most of them.
                client.send("GET \(targets[n % 4]) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
                if n % 3 > 0 { client.resetAtEnd() }
            }
            func open() throws -> [Int] {
                let metrics = try http.ask("GET", "/metrics").body.split(separator: "\n").map {
                    $0.split(separator: " ")
                }
                let names: Set = ["screenpop_streams", "screenpop_figure_streams", "screenpop_event_streams"]
                return metrics.filter { names.contains(String($0.first ?? "")) }
                    .compactMap {
                        Double($0.last ?? "").map { Int($0) }
                    }
            }
            let kept = try [http.stream(targets[0]), http.stream(targets[3])]
            for one in kept { _ = try one.read(until: "\r\n\r\n") }
            // The two that are read, and nobody else.
            let isGood = try poll { try open() == [1, 1, 0] ? true : nil }, left = try open()
            #expect(isGood == true, "\(left)")
            withExtendedLifetime(kept) {}
            #expect(daemon.stop() == .status(0), "\(daemon.program?.standardError.prefix(40_000) ?? "")")
        }
    }
}
