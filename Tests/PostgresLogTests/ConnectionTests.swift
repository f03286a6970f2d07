import Foundation
import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct ConnectionTests {
        let server: TestServer
        let schema: String

        init() throws {
            server = try TestServer.shared
            schema = try server.schema()
        }

        /// Over TCP, where the server wants a password.
        func place(_ more: String = "", host: String = "127.0.0.1", port: String? = nil, passwordFile: String? = nil)
            -> PostgresPlace
        {
            PostgresPlace(
                conninfo: "host=\(host) port=\(port ?? "\(server.port)") user=screenpop dbname=centre "
                    + "options='-c search_path=\(schema)' \(more)", node: "a", passwordFile: passwordFile)
        }

        func file(_ text: String) throws -> String {
            let path = NSTemporaryDirectory() + "screenpop-password-\(UUID().uuidString)"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            return path
        }

        func error(_ place: PostgresPlace) -> PostgresError? {
            failure { () throws(PostgresError) in try LogTable.open(place) }
        }

        @Test(arguments: ["", "\n", "\r\n"]) func thePasswordComesFromAFile(end: String) throws {
            let path = try file(TestServer.password + end)
            defer { unlink(path) }
            let table = try LogTable.open(place(passwordFile: path))
            #expect(try table.head() == nil)
            // It counts more than one in the conninfo.
            #expect(try LogTable.open(place("password=wrong", passwordFile: path)).head() == nil)
        }

        /// LoadCredential=database-password:… in the unit.
        @Test func thePasswordIsASystemdCredential() throws {
            let folder = NSTemporaryDirectory() + "screenpop-credentials-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let unit = ["CREDENTIALS_DIRECTORY": folder, "PGPASSFILE": "/nonexistent"]
            #expect(PostgresPlace.credential(in: unit) == nil, "the unit has other credentials alone")
            #expect(PostgresPlace.credential(in: [:]) == nil, "no unit of systemd")
            try TestServer.password.write(
                toFile: folder + "/database-password", atomically: false, encoding: .utf8)
            let file = try #require(PostgresPlace.credential(in: unit))
            #expect(try LogTable.open(place(passwordFile: file)).head() == nil)
        }

        @Test func aWrongPasswordIsRefusedAndNotShown() throws {
            let path = try file("not the right one")
            defer { unlink(path) }
            let wrong = try #require(error(place(passwordFile: path)))
            #expect(wrong.isRefused && wrong.description.contains("check the user, the password"))
            #expect(!wrong.description.contains("not the right one"))
            let none = try #require(error(place("passfile=/nonexistent")))
            #expect(none.isRefused && none.description.contains("password"))
        }

        @Test func aPasswordFileThatHasNoneSaysSo() throws {
            let missing = error(place(passwordFile: "/nonexistent/password"))
            #expect(missing?.isRefused == true && missing?.description.contains("/nonexistent/password") == true)
            for text in ["", "\n", String(repeating: "x", count: 5_000)] {
                let path = try file(text)
                defer { unlink(path) }
                #expect(error(place(passwordFile: path))?.isRefused == true)
            }
        }

        @Test func libpqFindsAPasswordByItself() throws {
            let path = try file("127.0.0.1:*:*:screenpop:\(TestServer.password)\n")
            defer { unlink(path) }
            chmod(path, 0o600)
            #expect(try LogTable.open(place("passfile=\(path)")).head() == nil)
        }

        @Test func aDatabaseThatIsNotThereIsRefused() throws {
            let place = PostgresPlace(
                conninfo: "host=\(server.directory) port=\(server.port) user=screenpop dbname=center", node: "a",
                passwordFile: nil)
            #expect(error(place)?.isRefused == true)
            #expect(error(place)?.description.contains("createdb") == true)
        }

        @Test func aServerThatIsAwayIsUnavailable() throws {
            #expect(error(place(port: "1"))?.isUnavailable == true)
            // One of several is enough.
            let path = try file(TestServer.password)
            defer { unlink(path) }
            let several = place(host: "127.0.0.1,127.0.0.1", port: "1,\(server.port)", passwordFile: path)
            #expect(try LogTable.open(several).head() == nil)
            // One that is away may know better than one that refuses.
            let wrong = place("password=wrong", host: "127.0.0.1,127.0.0.1", port: "1,\(server.port)")
            #expect(error(wrong)?.isUnavailable == true)
        }

        /// The kernel accepts for a program that does not.
        @Test func aServerThatIsStoppedIsGivenUp() async throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let listens = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, length) == 0 && listen(listener, 5) == 0
                        && getsockname(listener, $0, &length) == 0
                }
            }
            try #require(listens)
            let place = place("connect_timeout=2", port: "\(UInt16(bigEndian: address.sin_port))")
            let opened = Background { try LogTable.open(place).close() }
            #expect(try await opened.error(within: 6)?.isUnavailable == true)
        }

        @Test func aConninfoThatCannotBeReadIsRefused() {
            for text in ["host=db1 dbname", "postgresql://db1/x?colour=red", "colour=red host=db1"] {
                let error = error(PostgresPlace(conninfo: text, node: "a", passwordFile: nil))
                #expect(error?.isRefused == true, "\(text)")
            }
            for node in ["", "a b", "本社", String(repeating: "n", count: 49)] {
                var place = place()
                place.node = node
                #expect(error(place)?.isRefused == true, "\(node)")
            }
        }

        @Test func whatTheAdministratorHasSetOtherwiseDoesNotHurt() throws {
            let settings = [
                "statement_timeout = '300ms'", "idle_session_timeout = '300ms'", "client_min_messages = 'error'",
                "default_transaction_isolation = 'serializable'", "synchronous_commit = 'remote_apply'",
                "bytea_output = 'escape'", "datestyle = 'German'",
            ]
            for setting in settings { try server.sql("ALTER ROLE screenpop SET \(setting)") }
            defer { _ = try? server.sql("ALTER ROLE screenpop RESET ALL") }
            let session = try Session(server.place(schema))
            func setting(_ name: String) throws -> String {
                try session.run(Statement.once("SELECT current_setting('\(name)')")(), within: .seconds(5)).text(0, 0)
            }
            #expect(try setting("statement_timeout") == "0")
            #expect(try setting("idle_session_timeout") == "0")
            #expect(try setting("client_min_messages") == "warning")
            #expect(try setting("default_transaction_isolation") == "read committed")
            #expect(try setting("application_name") == "screenpop/a")
            // What an acknowledged event promises is the administrator's decision.
            #expect(try setting("synchronous_commit") == "remote_apply")
            let table = try LogTable.open(server.place(schema))
            _ = try table.create(identity: "l", behind: 0)
            let (leader, _) = try LeaderSession.lead(server.place(schema), ending: nil)
            try leader.append([.sample(1...1, epoch: 1)], expecting: 0)
            #expect(try table.rows(after: 0, bytesMax: 9) == [.sample(1...1, epoch: 1)])
            #expect(try table.facts().synchronousCommit == "remote_apply")
        }

        @Test func anEncryptedSessionAppendsAndIsAbandoned() async throws {
            let path = try file(TestServer.password)
            defer { unlink(path) }
            let encrypted = place("sslmode=require", passwordFile: path)
            let table = try LogTable.open(encrypted)
            _ = try table.create(identity: "l", behind: 0)
            #expect(try table.facts().isEncrypted)
            #expect(try !LogTable.open(place("sslmode=disable", passwordFile: path)).facts().isEncrypted)
            let (leader, _) = try LeaderSession.lead(encrypted, ending: nil)
            // More than the socket takes at once, there and back.
            let rows = (1...30).map { BurstRow.sample(Int64($0)...Int64($0), epoch: 1, size: 300_000) }
            try leader.append(rows, expecting: 0)
            #expect(try table.rows(after: 0, bytesMax: .max) == rows)
            try await server.holdCommits()
            defer { try? server.releaseCommits() }
            let append = Background { try leader.append([.sample(31...31, epoch: 1)], expecting: 30) }
            let (server, pid) = (server, leader.pid)
            try await eventually("the commit waits") { try server.isWaiting(pid, for: "SyncRep") }
            leader.abandon()
            #expect(try await append.error(within: 2)?.isUnavailable == true)
            #expect(try server.isWaiting(pid, for: "SyncRep"))
        }

        @Test func aSessionOverTCPProbesAndTheConninfoMaySayOtherwise() throws {
            let path = try file(TestServer.password)
            defer { unlink(path) }
            let session = try Session(place(passwordFile: path))
            let server = "SELECT current_setting('tcp_keepalives_idle')"
            #expect(try session.run(Statement.once(server)(), within: .seconds(5)).text(0, 0) == "2")
            #expect(session.probes() == [2, 1, 3, 3_000])
            let other = try Session(place("keepalives_idle=77 tcp_user_timeout=9000", passwordFile: path))
            #expect(other.probes() == [77, 1, 3, 9_000])
        }
    }
}

extension Session {
    /// The socket's keepalive settings and user timeout.
    func probes() -> [Int32] {
        [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT].map { option in
            var value: Int32 = -1
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(cut.descriptor, Int32(IPPROTO_TCP), option, &value, &length)
            return value
        }
    }
}
