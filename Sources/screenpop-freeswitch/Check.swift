import ArgumentParser
import EventWire
import Foundation
import FreeSwitchBridge
import FreeSwitchLink

/// What works, and what to change.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say, line by line, what works and what to change.",
        discussion: """
            Looks at the event socket's login, mod_callcenter's agents and tiers, screenpopd's socket and the \
            dialplan's. It changes
            nothing, and may run beside the bridge.

              screenpop-freeswitch check --password-file /etc/screenpop/esl-password

            EXIT STATUS
              0   nothing to change
              1   something to change
              64  wrong usage
              78  wrong configuration
            """)

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "One JSON object a line.") var json = false

    func run() async throws {
        let settings = try connection.load()
        let checkup = Checkup(
            BridgeParts(settings, spoolDirectory: ""), password: try ConnectionOptions.password(settings),
            legRules: LegRules(settings))
        let isColoured = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        var isRight = true
        await checkup.run { finding in
            if finding.verdict == .wrong { isRight = false }
            if json {
                var line = ByteBuilder(capacity: 256)
                line.object { out in
                    out.field("subject", finding.subject)
                    out.field("text", finding.text)
                    out.field("verdict", finding.verdict.rawValue)
                }
                return print(line.text)
            }
            let (mark, colour) =
                switch finding.verdict {
                case .good: ("ok     ", 32)
                case .wrong: ("change ", 31)
                case .unknown: ("?      ", 33)
                }
            print((isColoured ? "\u{1B}[\(colour)m\(mark)\u{1B}[0m" : mark) + finding.text)
        }
        if !isRight { throw ExitCode(1) }
    }
}
