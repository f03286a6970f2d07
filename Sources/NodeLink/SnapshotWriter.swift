import Crypto
import Foundation
import Glibc
import NIOCore
import Synchronization

/// Writes the files of a snapshot into a folder. Every call blocks: for a thread of its own.
final class SnapshotWriter: Sendable {
    private struct State {
        var madeFolder = false
        /// In the order in which they were made.
        var made: [String] = []
        var descriptor: CInt = -1
        var path = ""
        var hash = SHA256()
    }
    private let folder: String
    private let state = Mutex(State())

    /// - Throws: `LinkError` when the folder is not empty, or cannot be made.
    init(_ folder: String) throws(LinkError) {
        self.folder = folder
        let isMade = mkdir(folder, 0o700) == 0, number = errno
        state.withLock { $0.madeFolder = isMade }
        guard !isMade else { return }
        guard number == EEXIST, let isEmpty = try? SnapshotFiles.isEmpty(folder) else {
            throw .cannotWrite(file: folder, reason: SnapshotFiles.text(of: number))
        }
        guard isEmpty else { throw .notEmpty(folder: folder) }
    }

    /// - Parameter name: safe (`SnapshotFiles.isSafe`).
    func begin(_ name: String) throws(LinkError) {
        try state.withLock { state throws(LinkError) in
            var at = folder
            for part in name.split(separator: "/").dropLast() {
                at += "/" + part
                if mkdir(at, 0o700) == 0 { state.made.append(at) } else if errno != EEXIST { throw .writing(at) }
            }
            state.path = folder + "/" + name
            state.descriptor = open(state.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard state.descriptor >= 0 else { throw .writing(state.path) }
            state.made.append(state.path)
            state.hash = SHA256()
        }
    }

    func write(_ piece: ByteBuffer) throws(LinkError) {
        try state.withLock { state throws(LinkError) in
            let descriptor = state.descriptor
            let isWritten = piece.withUnsafeReadableBytes { bytes in
                var done = 0
                while done < bytes.count {
                    let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else { return false }
                    done += count
                }
                return true
            }
            guard isWritten else { throw .writing(state.path) }
            piece.withUnsafeReadableBytes { state.hash.update(bufferPointer: $0) }
        }
    }

    /// The file is whole, and on disk.
    ///
    /// - Returns: the hash of its bytes, in hexadecimal.
    func end() throws(LinkError) -> String {
        try state.withLock { state throws(LinkError) in
            guard fsync(state.descriptor) == 0 else { throw .writing(state.path) }
            close(state.descriptor)
            state.descriptor = -1
            return SnapshotFiles.hex(state.hash.finalize())
        }
    }

    /// All files are there.
    func finish() throws(LinkError) {
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .writing(folder) }
        defer { close(opened) }
        guard fsync(opened) == 0 else { throw .writing(folder) }
    }

    /// The copy failed: removes what was made.
    func discard() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
            for one in state.made.reversed() { remove(one) }
            if state.madeFolder { rmdir(folder) }
        }
    }
}

extension LinkError {
    /// The system call before failed.
    fileprivate static func writing(_ file: String) -> LinkError {
        .cannotWrite(file: file, reason: SnapshotFiles.text(of: errno))
    }
}
