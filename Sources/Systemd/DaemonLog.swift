import Glibc
import Logging

/// Where a daemon's log goes.
public enum DaemonLog {
    /// Standard error is the journal's stream.
    public static var goesToJournal: Bool {
        JournalStream.isConnected(
            descriptor: STDERR_FILENO, journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) })
    }

    /// The journal with fields when standard error leads there, readable lines otherwise.
    public static func handler(
        identifier: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil
    ) -> any LogHandler {
        goesToJournal
            ? JournalLogHandler(identifier: identifier, level: level, metadataProvider: metadataProvider)
            : StderrLogHandler(identifier: identifier, level: level, metadataProvider: metadataProvider)
    }
}
