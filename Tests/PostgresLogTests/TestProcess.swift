import Foundation

/// A program that the tests start. Foundation's own notices an end only when the grandchildren have ended too, and
/// PostgreSQL's server is one.
struct TestProcess {
    let pid: pid_t

    /// - Parameters:
    ///   - command: looked for in PATH.
    ///   - input: a descriptor; without one there is no input.
    ///   - output: a file for the output and the errors.
    init(_ command: [String], input: Int32? = nil, output: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A socket that a program inherits stays open when the test has closed it, and its other end waits for ever.
        for descriptor in Int32(3)..<4_096 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // The threads of the tests may have signals blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The server's user may not look into the folder of the tests.
        let arguments = (["env", "--chdir=/tmp", "LC_ALL=C"] + command).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var started: pid_t = 0
        let code = posix_spawnp(&started, "env", &actions, &attributes, arguments, environ)
        guard code == 0 else { throw TestServer.Failure("\(command): \(String(cString: strerror(code)))") }
        pid = started
    }

    /// Waits until it has ended.
    ///
    /// - Returns: 0 when all went well.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 { if errno != EINTR { return -1 } }
        return status
    }

    /// Asks it to end, and waits.
    func end() {
        kill(pid, SIGTERM)
        _ = wait()
    }
}
