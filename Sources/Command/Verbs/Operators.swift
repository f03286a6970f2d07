import ArgumentParser
import Foundation

/// `screenpop operators`: who is there, and what they do.
struct Operators: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the operators and their states, or set one's.", subcommands: [List.self, Set.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Who is there, in which state, since when.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        private struct Answer: Decodable {
            struct One: Decodable {
                var `operator`: String
                var name: String?
                var state: String
                var since: String?
                var reason: String?
                var queues: [String]?
                var calls: [String]
                var answered: Int
                var outbound: Figures.Outbound?
            }
            var operators: [One]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: "/v1/operators"))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let l = global.speech
                let answer: Answer = try APIClient.decode(data)
                if answer.operators.isEmpty {
                    return say(
                        l.say(
                            "オペレーターはまだいません。",
                            "No operator has been seen yet. Log one in: screenpop send --type operator.login "
                                + "--operator 101"
                        ))
                }
                var table = Table(
                    [
                        l.say("オペレーター", "operator"), l.say("名前", "name"), l.say("状態", "state"), l.say("いつから", "since"),
                        l.say("応答", "answered"), l.say("発信", "dialed"),
                        l.say("応答あり", "reached"), l.say("キュー", "queues"), l.say("通話中の呼", "calls"),
                        l.say("理由", "reason"),
                    ], right: [4, 5, 6])
                let clock = try await global.centreTime().clock
                for one in answer.operators {
                    table.add([
                        safe(one.operator), one.name.map(safe) ?? "", l.state(one.state), clock.shown(one.since),
                        String(one.answered),
                        String(one.outbound?.dialed ?? 0), String(one.outbound?.reached ?? 0),
                        one.queues.map { $0.map(safe).joined(separator: ", ") } ?? l.say("すべて", "all"),
                        one.calls.map(safe).joined(separator: ", "),
                        one.reason.map(safe) ?? "",
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an operator's state, at the PBX too.",
            discussion: """
                  screenpop operators set 101 paused --reason lunch
                  screenpop operators set 101 resumed
                  screenpop operators set 101 logged_out
                  screenpop operators set 101 logged_in --queue support --queue sales --device PJSIP/101

                Where a bridge takes orders (screenpop-asterisk does) the PBX is asked, and its answer is what is \
                shown. A login without --queue takes
                the queues of the last one.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The operator.") var id: String
        @Argument(help: "ready (after-call work is done), paused, resumed, logged_in or logged_out.") var state: String
        @Option(help: "Why.") var reason: String?
        @Option(help: ArgumentHelp("Of a login: a queue; several by repeating it.", valueName: "name")) var queue:
            [String] = []
        @Option(help: ArgumentHelp("Of a login: what the PBX dials.", valueName: "PJSIP/101")) var device: String?

        private struct Body: Encodable {
            var state: String
            var reason, device: String?
            var queues: [String]?
        }
        private struct Answer: Decodable {
            var state: String?
            var pbx: String
        }

        func run() async throws {
            try await global.run {
                let body = try APIClient.Question.Body.json(
                    Body(state: state, reason: reason, device: device, queues: queue.isEmpty ? nil : queue))
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "operators", id, "state"]),
                        body: body))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                let told =
                    switch answer.pbx {
                    case "confirmed": l.say("（PBX が確認）", " (confirmed by the PBX)")
                    case "not_asked": l.say("（PBX には届いていません）", " (the PBX was not asked: no bridge takes orders)")
                    default: ""
                    }
                say("\(safe(id)): \(l.state(answer.state ?? "logged_out"))\(told)")
            }
        }
    }
}
