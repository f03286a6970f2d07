import Glibc

/// Two connected Unix sockets.
enum SocketPair {
    /// nil when there are no more descriptors.
    static func make() -> (CInt, CInt)? {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { return nil }
        return (pair[0], pair[1])
    }

    static func close(_ descriptor: CInt) { _ = Glibc.close(descriptor) }
}
