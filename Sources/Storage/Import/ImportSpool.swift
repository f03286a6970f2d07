import Glibc

/// Temporary file for the bytes of an upload: it has no name, so that a crash leaves no customer data behind.
///
/// It is closed, and with that deleted, when the last reference ends.
public final class ImportSpool: Sendable {
    /// Why the file cannot be used: the disk is full; the system refuses, with its reason; fewer bytes are there.
    public enum Failure: Error, Equatable { case noRoom, cannotWrite(String), cannotRead }

    /// For `CustomerImport.run(descriptor:)`.
    public let descriptor: CInt

    /// - Parameter directory: the state directory: the disk that has room for customers.
    public init(directory: String) throws(Failure) {
        var opened = open(directory, ImportSpool.withoutName | O_RDWR | O_CLOEXEC, 0o600)
        if opened < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
            // A file system without files that have no name: it loses its name at once.
            let path = "\(directory)/\(ImportSpool.prefix)\(getpid())-\(UInt64.random(in: 0...UInt64.max)).csv"
            opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if opened >= 0 { unlink(path) }
        }
        guard opened >= 0 else { throw .cannotWrite(String(cString: strerror(errno))) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Appends the bytes. Blocks; on an error a part of them may be there.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw errno == ENOSPC || errno == EDQUOT ? .noRoom : .cannotWrite(String(cString: strerror(errno)))
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Bytes that were written, by their position.
    ///
    /// - Throws: `Failure.cannotRead` also where there are fewer.
    public func read(_ range: Range<Int64>) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound)), done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { raw in
                pread(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done, off_t(range.lowerBound) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .cannotRead }
            done += count
        }
        return bytes
    }

    private static let prefix = "import-"
    /// O_TMPFILE, which glibc shows to C alone (open(2)).
    private static let withoutName = 0o20000000 | O_DIRECTORY

    /// Removes what earlier versions left behind when they were killed in an import. Call it at the start, before any
    /// import.
    ///
    /// - Returns: how many files there were.
    @discardableResult public static func removeLeftovers(in directory: String) -> Int {
        guard let opened = opendir(directory) else { return 0 }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix), name.hasSuffix(".csv") { names.append(name) }
        }
        return names.count { unlink("\(directory)/\($0)") == 0 }
    }
}
