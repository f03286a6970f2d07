import Glibc
import Logging

/// Sends log events to the journal with their metadata as fields, so that
/// `journalctl CALL_ID=… ` or `journalctl QUEUE=support -p warning` finds them.
public struct JournalLogHandler: LogHandler {
    /// Of this logger alone: a copy may have another.
    public var logLevel: Logger.Level
    /// Fields of every entry; a field of the event with the same name replaces one.
    public var metadata: Logger.Metadata = [:]
    /// Asked for fields at each entry; nil adds none.
    public var metadataProvider: Logger.MetadataProvider?

    private let identifier: String
    private let fallback: StderrLogHandler
    private let send: @Sendable (inout JournalEntry) -> Bool

    /// - Parameter identifier: the name of the program, `SYSLOG_IDENTIFIER`.
    public init(identifier: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil) {
        self.init(
            identifier: identifier, level: level, metadataProvider: metadataProvider,
            fallback: StderrLogHandler(identifier: identifier, level: level), send: { $0.send() })
    }

    init(
        identifier: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider?, fallback: StderrLogHandler,
        send: @escaping @Sendable (inout JournalEntry) -> Bool
    ) {
        self.identifier = identifier
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.fallback = fallback
        self.send = send
    }

    /// One of the fields of every entry; nil removes it.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Sends an entry, or writes it to standard error when the journal does not accept it. Blocks; safe on any thread.
    public func log(event: LogEvent) {
        let metadata = LogMetadata.merged(metadata, metadataProvider, event)
        var entry = Self.entry(identifier: identifier, event: event, metadata: metadata)
        if !send(&entry) {
            // The journal is being restarted, or the entry is beyond its limits: standard error leads there too.
            var event = event
            event.metadata = .init(metadata.map { ($0.key, .string($0.value)) }) { _, new in new }
            fallback.log(event: event)
        }
    }

    static func entry(identifier: String, event: LogEvent, metadata: [(key: String, value: String)]) -> JournalEntry {
        var entry = JournalEntry()
        entry.add("MESSAGE", LogText.escaped(event.message.description))
        entry.add("PRIORITY", priority(event.level))
        entry.add("SYSLOG_IDENTIFIER", identifier)
        entry.add("CODE_FILE", event.file)
        entry.add("CODE_LINE", String(event.line))
        entry.add("CODE_FUNC", event.function)
        for (key, value) in metadata {
            entry.add(JournalField.name(for: key), LogText.escaped(value))
        }
        return entry
    }

    /// The levels of syslog(3).
    private static func priority(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }
}
