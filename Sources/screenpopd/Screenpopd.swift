import ArgumentParser
import CVersion
import Foundation
import Logging
import Settings
import Systemd
import Web

/// The daemon: flags and wiring, nothing else.
@main
struct Screenpopd: AsyncParsableCommand {
    static let version = SCREENPOP_VERSION

    static let configuration = CommandConfiguration(
        commandName: "screenpopd",
        abstract:
            "Takes call events from a PBX, looks the caller up, says who should take the call, and pops on the "
                + "operator's screen.",
        discussion: """
            A PBX, or a bridge beside it, pushes call events over a Unix socket, one JSON object a line. An event that \
            was answered
            "ok":true is on disk, whatever happens to the daemon afterwards.

              echo '{"type":"ping"}' | socat - UNIX-CONNECT:/run/screenpop/events.sock

            Every key of the configuration is explained in /etc/screenpop/screenpopd.toml. A flag beats the \
            environment (SCREENPOP_STATE_DIR,
            SCREENPOP_HTTP, …), which beats the file, which beats the defaults. SIGHUP reads the file again.

            EXIT STATUS
              0   stopped by SIGTERM or SIGINT
              64  wrong usage
              73  the state directory, a database or a socket cannot be used
              78  wrong configuration
            """,
        version: "screenpopd " + String(cString: screenpop_version_and_commit()))

    @Option(
        help: ArgumentHelp(
            "The configuration. (default: /etc/screenpop/screenpopd.toml, when it is there)", valueName: "file"))
    var config: String?
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp("Where the log and the customers are kept. (default: /var/lib/screenpop)", valueName: "dir"))
    var stateDirectory: String?
    @Option(
        name: .customLong("events-socket"),
        help: ArgumentHelp(
            "The Unix socket that takes events. (default: /run/screenpop/events.sock)", valueName: "path"))
    var eventsSocket: String?
    @Option(
        name: .customLong("api-socket"),
        help: ArgumentHelp("The Unix socket of the command line. (default: /run/screenpop/api.sock)", valueName: "path")
    )
    var apiSocket: String?
    @Option(help: ArgumentHelp("Where HTTP listens. (default: 127.0.0.1:8790)", valueName: "host:port"))
    var http: String?
    @Flag(
        name: .customLong("check-config"), help: "Only say whether the configuration is right; exit 78 when it is not.")
    var checkConfig = false

    func run() async throws {
        let settings = try load()
        let level = Logger.Level(rawValue: settings.log.level.rawValue) ?? .info
        LoggingSystem.bootstrap { label in DaemonLog.handler(identifier: label, level: level) }
        let logger = Logger(label: "screenpopd")
        let certificate = try loadCertificate(settings, logger)
        if checkConfig { return print("The configuration is right.") }
        do {
            try await Daemon(settings: settings, logger: logger, certificate: certificate, reload: load).run()
        } catch {
            logger.critical("\(error)")
            throw ExitCode(73)
        }
    }

    /// The certificate of TLS of its own: a wrong one is a wrong configuration. nil without `[tls]`.
    private func loadCertificate(_ settings: Settings, _ logger: Logger) throws -> ServerCertificate? {
        guard let tls = settings.tls else { return nil }
        do throws(CertificateError) {
            return try ServerCertificate(.init(certificate: tls.certificate, key: tls.key), logger: logger)
        } catch {
            FileHandle.standardError.write(Data("screenpopd: [tls] \(error)\n".utf8))
            throw ExitCode(78)
        }
    }

    @Sendable private func load() throws -> Settings {
        let flags = Settings.Flags(
            stateDir: stateDirectory, eventsSocket: eventsSocket, apiSocket: apiSocket, http: http)
        do throws(SettingsError) {
            var settings = try Settings.load(
                file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
            settings.policy = settings.policy(at: Int64(Date.now.timeIntervalSince1970))
            return settings
        } catch {
            FileHandle.standardError.write(Data("screenpopd: \(error)\n".utf8))
            throw ExitCode(error.exitStatus)
        }
    }
}
