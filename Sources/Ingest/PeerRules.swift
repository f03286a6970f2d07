/// Which local users may push events, and for which source.
public struct PeerRules: Equatable, Sendable {
    /// User ids that may push, besides root and the daemon's own.
    public var users: Set<UInt32>
    /// Group ids whose members may push when it is the primary group of the connecting process.
    public var groups: Set<UInt32>
    /// The source a user's events have when they name none.
    public var sources: [UInt32: String]
    /// The user id that the daemon itself runs as.
    public var ownUser: UInt32

    /// The default admits root and the daemon's own user alone.
    public init(ownUser: UInt32, users: Set<UInt32> = [], groups: Set<UInt32> = [], sources: [UInt32: String] = [:]) {
        self.ownUser = ownUser
        self.users = users
        self.groups = groups
        self.sources = sources
    }

    func mayPush(user: UInt32, group: UInt32) -> Bool {
        user == 0 || user == ownUser || users.contains(user) || groups.contains(group)
    }
    /// The source of this user's events that name none: `default` where the settings give the user none.
    public func source(of user: UInt32) -> String { sources[user] ?? "default" }
    /// A user with a source of its own speaks for no other; everybody else may name any.
    public func mayName(_ source: String, user: UInt32) -> Bool { sources[user].map { $0 == source } ?? true }
}
