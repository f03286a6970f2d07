import Foundation
import Glibc
import Storage

/// The files of a state directory, as they are copied from node to node and moved aside. The view log is each node's
/// own, and stays.
enum StateCopy {
    /// The log comes last: a directory without it is joined again.
    private static let names = ["checkpoint", "customers.db", "access.db", "accounts.db", "events.db"]
    private static let beside = ["", "-wal", "-shm", "-journal"]

    static func hasLog(_ directory: String) -> Bool { access("\(directory)/events.db", F_OK) == 0 }

    /// The identity and the end of the directory's own log, which is made when there is none.
    static func own(_ directory: String, _ working: @escaping @Sendable () -> Void) throws -> (LogIdentity, Int64) {
        let files = try StateFiles.open(directory: directory, working: working)
        return (files.identity, files.log.lastSeq)
    }

    /// The same, for the directory that a shared log begins with: who may sign in is in its log, too. A centre from
    /// before changes were in the log has tokens and accounts in their files alone, and nobody could add them to a log
    /// that is shared.
    static func whole(_ directory: String, _ working: @escaping @Sendable () -> Void) throws -> (LogIdentity, Int64) {
        let files = try StateFiles.open(directory: directory, working: working)
        let identity = files.identity, log = LogOfOne(files.log)
        _ = try TokenStore.open(directory: directory, log: log)
        _ = try AccountStore.open(directory: directory, log: log)
        return (identity, log.last)
    }

    /// Brings files of an earlier version up to date. Files that do not fit together yet are left: the log may be
    /// behind what was made from it, until it has caught up.
    static func migrate(_ directory: String, _ working: @escaping @Sendable () -> Void) {
        _ = try? own(directory, working)
    }

    /// Moves all files into a folder beside them.
    ///
    /// - Returns: the folder.
    static func setAside(_ directory: String) throws -> String {
        let folder = "\(directory)/aside-\(Int(Date().timeIntervalSince1970))"
        try makeFolder(folder)
        // The log first: without it the rest is not used.
        for name in names.reversed() {
            for suffix in beside where access("\(directory)/\(name)\(suffix)", F_OK) == 0 {
                try move("\(directory)/\(name)\(suffix)", to: "\(folder)/\(name)\(suffix)")
            }
        }
        return folder
    }

    /// Removes files that nothing was ever written to.
    static func remove(_ directory: String) throws {
        for name in names.reversed() {
            for suffix in beside { unlink("\(directory)/\(name)\(suffix)") }
        }
    }

    /// A new, empty folder for another node's files.
    static func emptyFolder(in directory: String) throws -> String {
        let folder = "\(directory)/joining"
        try? FileManager.default.removeItem(atPath: folder)
        try makeFolder(folder)
        return folder
    }

    /// Moves another node's files to where the daemon opens them.
    static func use(_ folder: String, in directory: String) throws {
        guard access("\(folder)/events.db", F_OK) == 0 else {
            throw ClusterStartError.files("the copy of another node's files in \(folder) has no events.db")
        }
        try remove(directory)
        for name in names where access("\(folder)/\(name)", F_OK) == 0 {
            try move("\(folder)/\(name)", to: "\(directory)/\(name)")
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else {
            throw ClusterStartError.files("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    private static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else {
            throw ClusterStartError.files("\(path) cannot be moved to \(target): \(String(cString: strerror(errno)))")
        }
    }
}
