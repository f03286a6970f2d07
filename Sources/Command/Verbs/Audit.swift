import ArgumentParser
import Foundation

/// `screenpop audit`: who saw and who changed which customer.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List who saw and who changed which customer, and check that the list is as it was written.",
        discussion: """
              screenpop audit --customer 17
              screenpop audit --by 101 --from 2026-11-20
              screenpop audit access                       who made which account and token
              screenpop audit verify
            """,
        subcommands: [List.self, Access.self, Verify.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who saw and who changed which customer, the newest first.",
            discussion: """
                It takes the role admin. Times are the centre's. The same person, customer and means within a minute \
                are one line. A line whose customer is `all` is an export of everybody.

                  screenpop audit --customer 17
                  screenpop audit --by 101 --from '2026-11-20 09:00' --to '2026-11-20 18:00'
                  screenpop audit --by wall --limit 1000 --json
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "An operator's number, a token's id or name, `local`, or a user of the daemon's machine.")
        var by: String?
        @Option(help: "The customer's number.") var customer: Int?
        @Option(help: ArgumentHelp("From this time: 2026-11-20, '2026-11-20 14:03'.", valueName: "time"))
        var from: String?
        @Option(help: ArgumentHelp("Up to this time; a day is included.", valueName: "time")) var to: String?
        @Option(help: "Only what was seen (view), or what was changed (change).") var kind: Kind?
        @Option(help: "So many lines at most, 1 to 100000.") var limit = 100

        enum Kind: String, ExpressibleByArgument, CaseIterable { case view, change }

        /// Lines of a page of the daemon's, at most.
        private static let pageMax = 1_000

        func validate() throws {
            if WrittenTime.isWrong(from) || WrittenTime.isWrong(to) {
                throw ValidationError("--from and --to are times: 2026-11-20, '2026-11-20 14:03'.")
            }
            guard (1...100_000).contains(limit) else { throw ValidationError("--limit is from 1 to 100000.") }
        }

        func run() async throws {
            try await global.run {
                let centre = try await global.centreTime()
                let begin = try from.map { text throws(ClientError) in try centre.moment(text) }
                let end = try to.map { text throws(ClientError) in try centre.moment(text, isEnd: true) }
                var found: [AuditLine] = [], pages: [Any] = [], after: String?
                repeat {
                    let data = try await global.client.ask(
                        .init(
                            path: path(
                                ["v1", "audit"],
                                [
                                    ("by", by), ("customer", customer.map(String.init)), ("from", begin), ("to", end),
                                    ("kind", kind?.rawValue),
                                    ("limit", String(min(limit - found.count, List.pageMax))), ("after", after),
                                ])))
                    let page: AuditAnswer = try APIClient.decode(data)
                    found += page.items
                    after = page.next
                    if output.json { pages += try List.items(data) }
                } while after != nil && found.count < limit
                if output.json { return say(try List.json(pages, next: after)) }
                let board = AuditBoard(language: global.speech, clock: centre.clock)
                if found.isEmpty { return say(global.speech.say("該当する記録はありません。", "Nothing found.")) }
                say(board.table(found).text(on: global.terminal))
                if after != nil {
                    complain(global.speech.say("続きがあります。--limit で増やせます。", "There are more; --limit shows them."))
                }
            }
        }

        /// The pages as one answer.
        private static func items(_ data: Data) throws -> [Any] {
            let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            return answer?["items"] as? [Any] ?? []
        }

        private static func json(_ items: [Any], next: String?) throws -> String {
            let answer: [String: Any] = ["items": items, "next": next ?? NSNull()]
            let data = try JSONSerialization.data(
                withJSONObject: answer, options: [.sortedKeys, .withoutEscapingSlashes])
            return String(decoding: data, as: UTF8.self)
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the hash chain of the view log; exit status 1 when something is wrong.",
            discussion: """
                Every row of the view log has a hash over itself and over the row before, so whatever is changed, \
                removed, inserted or put into another order is found. Who can write the file can also compute all \
                hashes again, or remove the newest rows. That is only found by a hash that is stored elsewhere: the \
                daemon writes the newest one into its own log, and this verb prints it.

                With --state-dir the file is read without the daemon, that of a restored backup for example. Times \
                are UTC then.

                  screenpop audit verify
                  screenpop audit verify --expect 9f86d081884c7d659a2feaa0c55ad015
                  screenpop audit verify --state-dir /var/lib/screenpop
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(
            help: ArgumentHelp(
                "A hash that was printed earlier, or its first 16 digits or more: it has to be in the chain.",
                valueName: "hash"))
        var expect: String?
        @Option(
            name: .customLong("state-dir"),
            help: ArgumentHelp("Read the view log in this directory, and do not ask the daemon.", valueName: "dir"))
        var stateDirectory: String?

        func validate() throws {
            if let expect, !(16...64).contains(expect.count) || !expect.allSatisfy(\.isHexDigit) {
                throw ValidationError("--expect is a hash: 64 hexadecimal digits, or the first 16 or more.")
            }
        }

        func run() async throws {
            try await global.run {
                let verdict: AuditVerdict, clock: CivilClock, json: String
                if let stateDirectory {
                    verdict = try AuditVerdict(of: stateDirectory, expecting: expect)
                    json = try verdict.json + "\n"
                    clock = CivilClock(timezone: "UTC")
                } else {
                    let data = try await global.client.ask(
                        .init(path: path(["v1", "audit", "verify"], [("expect", expect)])))
                    verdict = try APIClient.decode(data)
                    json = String(decoding: data, as: UTF8.self)
                    clock = try await global.centreTime().clock
                }
                if output.json {
                    say(json, end: "")
                } else {
                    say(AuditBoard(language: global.speech, clock: clock).text(verdict, expected: expect))
                }
                if !verdict.intact { throw ExitCode(Exit.refused) }
            }
        }
    }
}
