import Glibc
import Storage

/// The state directory that a restore makes: what is there now, whose it is, and how it is replaced.
///
/// What is there is renamed and never deleted. The new directory is made beside it and gets its name at the end, so a
/// restore that is interrupted changes nothing.
struct StateTarget {
    let path: String
    /// The folder that is filled.
    let building: String
    /// Where what is there now goes; nil when nothing is there.
    let aside: String?
    private let owner: (user: uid_t, group: gid_t)?
    private let mode: mode_t

    /// Files by which a folder is known as a state directory.
    private static let signs: Set = ["events.db", "customers.db", "access.db", "checkpoint", "screenpopd.lock"]

    /// - Parameter isForced: another folder than a state directory is replaced as well.
    /// - Throws: when something is there that is not replaced.
    init(_ named: String, at time: UTCTime, isForced: Bool) throws(BackupError) {
        path = try StateTarget.absolute(named)
        building = "\(path).restoring-\(time.compact)"
        guard let found = Files.status(path) else {
            aside = nil
            owner = StateTarget.daemonsUser
            mode = 0o700
            return
        }
        guard found.st_mode & S_IFMT == S_IFDIR else { throw BackupError(.usage, "\(path) is no folder: name another") }
        owner = (found.st_uid, found.st_gid)
        mode = found.st_mode & 0o770
        let names = try Files.names(path)
        aside = names.isEmpty ? nil : "\(path).before-restore-\(time.compact)"
        guard isForced || names.isEmpty || !StateTarget.signs.isDisjoint(with: names) else {
            throw BackupError(
                .usage,
                "\(path) is not empty and no state directory: name another with --into, or give --force, and it is "
                    + "renamed to \(path).before-restore-…")
        }
    }

    /// The path without links, also of a folder that is not there yet.
    private static func absolute(_ named: String) throws(BackupError) -> String {
        if Files.exists(named) { return Files.real(named) }
        let (above, name) = Files.split(named)
        guard !["", "/", ".", ".."].contains(name) else { throw BackupError(.usage, "\(named) is no folder to make") }
        try Files.makeFolders(above)
        let folder = Files.real(above)
        return (folder == "/" ? "" : folder) + "/" + name
    }

    /// The user that the units run the daemon as, for a directory that root makes.
    private static var daemonsUser: (uid_t, gid_t)? {
        guard geteuid() == 0, let user = getpwnam("screenpop") else { return nil }
        return (user.pointee.pw_uid, user.pointee.pw_gid)
    }

    /// Calls `work` while no daemon can have the state directory.
    func locked<Made>(_ work: () throws(BackupError) -> Made) throws(BackupError) -> Made {
        guard aside != nil else { return try work() }
        let lock = try acquireLock()
        return try withExtendedLifetime(lock) { () throws(BackupError) in try work() }
    }

    private func acquireLock() throws(BackupError) -> StateLock {
        do throws(LogError) { return try StateLock(directory: path) } catch {
            guard case .locked(_, let pid) = error else { throw .file("\(path)/screenpopd.lock", "written", EACCES) }
            throw BackupError(
                "screenpopd runs on \(path)\(pid.map { " (pid \($0))" } ?? ""): stop it and its sockets first, with "
                    + "systemctl stop screenpop-events.socket screenpop-http.socket screenpop-api.socket screenpopd")
        }
    }

    /// Gives the files their owner and modes, and the directory its name.
    func moveIntoPlace() throws(BackupError) {
        for name in try Files.names(building) { try own("\(building)/\(name)", 0o600) }
        try own(building, mode)
        try Files.sync(building)
        if let aside, rename(path, aside) != 0 {
            if errno == EBUSY {
                throw BackupError(
                    "\(path) is a mount point and cannot be renamed: restore with --into to a folder inside of it, and "
                        + "name that as state_dir; or move its files away yourself")
            }
            throw .file(path, "renamed")
        }
        guard rename(building, path) == 0 else {
            let code = errno
            // What was there goes back to its place.
            if let aside { rename(aside, path) }
            throw .file(path, "made", code)
        }
        try Files.sync(Files.split(path).folder)
    }

    private func own(_ path: String, _ mode: mode_t) throws(BackupError) {
        if geteuid() == 0, let owner, chown(path, owner.user, owner.group) != 0 {
            throw .file(path, "given to its user")
        }
        guard chmod(path, mode) == 0 else { throw .file(path, "written") }
    }
}
