import ArgumentParser
import AsteriskBridge
import AsteriskLink
import EventWire
import Foundation

/// What works, and what to change.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say, line by line, what works and what to change.",
        discussion: """
            Looks at the manager's login and rights, timestamps, withheld and cleaned numbers, the members of queues, \
            which endpoints are
            operators' phones and which are trunks, the clocks, screenpopd's socket and the dialplan's. It changes \
            nothing, and may run
            beside the bridge.

              screenpop-asterisk check --secret-file /etc/screenpop/ami-secret
              screenpop-asterisk check --secret-file /etc/screenpop/ami-secret --seconds 30     # and call in meanwhile

            EXIT STATUS
              0   nothing to change
              1   something to change
              64  wrong usage
              78  wrong configuration
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "How long to wait for a call, which shows what nothing else does. Seconds.") var seconds = 0
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws { if !(0...600).contains(seconds) { throw ValidationError("--seconds is 0 to 600.") } }

    func run() async throws {
        let settings = try connection.load()
        let checkup = Checkup(
            BridgeParts(settings, spoolDirectory: ""), user: settings.user,
            secret: try ConnectionOptions.secret(settings), endpointRules: EndpointRules(settings))
        let isColoured = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        var isRight = true
        await checkup.run(seconds: seconds) { finding in
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
