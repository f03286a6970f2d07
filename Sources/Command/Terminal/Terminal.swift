import Glibc

/// Where the output goes: a terminal with its width and colours, or a file.
struct Terminal: Sendable {
    let isTerminal: Bool
    let hasColour: Bool
    let width: Int

    /// Standard output. Colours only on a terminal, and not where NO_COLOR says so (no-color.org).
    static func output(noColour: Bool) -> Terminal {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let denied =
            noColour || getenv("NO_COLOR").map { String(cString: $0) != "" } ?? false
            || getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
        return Terminal(isTerminal: isTerminal, hasColour: isTerminal && !denied, width: asked?.width ?? 100)
    }

    /// Of the terminal now; 80 × 24 where it cannot be asked.
    static var size: (width: Int, height: Int) { asked ?? (80, 24) }

    private static var asked: (width: Int, height: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    enum Style: String {
        case bold = "1", dim = "2", alarm = "1;97;41", gold = "1;30;43", good = "32", warn = "33", bad = "31", blue =
            "36"
    }

    func styled(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Writes to standard output at once, and ends quietly when nobody reads it any more.
func say(_ text: String, end: String = "\n") { write(text + end, to: STDOUT_FILENO) }

/// Writes to standard error.
func complain(_ text: String, end: String = "\n") { write(text + end, to: STDERR_FILENO) }

private func write(_ text: String, to file: CInt) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { continue }
            exit(errno == EPIPE ? 0 : 74)
        }
        bytes = bytes.dropFirst(count)
    }
}

/// Rows under a heading, every column as wide as it needs and the last one cut to the terminal.
struct Table {
    private let heading: [String]
    private let right: Set<Int>
    private var rows: [[String]] = []

    /// - Parameter right: places of the columns that are figures.
    init(_ heading: [String], right: Set<Int> = []) {
        self.heading = heading
        self.right = right
    }

    mutating func add(_ row: [String]) { rows.append(row) }
    var isEmpty: Bool { rows.isEmpty }

    func text(on terminal: Terminal) -> String {
        let all = [heading] + rows
        let widths = heading.indices.map { place in all.map { place < $0.count ? columns($0[place]) : 0 }.max() ?? 0 }
        return all.enumerated().map { number, row in
            let line = row.enumerated().map { place, cell in
                place == row.count - 1 && !right.contains(place)
                    ? cell : fitted(cell, to: widths[place], right: right.contains(place))
            }.joined(separator: "  ")
            let shown = terminal.isTerminal && columns(line) > terminal.width ? fitted(line, to: terminal.width) : line
            return number == 0 ? terminal.styled(shown, .dim) : shown
        }.joined(separator: "\n")
    }
}

/// Ctrl-C and SIGTERM end what would go on for ever, cleanly: the terminal is as it was, and the exit status 0.
func endOnInterrupt() {
    for number in [SIGINT, SIGTERM] {
        signal(number) { _ in
            if isatty(STDOUT_FILENO) == 1 { _ = Glibc.write(STDOUT_FILENO, "\u{1B}[0m\n", 5) }
            _exit(0)
        }
    }
}
