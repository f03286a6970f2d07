import ArgumentParser
import Foundation
import FreeSwitchBridge
import FreeSwitchLink
import Logging
import Settings
import Systemd
import UnixSignals

/// Follows a live FreeSWITCH, or plays recordings of one.
struct Follow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Follow a live FreeSWITCH, or play recordings of one. This is what runs when no command is named.",
        discussion: """
              screenpop-freeswitch --config /etc/screenpop/screenpop-freeswitch.toml
              screenpop-freeswitch --esl 127.0.0.1:8021 --password-file /etc/screenpop/esl-password
              screenpop-freeswitch --recording answered.jsonl
              screenpop-freeswitch --recording answered.jsonl --rebase now --speed 1
              screenpop-freeswitch --recording answered.jsonl --print

            While screenpopd is away events wait in spool_dir. Sending a recording twice counts nothing twice: its \
            events have the same ids
            each time, unless --rebase makes them new.

            EXIT STATUS
              0   stopped by SIGTERM or SIGINT, or all played and every event taken
              1   some events of a recording were refused
              64  wrong usage
              66  a recording cannot be read
              69  screenpopd does not answer to a recording's player
              73  the spool, or the address for the dialplan, cannot be used
              78  wrong configuration
            """)

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Recordings") var player: Player

    func validate() throws { try player.validate() }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try connection.load()
        if !player.recording.isEmpty {
            return try player.play(
                to: settings.eventsSockets, source: settings.source.isEmpty ? nil : settings.source,
                legRules: LegRules(settings))
        }
        let password = try ConnectionOptions.password(settings)
        LoggingSystem.bootstrap { DaemonLog.handler(identifier: $0, level: .info) }
        let logger = Logger(label: "screenpop-freeswitch")
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        do {
            try await Bridge(settings: settings, password: password, logger: logger).run(until: signals)
        } catch {
            logger.critical("\(error)")
            throw ExitCode(73)
        }
    }
}
