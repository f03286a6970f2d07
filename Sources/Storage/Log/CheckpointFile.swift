import Glibc

/// The newest checkpoint, in a file beside the log, so that writing it blocks no commit.
///
/// Replaced atomically: written to a second file, synced, renamed. It is a cache: without it a start replays the whole
/// log. First line: `screenpop checkpoint SEQ BYTES LOG`; older versions left out the identity of the log.
public struct CheckpointFile: Sendable {
    private let directory: String
    let path: String

    /// A stored checkpoint.
    public struct Kept: Equatable, Sendable {
        /// The log position of the newest event that the state knows.
        public var seq: Int64
        /// Which log it is of; nil when an older version kept it.
        public var log: LogIdentity?
        /// The state, as `CheckpointBytes` encodes it.
        public var state: [UInt8]
    }

    /// The checkpoint of a state directory; nothing is read or written yet.
    public init(directory: String) {
        self.directory = directory
        path = directory + "/checkpoint"
    }

    /// - Parameter seq: the log position of the newest event that the state knows.
    public func write(_ state: [UInt8], at seq: Int64, of log: LogIdentity) throws(LogError) {
        let beside = path + ".new"
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw .file(path: beside, errno: errno) }
        let header = Array("screenpop checkpoint \(seq) \(state.count) \(log.text)\n".utf8)
        let written = CheckpointFile.write(header, file) && CheckpointFile.write(state, file) && fsync(file) == 0
        var failure = errno
        close(file)
        var isInPlace = false
        if written {
            isInPlace = rename(beside, path) == 0
            failure = errno
        }
        guard isInPlace else {
            unlink(beside)
            throw .file(path: beside, errno: failure)
        }
        syncFolder()
    }

    /// Renames it, so that no start reads it.
    func setAside() throws(LogError) {
        guard rename(path, path + ".old") == 0 else { throw .file(path: path, errno: errno) }
        syncFolder()
    }

    private func syncFolder() {
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private static func write(_ bytes: [UInt8], _ file: CInt) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            done += count
        }
        return true
    }

    /// The first line of the file.
    struct Mark: Equatable {
        var seq: Int64
        var log: LogIdentity?
    }

    /// What it is of, without reading the state; nil when there is none, or it is not whole.
    func mark() -> Mark? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return CheckpointFile.header(file)?.mark
    }

    /// nil when there is none, or it is not whole.
    public func read() -> Kept? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let header = CheckpointFile.header(file),
            let state = CheckpointFile.read(file, from: header.length, header.stateLength)
        else { return nil }
        return Kept(seq: header.mark.seq, log: header.mark.log, state: state)
    }

    /// The longest first line. Bytes.
    private static let headerMax = 256

    /// - Returns: the first line, its length with the line end, and that of the state behind it. Bytes.
    private static func header(_ file: CInt) -> (mark: Mark, length: Int, stateLength: Int)? {
        var found = stat()
        guard fstat(file, &found) == 0, let begin = read(file, from: 0, min(headerMax, Int(found.st_size))),
            let end = begin.firstIndex(of: 10)
        else { return nil }
        let words = String(decoding: begin[..<end], as: UTF8.self).split(separator: " ")
        guard 4...5 ~= words.count, words[0] == "screenpop", words[1] == "checkpoint", let seq = Int64(words[2]),
            let count = Int(words[3]), count == Int(found.st_size) - end - 1
        else { return nil }
        let log = words.count == 5 ? LogIdentity(String(words[4])) : nil
        if words.count == 5, log == nil { return nil }
        return (Mark(seq: seq, log: log), end + 1, count)
    }

    /// So many bytes of a file; nil when they cannot be read.
    private static func read(_ file: CInt, from start: Int, _ count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, done in
            while done < count, let base = bytes.baseAddress {
                let more = pread(file, base + done, count - done, off_t(start + done))
                if more < 0, errno == EINTR { continue }
                if more <= 0 { return }
                done += more
            }
        }
        return bytes.count == count ? bytes : nil
    }
}
