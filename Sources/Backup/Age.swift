import Glibc

/// Whom a backup is encrypted for.
public enum AgeRecipients: Equatable, Sendable {
    /// A public key of age or of SSH.
    case key(String)
    /// A file with keys, one a line.
    case file(String)

    var arguments: [String] {
        switch self {
        case .key(let key): ["-r", key]
        case .file(let path): ["-R", path]
        }
    }
}

/// The program `age` (age-encryption.org): it reads one file and writes another, so neither has to fit into memory.
enum Age {
    /// What is behind the name of an encrypted file.
    static let suffix = ".age"

    /// - Throws: when the program is not there, with how to get it.
    ///
    /// - Parameter path: folders, as PATH has them.
    static func find(in path: String = Age.path) throws(BackupError) -> String {
        for folder in path.split(separator: ":") where access("\(folder)/age", X_OK) == 0 { return "\(folder)/age" }
        throw BackupError(
            "the program age is not installed, which encrypts and decrypts backups: apt install age "
                + "(or see https://age-encryption.org)")
    }

    static var path: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin" }

    /// Tries whether age takes the recipients, before anything is copied.
    static func check(_ recipients: AgeRecipients) throws(BackupError) {
        try run(
            recipients.arguments, from: "/dev/null", to: "/dev/null", refusal: "age does not take the recipients",
            isStopped: { false })
    }

    static func encrypt(
        _ from: String, to path: String, _ recipients: AgeRecipients, isStopped: @Sendable () -> Bool
    ) throws(BackupError) {
        close(try Files.create(path))
        try run(recipients.arguments, from: from, to: path, refusal: "age refuses \(from)", isStopped: isStopped)
        try Files.sync(path)
    }

    /// - Parameter identity: the file with the private key.
    static func decrypt(
        _ from: String, to path: String, identity: String, isStopped: @Sendable () -> Bool
    ) throws(BackupError) {
        guard Files.exists(identity) else { throw .file(identity, "read") }
        close(try Files.create(path))
        try run(["-d", "-i", identity], from: from, to: path, refusal: "age refuses \(from)", isStopped: isStopped)
    }

    private static func run(
        _ arguments: [String], from: String, to path: String, refusal: String, isStopped: @Sendable () -> Bool
    ) throws(BackupError) {
        let program = try find()
        var said: [CInt] = [-1, -1]
        guard pipe(&said) == 0 else { throw .file("a pipe", "made") }
        defer { close(said[0]) }
        for end in said { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, from, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_TRUNC, 0)
        posix_spawn_file_actions_adddup2(&actions, said[1], 2)
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, &actions, nil, argv, environ)
        close(said[1])
        guard code == 0 else { throw .file(program, "started", code) }
        let status = wait(for: child, isStopped)
        if isStopped() { throw .stopped }
        guard status != 0 else { return }
        // age says one or two lines, which fit into the pipe.
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = max(0, read(said[0], &bytes, bytes.count))
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        let line = text.split(separator: "\n").first.map(String.init) ?? "status \(status)"
        throw BackupError("\(refusal): \(line)")
    }

    private static func wait(for child: pid_t, _ isStopped: () -> Bool) -> CInt {
        var status: CInt = 0, isTold = false
        while true {
            let found = waitpid(child, &status, WNOHANG)
            if found == child { return status }
            if found < 0 && errno != EINTR { return -1 }
            if isStopped(), !isTold {
                kill(child, SIGTERM)
                isTold = true
            }
            usleep(5_000)
        }
    }
}
