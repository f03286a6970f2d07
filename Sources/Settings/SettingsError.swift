/// Why the daemon cannot start with its settings: one line that says where, what, and what to write instead.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the wrong value was given.
    public enum Place: Equatable, Sendable {
        /// A line of the file counts from 1; nil when it is about the file as a whole.
        case file(path: String, line: Int?)
        /// An environment variable, by its name.
        case environment(String)
        /// A flag of the command line, `--http`.
        case flag(String)
    }

    /// Where the wrong value was given.
    public let place: Place
    /// What is wrong and what to write, without the place in the file.
    public let sentence: String

    init(_ place: Place, _ sentence: String) {
        self.place = place
        self.sentence = sentence
    }

    public var description: String {
        switch place {
        case .file(let path, let line?): "\(Shown.plain(path)):\(line): \(sentence)"
        case .file(let path, nil): "\(Shown.plain(path)): \(sentence)"
        case .environment, .flag: sentence
        }
    }

    /// The exit status of the program: 64 for wrong usage, 78 for a wrong configuration (configuration.md; sysexits.h).
    public var exitStatus: Int32 {
        switch place {
        case .flag: 64
        case .file, .environment: 78
        }
    }
}

/// Makes foreign text safe inside our messages: no line break, no escape sequence, limited length.
enum Shown {
    static func quoted(_ text: some StringProtocol) -> String { "\"\(cut(plain(text)))\"" }

    /// Control characters as escapes, everything else as it is.
    static func plain(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func cut(_ text: String) -> String {
        text.count <= lengthMax ? text : text.prefix(lengthMax - 1) + "…"
    }

    /// Characters: what still fits into a line of the journal beside the rest of the sentence.
    private static let lengthMax = 60
}
