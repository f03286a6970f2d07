import CZip
import Glibc

/// The parts of a workbook's file, which is a ZIP archive, by libzip.
///
/// Not `Sendable`: an archive is of one thread.
final class ZipParts {
    private let archive: OpaquePointer

    /// - Parameter descriptor: an open file; it stays the caller's.
    init(descriptor: CInt) throws(SheetError) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .notAWorkbook(String(cString: strerror(errno))) }
        lseek(copy, 0, SEEK_SET)
        var code: CInt = 0
        // It closes the descriptor when it succeeds.
        guard let opened = zip_fdopen(copy, 0, &code) else {
            close(copy)
            throw .notAWorkbook("it is no ZIP archive")
        }
        archive = opened
    }

    deinit { zip_discard(archive) }

    /// A part, from its beginning; nil when there is none of the name.
    ///
    /// - Parameter name: without a slash at its beginning; capitals do not count, as Office does not count them.
    func part(_ name: String) throws(SheetError) -> Part? {
        let index = zip_name_locate(archive, name, zip_flags_t(ZIP_FL_NOCASE))
        guard index >= 0 else { return nil }
        var found = zip_stat_t()
        guard zip_stat_index(archive, zip_uint64_t(index), 0, &found) == 0 else {
            throw .notAWorkbook("\(name) cannot be found")
        }
        guard found.size <= SheetLimits.partBytesMax else { throw .notAWorkbook("\(name) is too large") }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else {
            throw .notAWorkbook("\(name) cannot be unpacked")
        }
        return Part(file, name: name, bytes: Int(found.size), of: self)
    }

    /// A part that is read piece by piece.
    final class Part {
        let name: String
        /// Unpacked, as the archive says.
        let bytesTotal: Int
        private(set) var bytesRead = 0
        private let file: OpaquePointer
        /// The archive has to be open for as long as one of its parts is.
        private let archive: ZipParts

        fileprivate init(_ file: OpaquePointer, name: String, bytes: Int, of archive: ZipParts) {
            self.file = file
            self.name = name
            bytesTotal = bytes
            self.archive = archive
        }

        deinit { zip_fclose(file) }

        /// The next bytes; empty at the end.
        func next() throws(SheetError) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: SheetLimits.pieceBytes)
            let count = zip_fread(file, &bytes, zip_uint64_t(bytes.count))
            guard count >= 0 else { throw .notAWorkbook("\(name) is damaged") }
            bytes.removeLast(bytes.count - Int(count))
            bytesRead += Int(count)
            // An archive may say less than it unpacks to.
            guard bytesRead <= Int(SheetLimits.partBytesMax) else { throw .notAWorkbook("\(name) is too large") }
            return bytes
        }
    }
}
