import ArgumentParser
import Foundation

/// `screenpop top`: the floor, live.
struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "The floor, live, on a whole screen: queues, waiting calls with their age, operators with their states.",
        discussion: """
            Works in 80 × 24, over ssh and without colours; a larger window shows more.

              q, Esc    end              f         the next queue alone, then all again
              ↑ ↓, k j  choose a call    s         sort the queues by name, waiting, longest wait, service level
              Enter     open the call: why it went where it went, and what became of it
            """)

    @OptionGroup var global: GlobalOptions
    @Option(help: "Begin with this queue alone.") var queue: String?

    func run() async throws {
        try await global.run {
            // An error at the first request is printed on the normal screen.
            let centre = try await global.centreTime()
            var screen = TopScreen(
                figures: try await global.client.ask(.init(path: "/v1/stats")), now: centre.now.timeIntervalSince1970,
                language: global.speech,
                terminal: global.terminal, clock: centre.clock, vipTiers: centre.vipTiers)
            screen.queue = queue
            guard let keyboard = Keyboard() else {
                throw ClientError.local("screenpop top needs a terminal; screenpop stats --watch does not.")
            }
            defer { keyboard.end() }
            try await show(screen, keyboard, centre)
        }
    }

    private func show(_ first: TopScreen, _ keyboard: Keyboard, _ asked: CentreTime) async throws {
        var screen = first, centre = asked, centreAsked = ContinuousClock.now
        var story: String?
        var asked = ContinuousClock.now - .seconds(2)
        while true {
            if ContinuousClock.now - asked >= .seconds(1) {
                asked = .now
                try await refresh(&screen)
                // The daemon's clock may be set, and this one may drift, while the screen is looked at for days.
                if asked - centreAsked >= .seconds(60) {
                    centre = try await global.centreTime()
                    centreAsked = asked
                }
            }
            screen.now = centre.now.timeIntervalSince1970
            draw(story.map { $0.components(separatedBy: "\n") } ?? screen.lines(width: size.width, height: size.height))
            guard let key = keyboard.next() else { continue }
            if story != nil {
                story = nil
                continue
            }
            switch key {
            case .letter("q"), .escape: return
            case .letter("f"), .tab:
                let all = screen.queues
                screen.queue =
                    screen.queue.map { chosen in
                        all.firstIndex(of: chosen).flatMap { $0 + 1 < all.count ? all[$0 + 1] : nil }
                    } ?? all.first
                screen.selected = 0
            case .letter("s"):
                let orders = TopScreen.Order.allCases
                screen.order = orders[((orders.firstIndex(of: screen.order) ?? 0) + 1) % orders.count]
            case .up, .letter("k"): screen.selected = max(0, screen.selected - 1)
            case .down, .letter("j"): screen.selected = max(0, min(screen.waiting.count - 1, screen.selected + 1))
            case .enter:
                if screen.waiting.indices.contains(screen.selected) {
                    story = try? await open(screen.waiting[screen.selected], centre.clock)
                }
            case .letter: break
            }
        }
    }

    private struct Alarms: Decodable {
        struct Alarm: Decodable { var text: String }
        var alarms: [Alarm]
    }

    private func refresh(_ screen: inout TopScreen) async throws {
        screen.figures = try await global.client.ask(.init(path: "/v1/stats"))
        let open: CallPage = try await global.client.ask(
            .init(path: path(["v1", "calls"], [("open", "true"), ("limit", "500")])))
        screen.calls = open.calls.reversed()
        let alarms: Alarms = try await global.client.ask(.init(path: "/v1/alarms"))
        screen.alarms = alarms.alarms.map(\.text)
        screen.selected = max(0, min(screen.waiting.count - 1, screen.selected))
    }

    private func open(_ call: CallLine, _ clock: CivilClock) async throws -> String {
        let data = try await global.client.ask(
            .init(path: path(["v1", "calls", call.call], [("source", call.source)])))
        let text = CallStory(language: global.speech, terminal: global.terminal, clock: clock)
            .text(try APIClient.decode(data), try APIClient.decode(data))
        return text + "\n\n" + global.terminal.styled(global.speech.say("どのキーでも戻ります", "any key goes back"), .dim)
    }

    /// Each line over the one before, and what is left of it wiped: nothing flickers.
    private func draw(_ lines: [String]) {
        say(
            "\u{1B}[H" + lines.prefix(size.height).map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J",
            end: "")
    }

    private var size: (width: Int, height: Int) { Terminal.size }
}
