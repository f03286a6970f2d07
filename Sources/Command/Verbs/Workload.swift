import ArgumentParser
import Foundation
import NIOHTTP1

/// `screenpop workload`: what each operator did today and has open.
struct Workload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What each operator did today and has open; what waits longest.",
        discussion: """
              screenpop workload
              screenpop workload --json

            Give some of it to somebody else: screenpop cases assign 102 5 6 7
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: "/v1/workload"))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: WorkloadLines = try APIClient.decode(data), now = try await global.centreTime().now
            say(WorkloadBoard(language: global.speech, now: now).table(answer).text(on: global.terminal))
        }
    }
}

/// `GET /v1/workload`.
struct WorkloadLines: Decodable {
    struct Work: Decodable {
        var cases, casesOverdue, promises, promisesDue, promisesOverdue, stalled, tasks: Int
        var progressAt, idleSince: String?
    }
    struct One: Decodable {
        var `operator`: String
        var name, state: String?
        var answered, dialed, callbacks, mails: Int
        var work: Work

        private enum Key: CodingKey { case `operator`, name, state, answered, dialed, callbacks, mails }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            self.operator = try fields.decode(String.self, forKey: .operator)
            name = try fields.decodeIfPresent(String.self, forKey: .name)
            state = try fields.decodeIfPresent(String.self, forKey: .state)
            answered = try fields.decode(Int.self, forKey: .answered)
            dialed = try fields.decode(Int.self, forKey: .dialed)
            callbacks = try fields.decode(Int.self, forKey: .callbacks)
            mails = try fields.decode(Int.self, forKey: .mails)
            work = try Work(from: decoder)
        }
    }
    var operators: [One]
    var unowned: Work
}

/// The workload as a table.
struct WorkloadBoard {
    let language: Language
    /// The daemon's time.
    let now: Date

    func table(_ answer: WorkloadLines) -> Table {
        let l = language
        var table = Table(
            [
                l.say("担当", "operator"), l.say("氏名", "name"), l.say("状態", "state"), l.say("受", "in"),
                l.say("発", "out"), l.say("案件", "cases"), l.say("遅れ", "late"), l.say("停滞", "stalled"),
                l.say("約束", "promises"), l.say("今日", "today"), l.say("遅れ", "late"), l.say("タスク", "tasks"),
                l.say("折返", "callbacks"), l.say("メール", "mails"),
                l.say("最長の停止", "longest idle"), l.say("最後の進捗", "last progress"),
            ], right: Set(3...15))
        for one in answer.operators {
            let counts = [one.answered, one.dialed].map(String.init)
            let claims = [one.callbacks, one.mails].map(String.init)
            table.add(
                [safe(one.operator), one.name.map(safe) ?? "", one.state.map(l.state) ?? ""] + counts
                    + work(one.work, claims))
        }
        if answer.unowned.cases + answer.unowned.promises + answer.unowned.tasks > 0 {
            table.add([l.say("担当なし", "nobody"), "", "", "", ""] + work(answer.unowned, ["", ""]))
        }
        return table
    }

    private func work(_ one: WorkloadLines.Work, _ claims: [String]) -> [String] {
        [
            one.cases, one.casesOverdue, one.stalled, one.promises, one.promisesDue, one.promisesOverdue, one.tasks,
        ].map(String.init) + claims + [ago(one.idleSince), ago(one.progressAt)]
    }

    private func ago(_ time: String?) -> String {
        guard let date = time.flatMap(APITime.date) else { return "–" }
        let ms = Int64(max(0, now.timeIntervalSince(date)) * 1_000), days = ms / 86_400_000
        return days > 0 ? language.say("\(days)日", "\(days) d") : language.duration(ms)
    }
}

extension Cases {
    /// `screenpop cases assign`.
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give many cases, promises and tasks to somebody at once.",
            discussion: """
                  screenpop cases assign 102 5 6 7
                  screenpop cases assign nobody 5 6 7

                What cannot be given is said with the reason, and the exit status is 2; the others are given all \
                the same.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The operator's number; nobody for nobody.") var owner: String
        @Argument(help: "The cases' numbers.") var ids: [Int]

        struct Answer: Decodable {
            struct Failure: Decodable {
                var id: Int
                var detail: String
            }
            var assigned, unchanged: [Int]
            var failed: [Failure]
        }

        private struct Body: Encodable {
            var cases: [Int]
            var owner: String?

            private enum Key: CodingKey { case cases, owner }

            func encode(to encoder: any Encoder) throws {
                var body = encoder.container(keyedBy: Key.self)
                try body.encode(cases, forKey: .cases)
                // Nobody is said, and not left out.
                try body.encode(owner, forKey: .owner)
            }
        }

        func run() async throws {
            try await global.run {
                let body = Body(cases: ids, owner: owner == "nobody" ? nil : owner)
                let data = try await global.client.ask(
                    .init(method: .POST, path: "/v1/cases/assign", body: try .json(body)))
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if output.json {
                    say(String(decoding: data, as: UTF8.self), end: "")
                } else {
                    say(
                        l.say("\(answer.assigned.count) 件を渡しました。", "\(answer.assigned.count) given.")
                            + (answer.unchanged.isEmpty
                                ? ""
                                : l.say(
                                    " \(answer.unchanged.count) 件はもともとそうでした。",
                                    " \(answer.unchanged.count) were so already.")))
                    for one in answer.failed { complain("\(one.id): \(safe(one.detail))") }
                }
                if !answer.failed.isEmpty { throw ExitCode(2) }
            }
        }
    }
}
