import Testing

@testable import PostgresLog

/// In which order the hosts of a database are tried.
@Suite struct KnownHostTests {
    private func order(_ conninfo: String, _ host: String, _ port: String = "5432", failed: Bool = false) -> [String] {
        let known = KnownHost()
        #expect(known.order(conninfo).isEmpty, "nothing is known yet")
        known.connected(.init(name: host, port: port))
        if failed { known.failed(.init(name: host, port: port)) }
        return known.order(conninfo).map { "\($0.keyword)=\($0.value)" }
    }

    @Test func thePrimaryIsTriedFirst() {
        #expect(order("host=a,b,c dbname=x", "b") == ["host=b,a,c"])
        #expect(order("host=a,b,c port=5433", "c", "5433") == ["host=c,a,b"])
        #expect(order("host=a,b,b port=1,2,3", "b", "3") == ["host=b,a,b", "port=3,1,2"])
        #expect(order("postgresql://u@a:1,b:2/x?sslmode=require", "b", "2") == ["host=b,a", "port=2,1"])
        #expect(order("hostaddr=10.0.0.1,10.0.0.2", "10.0.0.2") == ["hostaddr=10.0.0.2,10.0.0.1"])
        #expect(order("host=a,b hostaddr=10.0.0.1,10.0.0.2", "b") == ["host=b,a", "hostaddr=10.0.0.2,10.0.0.1"])
    }

    @Test func oneThatHasFailedIsTriedLast() {
        #expect(order("host=a,b,c", "a", failed: true) == ["host=b,c,a"])
        #expect(order("host=a,b,c", "c", failed: true) == ["host=a,b,c"])
    }

    @Test func anOldSessionsEndSaysNothing() {
        let known = KnownHost()
        known.connected(.init(name: "a", port: "5432"))
        known.connected(.init(name: "b", port: "5432"))
        known.failed(.init(name: "a", port: "5432"))
        #expect(known.order("host=a,b").map(\.value) == ["b,a"])
    }

    @Test(arguments: ["host=a", "dbname=x", "service=centre", "x", "host=c,d", "host='", "postgresql://a/x"])
    func thereIsNothingToOrder(conninfo: String) {
        let known = KnownHost()
        known.connected(.init(name: "a", port: "1"))
        #expect(known.order(conninfo).isEmpty)
    }
}

extension PostgresTests {
    @Suite struct KnownHostOfServerTests {
        /// A session that is there moves its host to the front, and one that is lost to the end.
        @Test func sessionsSayWhichHostItIs() throws {
            let server = try TestServer.shared
            let place = PostgresPlace(
                conninfo: "host=127.0.0.1,\(server.directory) port=1,\(server.port) user=screenpop dbname=centre",
                node: "a", passwordFile: nil)
            func hosts() throws -> String? { try place.parameters().last { $0.keyword == "port" }?.value }
            #expect(try hosts() == nil)
            let session = try Session(place)
            #expect(try hosts() == "\(server.port),1")
            // A copy of the place knows it as well.
            let copy = place
            #expect(try copy.parameters().last { $0.keyword == "port" }?.value == "\(server.port),1")
            #expect(throws: PostgresError.self) {
                try session.run(Statement.once("SELECT pg_terminate_backend(pg_backend_pid())")(), within: .seconds(5))
            }
            #expect(try hosts() == "1,\(server.port)")
            // It is there still, and found where it is tried last.
            _ = try Session(place)
            #expect(try hosts() == "\(server.port),1")
        }
    }
}
