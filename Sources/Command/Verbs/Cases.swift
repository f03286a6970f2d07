import ArgumentParser
import Foundation

/// `screenpop cases`: cases, promises and tasks.
struct Cases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List cases, promises and tasks, open, change, hand over and close them.",
        discussion: """
              screenpop cases --overdue
              screenpop cases --unowned --stalled
              screenpop cases counts
              screenpop cases open 17 "Leaks again" priority=high owner=101
              screenpop cases change 5 phase=調査 progress=30 next_step="Ask the maker"
              screenpop cases handover 5 102 --note "Knows the maker"
              screenpop cases assign 102 5 6 7
              screenpop cases reply 5 --text "We come tomorrow at ten."
              screenpop cases history 5
            """,
        subcommands: [
            List.self, Counts.self, Show.self, Open.self, Change.self, Claim.self, Release.self, Handover.self,
            Accept.self, Decline.self, Close.self, Reopen.self, Assign.self, Versions.self, Restore.self, Reply.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cases, promises and tasks by due time; those without one are last.",
            discussion: """
                  screenpop cases --owner 101
                  screenpop cases --stalled --json
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "Whose.") var owner: String?
        @Option(help: "Of this customer.") var customer: Int?
        @Option(help: "In this phase; closed for closed ones.") var phase: String?
        @Option(help: "case, promise or task.") var kind: String?
        @Option(name: .customLong("case"), help: "The promises and tasks of this case.") var ofCase: Int?
        @Option(help: "open, closed or all. (default: open)") var state: String?
        @Flag(help: "Those whose time has passed.") var overdue = false
        @Flag(help: "Those whose time comes soon.") var atRisk = false
        @Flag(help: "Those in which nothing went forward for long.") var stalled = false
        @Flag(help: "Those that nobody has.") var unowned = false
        @Flag(help: "Those whose customer has to do something.") var waiting = false
        @Option(help: "So many at most.") var limit = 100

        func run() async throws {
            try await global.run {
                let flags = [
                    ("overdue", overdue), ("at_risk", atRisk), ("stalled", stalled), ("unowned", unowned),
                    ("waiting", waiting),
                ]
                let query: [(String, String?)] =
                    [
                        ("owner", owner), ("customer", customer.map(String.init)), ("phase", phase), ("kind", kind),
                        ("case", ofCase.map(String.init)), ("state", state), ("limit", String(limit)),
                    ] + flags.filter(\.1).map { ($0.0, "true") }
                let data = try await global.client.ask(.init(path: path(["v1", "cases"], query)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: CaseLines = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("該当する案件はありません。", "There is no such case.")) }
                let clock = try await global.centreTime().clock
                say(CaseBoard(language: l, clock: clock).table(answer.items).text(on: global.terminal))
                if answer.next != nil { complain(l.say("続きがあります: --limit", "There are more: --limit shows them.")) }
            }
        }
    }

    struct Counts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many are open, and how many are late.",
            discussion: "  screenpop cases counts --owner 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "Whose; all if it is not said.") var owner: String?

        private struct Tally: Decodable {
            var open, overdue, atRisk, stalled, unowned, waiting: Int
        }

        private struct Kinds: Decodable {
            var `case`, promise, task: Tally
        }

        private struct Answer: Decodable {
            var byKind: Kinds
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "cases", "counts"], [("owner", owner)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let kinds = (try APIClient.decode(data) as Answer).byKind, l = global.speech
                let lines: [(String, KeyPath<Tally, Int>)] = [
                    (l.say("対応中", "open"), \.open), (l.say("遅れ", "overdue"), \.overdue),
                    (l.say("まもなく期限", "at risk"), \.atRisk), (l.say("停滞", "stalled"), \.stalled),
                    (l.say("担当なし", "unowned"), \.unowned), (l.say("返事待ち", "waiting"), \.waiting),
                ]
                let names = [
                    "", l.say("案件", "cases"), l.say("約束", "promises"), l.say("タスク", "tasks"), l.say("計", "all"),
                ]
                var table = Table(names, right: [1, 2, 3, 4])
                for (name, count) in lines {
                    let each = [kinds.case, kinds.promise, kinds.task].map { $0[keyPath: count] }
                    table.add([name] + (each + [each.reduce(0, +)]).map { String($0) })
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a case, with the owners that it had.", discussion: "  screenpop cases show 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "cases", String(id)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: CaseLines.One = try APIClient.decode(data), l = global.speech
                let clock = try await global.centreTime().clock
                say(CaseBoard(language: l, clock: clock).table([one]).text(on: global.terminal))
                for owner in one.owners ?? [] {
                    let note = owner.note.map { ": \(safe($0.replacing("\n", with: " / ")))" } ?? ""
                    say("  \(clock.shown(owner.since))  \(owner.owner.map(safe) ?? l.say("担当なし", "nobody"))\(note)")
                }
            }
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a case, or with kind=promise a promise, with kind=task a task.",
            discussion: """
                Fields: kind, owner, due, due_in_ms, phase, progress, priority, next_step, came_by, waiting,
                complaint=true for a complaint, complaint_about=OPERATOR for one about an operator,
                case=NUMBER for the case of a promise or task.

                  screenpop cases open 17 "Leaks again" priority=high owner=101
                  screenpop cases open 17 "Call back" kind=promise due=2026-12-01T17:00:00+09:00
                  screenpop cases open 17 "Ask the maker" kind=task owner=102 case=5
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The customer's number.") var customer: Int
        @Argument(help: "What it is about, or what was promised.") var title: String
        @Argument(help: "FIELD=VALUE …") var fields: [String] = []

        func run() async throws {
            try await global.run {
                var body = try CaseFields.body(fields)
                body["customer"] = .number(customer)
                body["title"] = .text(title)
                try await CaseVerb.ask(global, output, .POST, ["v1", "cases"], body)
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a case; an empty value empties a field.",
            discussion: """
                  screenpop cases change 5 phase=調査 progress=30 next_step="Ask the maker"
                  screenpop cases change 5 waiting=true due=
                  screenpop cases change 5 phase=closed
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Argument(help: "FIELD=VALUE …") var fields: [String]

        func run() async throws {
            try await global.run {
                try await CaseVerb.ask(
                    global, output, .PATCH, ["v1", "cases", String(id)], try CaseFields.body(fields))
            }
        }
    }

    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an operator works on it; what a colleague has is refused, with who and since when.",
            discussion: "  screenpop cases claim 5 --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who. (default: whose token it is)") var operatorID: String?
        @Argument(help: "The case's number.") var id: Int

        func run() async throws {
            try await global.run {
                let body = operatorID.map { ["operator": CaseFields.Value.text($0)] } ?? [:]
                try await CaseVerb.ask(global, output, .POST, ["v1", "cases", String(id), "claim"], body)
            }
        }
    }

    struct Handover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hand a case to a colleague, who accepts or declines.",
            discussion: "  screenpop cases handover 5 102 --note \"Knows the maker\"")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Argument(help: "The colleague's number.") var to: String
        @Option(help: "What the colleague has to know.") var note: String?

        func run() async throws {
            try await global.run {
                var body: [String: CaseFields.Value] = ["to": .text(to)]
                if let note { body["note"] = .text(note) }
                try await CaseVerb.ask(global, output, .POST, ["v1", "cases", String(id), "handover"], body)
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a version of a case back; it becomes a new version.",
            discussion: "  screenpop cases restore 5 --version 2")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Option(help: "Which version, as `history` lists it.") var version: Int

        func run() async throws {
            try await global.run {
                try await CaseVerb.ask(
                    global, output, .POST, ["v1", "cases", String(id), "restore"], ["version": .number(version)])
            }
        }
    }

    struct Release: SimpleCaseVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say that nobody works on it any more.", discussion: "  screenpop cases release 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        var verb: String { "release" }
    }

    struct Accept: SimpleCaseVerb {
        static let configuration = CommandConfiguration(
            abstract: "Accept what is handed over.", discussion: "  screenpop cases accept 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        var verb: String { "accept" }
    }

    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decline what is handed over, or take it back.",
            discussion: "  screenpop cases decline 5 --note \"Away from tomorrow on\"")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Option(help: "Why, for whoever offered it.") var note: String?

        func run() async throws {
            try await global.run {
                let body = note.map { ["note": CaseFields.Value.text($0)] } ?? [:]
                try await CaseVerb.ask(global, output, .POST, ["v1", "cases", String(id), "decline"], body)
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that it is done.",
            discussion: """
                A case with open promises or tasks stays open until you say what becomes of them.

                  screenpop cases close 5
                  screenpop cases close 5 --parts close
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Option(help: "Its open promises and tasks: close or keep.") var parts: String?

        func run() async throws {
            try await global.run {
                let body: [String: CaseFields.Value] = parts.map { ["parts": .text($0)] } ?? [:]
                try await CaseVerb.ask(global, output, .POST, ["v1", "cases", String(id), "close"], body)
            }
        }
    }

    struct Reopen: SimpleCaseVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say that it is to be done again.", discussion: "  screenpop cases reopen 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        var verb: String { "reopen" }
    }

    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Who changed a case, newest first.",
            discussion: "  screenpop cases history 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Option(help: "So many at most.") var limit = 50

        private struct Answer: Decodable {
            struct Version: Decodable {
                struct Change: Decodable { var field: String, from, to: String? }
                var version: Int
                var at, through: String
                var by: String?
                var changes: [Change]
            }
            var items: [Version]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "cases", String(id), "history"], [("limit", String(limit))])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                let clock = try await global.centreTime().clock
                for one in answer.items {
                    let who = one.by.map(safe) ?? l.through(one.through, import: nil)
                    say("\(one.version)  \(clock.shown(one.at))  \(who)")
                    for change in one.changes {
                        say("     \(change.field): \(change.from.map(safe) ?? "–") → \(change.to.map(safe) ?? "–")")
                    }
                }
            }
        }
    }
}

/// A verb that needs the case alone.
protocol SimpleCaseVerb: AsyncParsableCommand {
    var global: GlobalOptions { get }
    var output: JSONOption { get }
    var id: Int { get }
    var verb: String { get }
}

extension SimpleCaseVerb {
    func run() async throws {
        try await global.run {
            try await CaseVerb.ask(global, output, .POST, ["v1", "cases", String(id), verb], [:])
        }
    }
}
