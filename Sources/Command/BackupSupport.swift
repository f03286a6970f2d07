import ArgumentParser
import Backup
import Foundation
import Glibc
import Settings
import Synchronization

/// Where the state directory is.
struct StateDirectoryOption: ParsableArguments {
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "The daemon's state directory. (env: SCREENPOP_STATE_DIR; default: what the daemon at --api-socket says, "
                + "else by the configuration)", valueName: "dir"),
        completion: .directory)
    var stateDirectory: String?

    /// What is known of the centre.
    struct Centre: Sendable {
        var stateDirectory: String
        var timezone: String
    }

    private struct Status: Decodable { var stateDir: String }
    private struct Session: Decodable { var timezone: String }

    /// The directory that was named, else the one of the daemon that answers, else the one of the configuration.
    func locate(_ global: GlobalOptions) async throws -> Centre {
        let named = stateDirectory ?? StateDirectoryOption.fromEnvironment, client = global.client
        // A daemon on another machine has its directory there.
        if case .socket = client.address, let status = try? await client.ask(.init(path: "/v1/status")),
            let session = try? await client.ask(.init(path: "/v1/session")),
            let found = try? APIClient.decode(status) as Status,
            let zone = try? APIClient.decode(session) as Session,
            named.map({ realPath($0) == realPath(found.stateDir) }) ?? true
        {
            return Centre(stateDirectory: named ?? found.stateDir, timezone: zone.timezone)
        }
        let configured = try StateDirectoryOption.configured()
        return Centre(stateDirectory: named ?? configured.stateDirectory, timezone: configured.timezone)
    }

    private static var fromEnvironment: String? {
        ProcessInfo.processInfo.environment["SCREENPOP_STATE_DIR"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func realPath(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// What the daemon's configuration on this machine says, read as the daemon reads it.
    static func configured() throws -> Centre {
        do throws(SettingsError) {
            let settings = try Settings.load(
                file: nil, environment: ProcessInfo.processInfo.environment, flags: Settings.Flags())
            return Centre(stateDirectory: settings.paths.state, timezone: settings.timezone)
        } catch {
            throw ClientError.local("\(error). Put it right, or give --state-dir (and --timezone)")
        }
    }
}

/// The private key of an encrypted backup.
struct AgeIdentityOption: ParsableArguments {
    @Option(
        name: .customLong("age-identity"),
        help: ArgumentHelp("The file with the private key of an encrypted backup.", valueName: "file"),
        completion: .file())
    var ageIdentity: String?
}

extension GlobalOptions {
    /// Runs work with files: with progress on a terminal, and an end by Ctrl-C that leaves nothing behind.
    ///
    /// - Parameter isBeside: a daemon may run on the files meanwhile, and goes before.
    func backingUp(isBeside: Bool = false, _ work: (BackupBar) throws -> Void) throws {
        Interruption.listen()
        if isBeside { _ = nice(10) }
        let bar = BackupBar(language: speech)
        do { try work(bar) } catch let error as BackupError {
            bar.end()
            complain("screenpop: \(error)")
            throw ExitCode(error.exitStatus)
        }
    }
}

extension BackupError {
    /// The exit status, as `screenpop --help` documents it; 130 after Ctrl-C, as shells have it.
    var exitStatus: Int32 {
        switch kind {
        case .refused: Exit.refused
        case .notAllowed: Exit.notAllowed
        case .usage: Exit.usage
        case .stopped: 130
        }
    }
}

/// How far a backup is: one line on a terminal, on standard error; nothing elsewhere.
final class BackupBar {
    private let language: Language
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shown = "", at = ContinuousClock.now - .seconds(1)

    init(language: Language) { self.language = language }

    func show(_ step: BackupStep, _ file: String, _ share: Double) {
        guard isTerminal else { return }
        let name = "\(word(step)) \(safe(file))"
        guard name != shown || ContinuousClock.now - at > .milliseconds(100) else { return }
        shown = name
        at = .now
        let percent = step == .copying || share > 0 ? "  \(Int(min(1, share) * 100)) %" : ""
        complain("\r\(name)\(percent)\u{1B}[K", end: "")
    }

    /// Removes the line.
    func end() {
        if !shown.isEmpty { complain("\r\u{1B}[K", end: "") }
        shown = ""
    }

    private func word(_ step: BackupStep) -> String {
        switch step {
        case .copying: language.say("コピー中", "copying")
        case .checking: language.say("検査中", "checking")
        case .encrypting: language.say("暗号化中", "encrypting")
        case .decrypting: language.say("復号中", "decrypting")
        }
    }
}

/// A value as JSON on standard output, for programs.
func sayJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    say(String(decoding: try encoder.encode(value), as: UTF8.self))
}
