import ArgumentParser
import Foundation

/// `screenpop dial`: a call from an operator's own phone.
struct Dial: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ring an operator's own phone, and connect it with a number once it is picked up.",
        discussion: """
              screenpop dial 101 03-0000-0000
              screenpop dial 101 03-0000-0000 --override-do-not-call

            The PBX dials: screenpop-asterisk takes this where dial_context names a context of the dialplan.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The operator.") var id: String
    @Argument(help: "The number, as the operator's phone would dial it.") var number: String

    @Flag(help: "Call although the customer does not want to be called.") var overrideDoNotCall = false

    private struct Body: Encodable {
        var to: String
        var override_do_not_call: Bool?
    }
    private struct Answer: Decodable { var device, to: String }

    func run() async throws {
        try await global.run {
            let l = global.speech, body = try APIClient.Question.Body.json(
                Body(to: number, override_do_not_call: overrideDoNotCall ? true : nil))
            if !output.json, global.terminal.isTerminal {
                say(l.say("\(safe(id)) の電話を鳴らしています…", "Ringing the phone of \(safe(id))…"))
            }
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "operators", id, "dial"]),
                    body: body))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data)
            say(
                l.say(
                    "\(safe(answer.device)) が応答し、\(safe(answer.to)) に発信しています。",
                    "\(safe(answer.device)) picked up; dialling \(safe(answer.to))."))
        }
    }
}
