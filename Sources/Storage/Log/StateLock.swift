import Glibc

/// The lock of a state directory: a file lock with the pid of its owner. It ends with the process, however that ends.
public struct StateLock: ~Copyable {
    private let file: Int32

    /// Locks a state directory, until the value ends.
    /// - Throws: `LogError.locked` when another process has it, `readOnly` when the file cannot be made.
    public init(directory: String) throws(LogError) {
        let path = directory + "/screenpopd.lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard opened >= 0 else { throw .readOnly(path: path) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 16)
            let count = pread(opened, &text, text.count, 0)
            close(opened)
            let pid = Int32(String(decoding: text.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber })
            throw .locked(path: directory, pid: pid)
        }
        ftruncate(opened, 0)
        let own = Array("\(getpid())\n".utf8)
        pwrite(opened, own, own.count, 0)
        file = opened
    }

    deinit { close(file) }
}
