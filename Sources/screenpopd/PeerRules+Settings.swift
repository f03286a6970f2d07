import Foundation
import Ingest
import Settings

extension PeerRules {
    /// Resolves the settings' users and groups to ids; names that this machine does not know cannot connect.
    init(_ ingest: Settings.Ingest) {
        func user(_ name: String) -> UInt32? { getpwnam(name)?.pointee.pw_uid ?? UInt32(name) }
        func group(_ name: String) -> UInt32? { getgrnam(name)?.pointee.gr_gid ?? UInt32(name) }
        var sources: [UInt32: String] = [:]
        for (name, source) in ingest.sources { if let id = user(name) { sources[id] = source } }
        self.init(
            ownUser: getuid(), users: Set(ingest.allowUsers.compactMap(user)),
            groups: Set(ingest.allowGroups.compactMap(group)), sources: sources)
    }
}
