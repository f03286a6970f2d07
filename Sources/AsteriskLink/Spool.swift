import Glibc

/// Lines on their way to screenpopd, on disk until each is answered: neither a daemon that is away nor a bridge that is killed loses one.
///
/// One file of lines and one with the place up to which they are answered. What is written is in the kernel's hands: it outlives the
/// program, and of what the machine itself loses the PBX's own calls are the greater part.
public final class Spool {
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case unusable(path: String, reason: String)
        /// Another bridge uses the directory.
        case inUse(path: String)
        case full

        public var description: String {
            switch self {
            case .unusable(let path, let reason): "\(path) cannot be used (\(reason)); give a directory that the bridge may write: spool_dir"
            case .inUse(let path): "\(path) is used by another screenpop-asterisk; give each its own spool_dir"
            case .full: "the spool is full"
            }
        }
    }

    /// Answered and beyond this, the file begins anew. Bytes.
    static let emptyFrom: Int64 = 1 << 20

    private let lines: CInt
    private let place: CInt
    private let lock: CInt
    private let bytesMax: Int64
    /// The end of the lines.
    public private(set) var end: Int64 = 0
    /// Every line before it is answered.
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
        let found = Int64(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 && $0 != 0 }, as: UTF8.self)) ?? 0
        // Of a place that cannot be, all is sent again: what was taken is known by its ids.
        answered = (0...end).contains(found) && isLineStart(found) ? found : 0
        kept = answered
    }

    deinit { for file in [lines, place, lock] { close(file) } }

    public var isEmpty: Bool { answered == end }

    /// The end of the last whole line: a bridge that was killed may have left half of one.
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

    /// Takes whole lines.
    public func append(_ bytes: [UInt8]) throws(Failure) {
        guard end - answered + Int64(bytes.count) <= bytesMax else { throw .full }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { pwrite(lines, $0.baseAddress, $0.count, off_t(end) + off_t(written)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                ftruncate(lines, off_t(end))
                throw .full
            }
            written += count
        }
        end += Int64(bytes.count)
    }

    /// Whole lines from `start`, at least one and about `most` bytes; none at the end.
    public func read(from start: Int64, most: Int) -> [UInt8] {
        var size = most
        while start < end {
            var piece = [UInt8](repeating: 0, count: Int(min(Int64(size), end - start)))
            let count = pread(lines, &piece, piece.count, off_t(start))
            guard count > 0 else { return [] }
            if let last = piece.prefix(count).lastIndex(of: 10) { return Array(piece[...last]) }
            size *= 2
        }
        return []
    }

    /// Every line before `place` is answered.
    ///
    /// - Returns: whether the lines begin anew at 0.
    public func answer(upTo place: Int64) -> Bool {
        answered = max(answered, min(place, end))
        guard isEmpty, end >= Spool.emptyFrom else { return false }
        // The place first: a crash in between sends lines again, and loses none.
        keep(0)
        ftruncate(lines, 0)
        end = 0
        answered = 0
        return true
    }

    /// Keeps the place on disk; what is answered and not kept is sent again after a crash.
    public func keepPlace() { if answered != kept { keep(answered) } }

    private func keep(_ number: Int64) {
        let text = Array("\(number)\n".utf8) + [UInt8](repeating: 0, count: 8)
        _ = text.withUnsafeBytes { pwrite(place, $0.baseAddress, $0.count, 0) }
        kept = number
    }
}
