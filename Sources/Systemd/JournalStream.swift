import Glibc

/// Whether a descriptor leads to the journal.
enum JournalStream {
    /// The rule of systemd.exec(5): `JOURNAL_STREAM` holds device and inode of the stream that the service manager
    /// connected. They are compared, since standard error may have been redirected after that.
    static func isConnected(descriptor: CInt, journalStream: String?) -> Bool {
        guard let parts = journalStream?.split(separator: ":", omittingEmptySubsequences: false), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return false }
        return UInt64(facts.st_dev) == device && UInt64(facts.st_ino) == inode
    }
}
