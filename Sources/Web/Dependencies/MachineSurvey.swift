import CallCenter
import Doctor
import EventWire
import Glibc

/// What the daemon can see of its machine: file system, clock, backups.
struct MachineSurvey: Sendable {
    /// Where `screenpop-backup.service` writes.
    var backups = "/var/backups/screenpop"
    /// There while the nightly timer is enabled.
    var timer = "/etc/systemd/system/timers.target.wants/screenpop-backup.timer"
    /// What systemd's own time client makes once the clock is right.
    var synchronizedMark = "/run/systemd/timesync/synchronized"
    /// Other time clients, which leave no such mark.
    var otherTimeClients = ["/run/chrony", "/run/ntpd.pid", "/run/openntpd.pid", "/run/ntpsec.pid"]
    /// There where systemd runs the machine, and not in a container.
    var system = "/run/systemd/system"

    /// - Parameter now: for the age of backups.
    func facts(stateDirectory: String, now: Timestamp) -> MachineFacts {
        var facts = MachineFacts(stateDirectory: stateDirectory)
        let real = realpath(stateDirectory, nil)
        defer { free(real) }
        let path = real.map { String(cString: $0) } ?? stateDirectory
        facts.fileSystem = text(of: "/proc/self/mountinfo").flatMap { MountTable($0).kind(of: path) }
        var space = statvfs()
        if statvfs(path, &space) == 0 {
            facts.freeBytes = Int64(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
            facts.sizeBytes = Int64(clamping: UInt64(space.f_blocks) * UInt64(space.f_frsize))
        }
        facts.isClockSynchronised = isClockSynchronised()
        facts.backups = MachineFacts.Backups(
            folder: backups, newestAge: newestBackup().map { max(0, now - $0) }, hasTimer: exists(timer))
        return facts
    }

    private func isClockSynchronised() -> Bool? {
        if exists(synchronizedMark) { return true }
        if otherTimeClients.contains(where: exists) || !exists(system) { return nil }
        return false
    }

    /// When the newest complete backup was begun, by its name: `20261126T140300Z`.
    private func newestBackup() -> Timestamp? {
        guard let folder = opendir(backups) else { return nil }
        defer { closedir(folder) }
        var newest: Timestamp?
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".partial") || !exists("\(backups)/\(name)/manifest.json") { continue }
            if let at = MachineSurvey.time(ofBackup: name), newest.map({ $0 < at }) ?? true { newest = at }
        }
        return newest
    }

    static func time(ofBackup name: String) -> Timestamp? {
        let digits = Array(name.utf8)
        guard digits.count >= 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        var text = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))\(part(8..<9))"
        text += "\(part(9..<11)):\(part(11..<13)):\(part(13..<15))\(part(15..<16))"
        return text.utf8.withContiguousStorageIfAvailable { RFC3339.timestamp(UnsafeRawBufferPointer($0)) } ?? nil
    }

    private func exists(_ path: String) -> Bool {
        var found = stat()
        return lstat(path, &found) == 0
    }

    private func text(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
