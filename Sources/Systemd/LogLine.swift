import Glibc
import Logging

/// One log event as one line for a human:
/// `2026-11-23T09:12:33.123Z notice screenpopd: message call_id=… queue=…`.
enum LogLine {
    static func text(
        identifier: String, event: LogEvent, metadata: [(key: String, value: String)], at moment: timespec,
        colours: Bool
    ) -> String {
        let level = colours ? coloured(event.level) : event.level.rawValue
        var line = "\(UTCTimestamp.text(moment)) \(level) \(LogText.escaped(identifier)): "
        line += LogText.escaped(event.message.description)
        for (key, value) in metadata {
            line += " \(LogText.escaped(key))=\(LogText.value(value))"
        }
        return line + "\n"
    }

    private static func coloured(_ level: Logger.Level) -> String {
        let colour =
            switch level {
            case .trace, .debug: "2"
            case .info: "32"
            case .notice: "36"
            case .warning: "33"
            case .error: "31"
            case .critical: "1;31"
            }
        return "\u{1b}[\(colour)m\(level.rawValue)\u{1b}[0m"
    }
}
