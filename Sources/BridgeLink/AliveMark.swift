import CallCenter
import Glibc

/// Stores on disk when data from the PBX was last received, so that a restarted bridge can report the gap.
public struct AliveMark {
    let path: String

    /// - Parameter path: of its file.
    public init(path: String) { self.path = path }

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

    public func write(_ time: Timestamp) {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = Array("\(time.ms)\n".utf8)
        _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    public func remove() { unlink(path) }
}
