import ArgumentParser
import Foundation

/// `screenpop note`: writes a note about a call.
struct Note: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write of a call, during it or after it.",
        discussion: """
              screenpop note 1732269600.15 "Will call back on Friday" --operator 101
              screenpop note 1732269600.15 "Asked for the invoice" --disposition resolved
              screenpop note 1732269600.15 --customer 7        (who it really was)
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Which PBX, when several have a call of this id.") var source: String?
    @Option(name: .customLong("operator"), help: "Who writes it.") var operatorID: String?
    @Option(help: ArgumentHelp("How the call came out.", valueName: "word")) var disposition: String?
    @Option(help: "Who it was: the id of a customer's record.") var customer: Int?
    @Argument(help: "The PBX's id of the call, as `screenpop calls` lists it.") var call: String
    @Argument(help: "What happened.") var text: String?

    func validate() throws {
        if text == nil, disposition == nil, customer == nil {
            throw ValidationError("Say what to write: a text, --disposition or --customer.")
        }
    }

    func run() async throws {
        try await global.run {
            var answer = Data()
            if let customer { answer = try await send("identify", Body(customer: customer)) }
            if let text { answer = try await send("note", Body(text: text, operator: operatorID)) }
            if let disposition { answer = try await send("disposition", Body(code: disposition, operator: operatorID)) }
            if output.json { return say(String(decoding: answer, as: UTF8.self), end: "") }
            say(global.speech.say("\(safe(call)) に記録しました。", "Written of \(safe(call))."))
        }
    }

    private struct Body: Encodable {
        var text, code, `operator`: String?
        var customer: Int?
    }

    private func send(_ what: String, _ body: Body) async throws -> Data {
        try await global.client.ask(
            .init(
                method: .POST, path: path(["v1", "calls", call, what], [("source", source)]),
                body: try .json(body)))
    }
}
