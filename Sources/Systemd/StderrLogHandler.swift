import Glibc
import Logging

/// Writes readable lines to standard error: for a terminal, a file, or a container's log.
public struct StderrLogHandler: LogHandler {
    /// Of this logger alone: a copy may have another.
    public var logLevel: Logger.Level
    /// Fields of every line; a field of the event with the same name replaces one.
    public var metadata: Logger.Metadata = [:]
    /// Asked for fields at each line; nil adds none.
    public var metadataProvider: Logger.MetadataProvider?

    private let identifier: String
    private let descriptor: CInt
    private let colours: Bool

    /// - Parameter identifier: the name of the program, at the head of every line.
    public init(identifier: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil) {
        self.init(
            identifier: identifier, level: level, metadataProvider: metadataProvider, descriptor: STDERR_FILENO,
            colours: Self.wantsColours(STDERR_FILENO))
    }

    init(
        identifier: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider?, descriptor: CInt,
        colours: Bool
    ) {
        self.identifier = identifier
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.descriptor = descriptor
        self.colours = colours
    }

    /// One of the fields of every line; nil removes it.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line. Blocks; safe on any thread. An error of the descriptor drops the rest of the line.
    public func log(event: LogEvent) {
        let line = LogLine.text(
            identifier: identifier, event: event, metadata: LogMetadata.merged(metadata, metadataProvider, event),
            at: UTCTimestamp.now(), colours: colours)
        write(line)
    }

    /// A whole line in one call, so that lines of different threads do not mix.
    private func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = .init(rebasing: rest.dropFirst(count))
                } else if count == 0 || errno != EINTR {
                    // Nobody reads standard error any more, or it is full: a daemon does not stop for that.
                    return
                }
            }
        }
    }

    /// Colours only for eyes: on a terminal that knows them, unless `NO_COLOR` is set (no-color.org).
    static func wantsColours(_ descriptor: CInt) -> Bool {
        guard isatty(descriptor) == 1, getenv("NO_COLOR") == nil, let terminal = getenv("TERM") else { return false }
        return strcmp(terminal, "dumb") != 0
    }
}
