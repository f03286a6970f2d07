import Glibc

/// A terminal in raw mode, on the alternate screen; its former state is restored at the end, also after a signal.
struct Keyboard: Sendable {
    enum Key: Equatable, Sendable {
        case letter(Character)
        case up, down, enter, escape, tab
    }

    /// What the terminal was before, for the signal handler: written once, before the handler is there.
    nonisolated(unsafe) private static var before = termios()

    /// Switches the terminal to raw mode; nil when there is none.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &Keyboard.before) == 0
        else { return nil }
        var raw = Keyboard.before
        // No echo and no waiting for a line; Ctrl-C stays a signal. A read waits a tenth of a second.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        withUnsafeMutableBytes(of: &raw.c_cc) { codes in
            codes[Int(VMIN)] = 0
            codes[Int(VTIME)] = 1
        }
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        say("\u{1B}[?1049h\u{1B}[?25l", end: "")
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in
                Keyboard.restore()
                _exit(0)
            }
        }
    }

    /// Restores the terminal.
    func end() { Keyboard.restore() }

    private static func restore() {
        let text: StaticString = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"
        _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    /// The next key that is pressed; nil when none is for a tenth of a second. Blocks its thread for that long.
    func next() -> Key? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        return count > 0 ? Keyboard.key(bytes.prefix(count)) : nil
    }

    /// What the bytes of one read mean (ECMA-48: arrows are CSI A and CSI B); nil for what is no key of ours.
    static func key(_ bytes: some Collection<UInt8>) -> Key? {
        switch Array(bytes) {
        case [0x1B]: return .escape
        case [0x1B, 0x5B, 0x41], [0x1B, 0x4F, 0x41]: return .up
        case [0x1B, 0x5B, 0x42], [0x1B, 0x4F, 0x42]: return .down
        case [0x0A], [0x0D]: return .enter
        case [0x09]: return .tab
        case let one where one.count == 1 && 0x20..<0x7F ~= one[0]: return .letter(Character(Unicode.Scalar(one[0])))
        default: return nil
        }
    }
}
