import ArgumentParser
import Foundation

/// `screenpop intake`: requests of PBXs, messengers and forms, and what the configuration makes of them.
struct IntakeVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake", abstract: "Try what a request of a PBX, a messenger or a form becomes.",
        discussion: """
              screenpop intake try sipgate request.txt
              curl -s … | screenpop intake try shop
              screenpop intake requests sipgate
            """,
        subcommands: [Try.self, Requests.self])

    private struct Outcome: Decodable {
        var outcome: String
        var event, contact: [String: String]?
        var error: String?
    }

    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a request would become; nothing is recorded.",
            discussion: """
                The request is the body alone, or all of it: POST /… HTTP/1.1, headers, an empty line, the body. The
                exit status is 1 when something in it cannot be mapped.

                  screenpop intake try sipgate request.txt
                  echo 'event=newCall&direction=in&from=4900000101&callId=1' | screenpop intake try sipgate
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The intake's name: NAME of [intake.NAME].") var name: String
        @Argument(help: "The file with the request; standard input if it is not said.") var file: String?

        private struct Answer: Decodable {
            var results: [Outcome]
            var reply: String?
        }

        func run() async throws {
            var isWrong = false
            try await global.run {
                let text = try request()
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "intake", name, "try"]),
                        body: try .json(["request": text])))
                // Names of fields are the configuration's: they stay as they are.
                guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
                    throw ClientError.strange("no results")
                }
                isWrong = answer.results.contains { $0.error != nil }
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                for line in IntakeVerbs.lines(answer.results, global.speech) { say(line) }
                if let reply = answer.reply { say(global.speech.say("応答: ", "answer: ") + safe(reply)) }
            }
            if isWrong { throw ExitCode(Exit.refused) }
        }

        private func request() throws -> String {
            let data: Data
            if let file {
                guard let read = FileManager.default.contents(atPath: file) else {
                    throw ClientError.local("\(file) cannot be read.")
                }
                data = read
            } else {
                data = try FileHandle.standardInput.readToEnd() ?? Data()
            }
            guard !data.isEmpty else { throw ClientError.local("There is no request: give a file, or pipe one in.") }
            return String(decoding: data, as: UTF8.self)
        }
    }

    struct Requests: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The last requests since the daemon's start, newest first, with what they were answered.",
            discussion: "  screenpop intake requests sipgate")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The intake's name.") var name: String

        private struct Answer: Decodable {
            struct One: Decodable {
                var at, body, answer: String
                var status: Int
            }
            var items: [One]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "intake", name, "requests"])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("リクエストはありません。", "There was no request.")) }
                let clock = try await global.centreTime().clock
                for one in answer.items {
                    say("\(clock.shown(one.at))  \(one.status)  \(safe(one.body))")
                    say("  \(safe(one.answer))")
                }
            }
        }
    }

    private static func lines(_ results: [Outcome], _ l: Language) -> [String] {
        if results.isEmpty { return [l.say("何も届いていません。", "There is nothing in it.")] }
        return results.map { one in
            let fields = (one.event ?? one.contact ?? [:]).sorted { $0.key < $1.key }
                .map { "\(safe($0.key))=\(safe($0.value))" }
            let what =
                switch one.outcome {
                case "event": l.say("イベント", "event")
                case "contact": l.say("連絡", "contact")
                case "failed": l.say("変換できません", "not mapped")
                default: l.say("対象外", "no rule is for it")
                }
            return ([what] + fields + [one.error.map { "\n  " + safe($0) } ?? ""]).joined(separator: " ")
        }
    }
}
