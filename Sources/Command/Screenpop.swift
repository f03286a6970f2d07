import ArgumentParser
import CVersion
import Foundation

/// The command line.
public struct Screenpop: AsyncParsableCommand {
    /// For ArgumentParser, which makes the command itself.
    public init() {}

    /// The version alone, as backups name it.
    static let number = SCREENPOP_VERSION

    /// The name, the help and all verbs, as ArgumentParser reads them.
    public static let configuration = CommandConfiguration(
        commandName: "screenpop",
        abstract: "Asks screenpopd, and tells it things.",
        discussion: """
            EXAMPLES
              screenpop stats --watch                      the figures of today, live
              screenpop top                                the floor, live: queues, waiting calls, operators
              screenpop watch --operator 101               what operator 101 sees
              screenpop calls --queue support --outcome abandoned --today
              screenpop explain 1732269600.15              why a call went where it went
              screenpop operators set 101 paused           away from the phone, at the PBX too
              screenpop callbacks                          who gave up and waits to be called back
              screenpop work --operator 101                what 101 has to do, in order
              screenpop workload                           who has how much, and what waits longest
              screenpop cases --overdue                    cases and promises whose time has passed
              screenpop inbox                              mails and messages of people whom no record knows
              screenpop contact mail < message.eml         record a mail, as a mail server hands it on
              screenpop intake try sipgate request.txt     what a PBX's request would become
              screenpop articles --find 水漏れ               what the centre knows about it
              screenpop messages --waiting                 who asked supervisors and waits for an answer
              screenpop block history                      who blocked which number
              screenpop lists show dormant                 who has not been in touch for long
              screenpop customers import customers.csv
              screenpop import orders.xlsx --kind purchases
              screenpop import queue_log --kind queue-log  calls of past days, from Asterisk's own log
              screenpop imports undo 4                     what it created is deleted, what it changed put back
              screenpop try-rules new.toml                 what other rules would have decided on past days
              screenpop lookup try 090-1234-5678           what a number is, and whom it finds
              screenpop account set 101                    who may sign in at the desk, with a password
              screenpop token create --role supervisor --name wall
              screenpop audit --customer 17                who saw and who changed this customer
              screenpop customers disclosure 17 --html     all that is known of one person, to be printed
              screenpop retention                          how long what is kept, and what goes next
              screenpop webhooks                           who is told of events, and what was not accepted
              screenpop cluster                            the nodes, who leads, how far each is
              screenpop backup /backup --keep 14           everything that is kept, while the daemon runs
              screenpop restore /backup --at '2026-11-20 14:03'

            EXIT STATUS
              0   done
              1   the daemon refused; the message says why
              2   done in part: some rows or cells of an import, or some cases, were refused
              64  wrong usage
              65  standard input has no mail
              69  the daemon does not answer
              75  the mail cannot be recorded now; the mail server tries again
              77  not allowed: another token, or another user, may
              78  the configuration that try-rules is to try is wrong
              130 ended by Ctrl-C in a backup or a restore; nothing is left behind
            """,
        version: "screenpop " + String(cString: screenpop_version_and_commit()),
        subcommands: [
            Send.self, Watch.self, Stats.self, Top.self, Report.self, Forecast.self, Calls.self, Operators.self,
            Dial.self, Explain.self, Note.self, Work.self, Workload.self, Callbacks.self, Cases.self, Replies.self,
            Inbox.self, ContactVerbs.self, IntakeVerbs.self, Escalations.self, Customers.self, ImportCustomers.self,
            ExportCustomers.self, ImportVerbs.self,
            KnowledgeVerbs<ArticleVerb>.self, KnowledgeVerbs<TemplateVerb>.self, KnowledgeVerbs<IncidentVerb>.self,
            Messages.self,
            Lists.self, BlockVerbs.self, LookUp.self, Accounts.self, Tokens.self, Webhooks.self,
            Audit.self, Retention.self, Status.self, Cluster.self, Doctor.self, Replay.self, Log.self, Backups.self,
            RestoreState.self, TryRules.self,
            Simulate.self,
        ])

    @OptionGroup var global: GlobalOptionsForHelp

    /// The options may stand before the verb as well as behind it: a person thinks of the daemon first.
    public static func start() async {
        signal(SIGPIPE, SIG_IGN)
        let arguments = reordered(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch { exit(withError: error) }
    }

    static func reordered(_ arguments: [String]) -> [String] {
        let withValue: Set = ["--api-socket", "--url", "--cacert", "--token", "--language"]
        let flags: Set = ["--no-color", "--json"]
        var moved: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            if withValue.contains(first), rest.count >= 2 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if flags.contains(first) || withValue.contains(where: { first.hasPrefix($0 + "=") }) {
                moved.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        // `--` ends the options.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + moved + rest[end...]
    }
}

/// The options again, for the root's help.
struct GlobalOptionsForHelp: ParsableArguments {
    init() {}
    @OptionGroup var global: GlobalOptions
}
