import Foundation
import Glibc

/// Why a test's outside world is not as it should be.
struct Failure: Error, CustomStringConvertible {
    var description: String
}

/// Polls until something is so; nil when the deadline has passed.
func poll<Value>(within seconds: Double = 20, _ look: () throws -> Value?) rethrows -> Value? {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
        if let found = try look() { return found }
        if Date() > deadline { return nil }
        usleep(5_000)
    }
}

/// A program as a process, with its standard error in a file.
final class Program {
    enum End: Equatable {
        case status(Int32)
        case signal(Int32)
    }

    let pid: pid_t
    let errorPath: String
    private var end: End?

    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], errors: String) throws {
        errorPath = errors
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, errors + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // A socket that a program inherits stays open when the test has closed it, and its other end waits for ever.
        for descriptor in Int32(3)..<4_096 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var all = ProcessInfo.processInfo.environment
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS", "JOURNAL_STREAM"] { all[name] = nil }
        all.merge(environment) { _, new in new }
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        // The threads of the tests block signals, and a program begins with what its parent blocks.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var made = pid_t()
        let code = posix_spawnp(&made, path, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw Failure(description: "\(path): \(String(cString: strerror(code)))") }
        pid = made
    }
    deinit { if end == nil { stop(SIGKILL) } }

    static func built(_ name: String) -> String { Bundle.main.bundleURL.appendingPathComponent(name).path }

    var standardError: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }
    var standardOutput: String { (try? String(contentsOfFile: errorPath + ".out", encoding: .utf8)) ?? "" }

    /// How it ended; nil while it runs.
    var ended: End? {
        if let end { return end }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        end = status & 0x7F == 0 ? .status((status >> 8) & 0xFF) : .signal(status & 0x7F)
        return end
    }

    func waitForEnd(within seconds: Double = 30) -> End? { poll(within: seconds) { ended } }

    @discardableResult func stop(_ signal: Int32 = SIGTERM) -> End? {
        kill(pid, signal)
        return waitForEnd()
    }
}

/// A real screenpopd in a folder of its own, whose name has a space.
final class Daemon {
    let folder: String
    private(set) var program: Program?

    var socket: String { folder + "/e.sock" }
    var api: String { folder + "/a.sock" }
    var state: String { folder + "/state" }
    var arguments: [String] {
        [
            "--state-dir", state, "--events-socket", socket, "--api-socket", api, "--http", "127.0.0.1:0", "--config",
            config,
        ]
    }
    var config: String { folder + "/screenpopd.toml" }

    /// Where no zone is configured the centre is in UTC, wherever this machine is.
    private let zone: [String: String]

    init(config text: String = "") throws {
        zone = text.contains("timezone") ? [:] : ["SCREENPOP_TIMEZONE": "UTC"]
        folder = "/tmp/screenpop test \(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: config, atomically: true, encoding: .utf8)
    }
    deinit {
        program?.stop(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts it, and returns when it says that it is ready.
    func start(environment: [String: String] = [:], through wrapper: [String] = []) throws {
        let command = wrapper + [Program.built("screenpopd")] + arguments
        let program = try Program(
            command[0], Array(command.dropFirst()), environment: zone.merging(environment) { _, given in given },
            errors: folder + "/err")
        self.program = program
        let isReady: Bool? = poll(within: 60) {
            if program.standardError.split(separator: "\n").contains(where: { $0.hasPrefix("ready") }) { return true }
            return program.ended == nil ? nil : false
        }
        guard isReady == true else { throw Failure(description: "not ready: \(program.standardError.suffix(500))") }
    }

    /// Starts it although it must not start, and tells how it ended.
    func fail(through wrapper: [String] = []) throws -> (end: Program.End?, said: String) {
        let command = wrapper + [Program.built("screenpopd")] + arguments
        let program = try Program(command[0], Array(command.dropFirst()), environment: zone, errors: folder + "/err")
        return (program.waitForEnd(), program.standardError)
    }

    /// The TCP port of HTTP, which was free when it started.
    var port: UInt16 {
        get throws {
            let said = program?.standardError.firstMatch(of: /HTTP at 127\.0\.0\.1:(\d+)/)?.1
            guard let port = said.flatMap({ UInt16($0) }) else { throw Failure(description: "no port was said") }
            return port
        }
    }

    var pid: pid_t { program?.pid ?? 0 }
    @discardableResult func stop(_ signal: Int32 = SIGTERM) -> Program.End? { program?.stop(signal) }
}
