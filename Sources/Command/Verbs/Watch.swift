import ArgumentParser
import Foundation
import NIOCore

/// `screenpop watch`: an operator's pops in the terminal.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an operator's pops as they come.",
        discussion: """
            What the operator's screen would show: who is calling, what to beware of, what happened last. With --all, \
            the pops of everybody and
            the supervisors' alerts. When the daemon restarts, the watch goes on where it was. Ctrl-C ends it.

              screenpop watch --operator 101
              screenpop watch --all --json | jq .
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .customLong("operator"), help: ArgumentHelp("Whose pops; several with commas.", valueName: "id"))
    var operatorIDs: String?
    @Flag(help: "Everybody's pops, and the alerts to supervisors.") var all = false
    @Flag(help: "Each event as one line of JSON.") var json = false

    func validate() throws {
        if operatorIDs == nil, !all, global.token == nil, ProcessInfo.processInfo.environment["SCREENPOP_TOKEN"] == nil
        {
            throw ValidationError("Say whose pops: --operator 101, or --all.")
        }
    }

    func run() async throws {
        try await global.run {
            endOnInterrupt()
            var place: String?
            var hasBeenThere = false
            let printer = PopPrinter(terminal: global.terminal, language: global.speech)
            if !json, global.terminal.isTerminal {
                complain(global.speech.say("着信を待っています。終了は Ctrl-C。", "Waiting for calls. Ctrl-C ends."))
            }
            while true {
                do {
                    try await stream(&place, printer) { hasBeenThere = true }
                } catch let error as ClientError {
                    // The first attempt has to succeed; a lost connection is opened again.
                    switch error {
                    case .unreachable, .cutOff: if !hasBeenThere { throw error }
                    default: throw error
                    }
                }
                if !json { complain(global.speech.say("接続が切れました。つなぎ直しています…", "The link is lost; connecting again…")) }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func stream(_ place: inout String?, _ printer: PopPrinter, connected: () -> Void) async throws {
        let whose = all ? "all" : operatorIDs
        var question = APIClient.Question(path: path(["v1", "stream"], [("operator", whose)]))
        question.headers = [("Accept", "text/event-stream")] + (place.map { [("Last-Event-ID", $0)] } ?? [])
        var parser = SSEParser()
        var last = place
        defer { place = last }
        try await global.client.ask(question) { piece in
            connected()
            parser.feed(piece.readableBytesView) { event in
                last = event.id ?? last
                if json {
                    say(#"{"event":"\#(event.name)","data":\#(event.data)}"#)
                } else if let text = printer.text(event) {
                    say(text)
                }
            }
            return true
        }
    }
}
