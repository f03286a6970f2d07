import CallCenter
import Glibc

/// Stores on disk when data from the PBX was last received, so that a restarted bridge can report the gap.
public struct AliveMark {
    let path: String

    /// - Parameter path: of its file.
    public init(path: String) { self.path = path }

    /// The time that was written last; nil without a file, or when it has no number. Blocks.
    public func read() -> Timestamp? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(file, &text, text.count)
        return Int64(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)).map {
            Timestamp(ms: $0)
        }
    }

    /// Overwrites the time. Blocks, without a sync; a failure is ignored, as the gap is then reported too long.
    public func write(_ time: Timestamp) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = Array("\(time.ms)\n".utf8)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    /// After a clean stop: the next start has no gap to report.
    public func remove() { unlink(path) }
}
