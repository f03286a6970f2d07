import Foundation
import Synchronization
import Testing

@testable import PostgresLog

/// A PostgreSQL server of the tests' own: a cluster in a temporary folder, a free port, fsync on. All suites share it.
///
/// It is stopped, and its folder removed, when the tests' process ends, however that ends: a shell waits at the other
/// end of a pipe.
final class TestServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static let started = Result { try TestServer() }
    static var shared: TestServer { get throws { try started.get() } }

    let directory: String
    let port: Int
    private let programs: String
    private let schemas = Atomic(0)

    private init() throws {
        programs = try TestServer.findPrograms()
        directory = try TestServer.makeDirectory()
        port = try TestServer.freePort()
        try run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        // Locally everybody is trusted; over TCP the password counts.
        try """
        local all,replication all trust
        host all all 127.0.0.1/32 scram-sha-256
        """.write(toFile: data + "/pg_hba.conf", atomically: false, encoding: .utf8)
        let settings = """

            listen_addresses = '127.0.0.1'
            port = \(port)
            unix_socket_directories = '\(directory)'
            fsync = on
            max_connections = 60
            shared_buffers = 32MB
            ssl = on
            password_encryption = 'scram-sha-256'
            log_line_prefix = '%m [%p] %a '

            """
        let file = try #require(FileHandle(forWritingAtPath: data + "/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data(settings.utf8))
        try file.close()
        try makeCertificate()
        try stopAtTheEnd()
        try start()
        try sql("CREATE ROLE screenpop LOGIN PASSWORD '\(TestServer.password)'", database: "postgres")
        try sql("CREATE DATABASE centre OWNER screenpop", database: "postgres")
    }

    static let password = "a secret of the tests"

    var data: String { directory + "/data" }

    // MARK: The server's process

    private static func findPrograms() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        let found = versions.sorted(by: >).map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
        guard let found else {
            throw Failure(
                "PostgreSQL's server is not installed, so the log in PostgreSQL cannot be tested: run `make deps`, or "
                    + "install the package postgresql")
        }
        return found
    }

    private static func makeDirectory() throws -> String {
        // A socket's path is short.
        var template = Array("/tmp/screenpop-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure("no temporary folder: \(String(cString: strerror(errno)))")
        }
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        // A test beside this one may have set the process's umask for a socket meanwhile.
        chmod(path, 0o700)
        if getuid() == 0 {
            // The server refuses to run as root.
            guard let user = getpwnam("postgres")?.pointee else { throw Failure("there is no user postgres") }
            chown(path, user.pw_uid, user.pw_gid)
        }
        return path
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Arguments that run one of the server's programs as its user, for a minute at most.
    func command(_ program: String, _ arguments: [String]) -> [String] {
        ["timeout", "60"] + asUser(["\(programs)/\(program)"] + arguments)
    }

    func asUser(_ command: [String]) -> [String] {
        let change = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        return (getuid() == 0 ? change : []) + command
    }

    /// For connections over TCP. Debian's package of the server brings openssl with it.
    private func makeCertificate() throws {
        let make = [
            "openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days",
            "2", "-subj", "/CN=tests", "-keyout", data + "/server.key", "-out", data + "/server.crt",
        ]
        guard try TestProcess(asUser(make), output: "/dev/null").wait() == 0 else {
            throw Failure("openssl made no certificate: is it installed?")
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let output = "\(directory)-\(program)"
        defer { unlink(output) }
        let status = try TestProcess(command(program, arguments), output: output).wait()
        guard status == 0 else {
            let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            throw Failure("\(program) ended with \(status): \(said)")
        }
    }

    func start() throws {
        try run("pg_ctl", ["-D", data, "-l", directory + "/log", "-w", "-t", "50", "start"])
    }

    /// As a crash: nothing is flushed, and the next start recovers from the log.
    func restartImmediately() throws {
        try run("pg_ctl", ["-D", data, "-l", directory + "/log", "-w", "-t", "50", "-m", "immediate", "restart"])
    }

    private func stopAtTheEnd() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let stop = command("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]).joined(separator: " ")
        // Ctrl-C reaches the whole group; the shell has to outlive the tests.
        let script = "read -r _; \(stop); rm -rf '\(directory)'"
        _ = try TestProcess(["setsid", "sh", "-c", script], input: ends[0], output: "/dev/null")
        close(ends[0])
        // The other end stays open for as long as this process lives.
    }

    // MARK: Its databases

    /// As its superuser. The statement is sent alone.
    @discardableResult
    func sql(_ text: String, database: String = "centre") throws -> Answer {
        try session(database).run(Statement.once(text)(), within: .seconds(20), writes: false)
    }

    /// A session of the superuser, which waits for no standby.
    func session(_ database: String = "centre") throws -> Session {
        let conninfo = "host=\(directory) port=\(port) user=postgres dbname=\(database)"
        return try Session(
            PostgresPlace(conninfo: conninfo, node: "tests", passwordFile: nil),
            settings: [("synchronous_commit", "off"), ("lock_timeout", "20s")])
    }

    /// An empty schema, so that tests do not see each other's tables.
    func schema() throws -> String {
        let name = "s\(schemas.add(1, ordering: .relaxed).newValue)"
        try sql("CREATE SCHEMA \(name) AUTHORIZATION screenpop")
        return name
    }

    func place(_ schema: String, node: String = "a", more: String = "") -> PostgresPlace {
        PostgresPlace(
            conninfo: "host=\(directory) port=\(port) user=screenpop dbname=centre "
                + "options='-c search_path=\(schema)' \(more)", node: node, passwordFile: nil)
    }

    // MARK: Commits that wait for a standby

    /// From here on commits wait for a standby that does not exist.
    func holdCommits() async throws {
        try sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try sql("SELECT pg_reload_conf()")
        do { try await awaitHeldCommits() } catch {
            try releaseCommits()
            throw error
        }
    }

    /// The setting takes effect a moment later. A session that waits shows that it did.
    private func awaitHeldCommits() async throws {
        try await eventually("commits wait") {
            let probe = try Session(self.place("public", node: "probe"))
            let pid = probe.pid
            let cut = probe.cut
            let held = Mutex(Optional(probe))
            let wrote = Background {
                try held.withLock { session in
                    defer { session = nil }
                    let write = Statement.once("SELECT pg_logical_emit_message(true, 'probe', 'x')")
                    _ = try session?.run(write(), within: .seconds(20))
                }
            }
            while !wrote.isDone {
                if try self.isWaiting(pid, for: "SyncRep") {
                    cut.cut()
                    return true
                }
            }
            return false
        }
    }

    func releaseCommits() throws {
        try sql("ALTER SYSTEM RESET synchronous_standby_names")
        try sql("SELECT pg_reload_conf()")
    }

    /// Whether a session waits: for a standby (`SyncRep`), or for another transaction (`transactionid`, `tuple`).
    func isWaiting(_ pid: Int32, for event: String) throws -> Bool {
        let text = "SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid) AND wait_event = '\(event)'"
        return try sql(text).integer(0, 0) > 0
    }

    func isThere(_ pid: Int32) throws -> Bool {
        try sql("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)").integer(0, 0) > 0
    }
}
