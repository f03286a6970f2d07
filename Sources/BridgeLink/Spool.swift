import Glibc

/// Lines to screenpopd, on disk until each is acknowledged: none is lost when the daemon is away or the bridge is
/// killed.
///
/// One file has the lines, another the offset up to which they are acknowledged. Written data is in the kernel's page
/// cache, not synced: it survives the process. A crash of the machine can lose the newest lines, but such a crash ends
/// the PBX's calls as well.
///
/// Offsets count bytes since the bridge started. They stay valid when the file is compacted.
public final class Spool {
    /// Why lines cannot be stored, as a sentence with what to change.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The directory or one of its files cannot be created, read or written.
        case unusable(path: String, reason: String)
        /// Another bridge uses the directory.
        case inUse(path: String)
        /// The spool has its maximum, or the disk has no room; nothing of the append was stored.
        case full

        public var description: String {
            switch self {
            case .unusable(let path, let reason):
                "\(path) cannot be used (\(reason)); give a directory that the bridge may write: spool_dir"
            case .inUse(let path): "\(path) is used by another bridge; give each its own spool_dir"
            case .full: "the spool is full"
            }
        }
    }

    /// The file is compacted from this number of acknowledged bytes on, as soon as no more bytes wait.
    static let answeredMax: Int64 = 1 << 20

    private let lines: CInt
    private let place: CInt
    private let lock: CInt
    private let bytesMax: Int64
    /// The offset of the file's first byte.
    private var base: Int64 = 0
    /// The end of the lines.
    public private(set) var end: Int64 = 0
    /// Every line before this offset is acknowledged.
    public private(set) var answered: Int64 = 0
    private var kept: Int64 = 0

    /// - Parameter bytesMax: of lines that wait.
    public init(directory: String, bytesMax: Int64) throws(Failure) {
        self.bytesMax = bytesMax
        mkdir(directory, 0o750)
        func open(_ name: String) throws(Failure) -> CInt {
            let path = directory + "/" + name
            let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
            guard file >= 0 else { throw .unusable(path: path, reason: String(cString: strerror(errno))) }
            return file
        }
        lock = try open("lock")
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: directory) }
        lines = try open("events.ndjson")
        place = try open("answered")
        end = wholeLines()
        ftruncate(lines, off_t(end))
        var text = [UInt8](repeating: 0, count: 32)
        let count = pread(place, &text, text.count, 0)
        let found =
            Int64(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 && $0 != 0 }, as: UTF8.self)) ?? 0
        // With an invalid stored offset all lines are sent again: screenpopd recognises duplicates by their ids.
        answered = (0...end).contains(found) && isLineStart(found) ? found : 0
        kept = answered
    }

    deinit { for file in [lines, place, lock] { close(file) } }

    /// Every line is acknowledged.
    public var isEmpty: Bool { answered == end }

    /// The end of the last complete line: a bridge that was killed may have left half of one.
    private func wholeLines() -> Int64 {
        let size = Int64(lseek(lines, 0, SEEK_END))
        var at = size
        var piece = [UInt8](repeating: 0, count: 65_536)
        while at > 0 {
            let start = max(0, at - Int64(piece.count))
            let count = pread(lines, &piece, Int(at - start), off_t(start))
            if let last = piece.prefix(max(0, count)).lastIndex(of: 10) { return start + Int64(last) + 1 }
            at = start
        }
        return 0
    }

    private func isLineStart(_ place: Int64) -> Bool {
        if place == 0 { return true }
        var byte: UInt8 = 0
        return pread(lines, &byte, 1, off_t(place - 1)) == 1 && byte == 10
    }

    /// Bytes of the file that holds the lines.
    var fileBytes: Int64 { end - base }

    /// Appends complete lines. Throws `.full` when there is no room.
    public func append(_ bytes: [UInt8]) throws(Failure) {
        guard end - answered + Int64(bytes.count) <= bytesMax else { throw .full }
        guard bytes.withUnsafeBytes({ write($0, at: end - base) }) else {
            ftruncate(lines, off_t(end - base))
            throw .full
        }
        end += Int64(bytes.count)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(lines, base + written, bytes.count - written, off_t(offset) + off_t(written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Complete lines from `start`, at least one and about `most` bytes; empty at the end.
    public func read(from start: Int64, most: Int) -> [UInt8] {
        var size = most
        while start < end {
            var piece = [UInt8](repeating: 0, count: Int(min(Int64(size), end - start)))
            let count = pread(lines, &piece, piece.count, off_t(start - base))
            guard count > 0 else { return [] }
            if let last = piece.prefix(count).lastIndex(of: 10) { return Array(piece[...last]) }
            size *= 2
        }
        return []
    }

    /// Marks every line before `place` as acknowledged.
    public func answer(upTo place: Int64) {
        answered = max(answered, min(place, end))
        if answered - base >= Spool.answeredMax, end - answered <= answered - base { compact() }
    }

    /// Moves the waiting lines to the beginning of the file. The acknowledged lines before them are longer, so no
    /// waiting line is overwritten: after a crash at any point lines are sent twice, and none is lost.
    private func compact() {
        // Without this, the stored offset would lie inside a line after the move.
        savePosition()
        let moved = answered - base
        var piece = [UInt8](repeating: 0, count: Int(min(65_536, end - answered))), at: Int64 = 0
        while at < end - answered {
            let count = pread(lines, &piece, Int(min(Int64(piece.count), end - answered - at)), off_t(moved + at))
            guard count > 0, piece.withUnsafeBytes({ write(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: at) })
            else { return }
            at += Int64(count)
        }
        // The lines are cut first: with a stored offset beyond the end, all is sent again.
        ftruncate(lines, off_t(end - answered))
        base = answered
        writePosition(answered)
    }

    /// Stores the offset on disk; lines that were acknowledged after it are sent again after a crash.
    public func savePosition() { if answered != kept { writePosition(answered) } }

    private func writePosition(_ number: Int64) {
        let text = Array("\(number - base)\n".utf8) + [UInt8](repeating: 0, count: 8)
        _ = text.withUnsafeBytes { pwrite(place, $0.baseAddress, $0.count, 0) }
        kept = number
    }
}
