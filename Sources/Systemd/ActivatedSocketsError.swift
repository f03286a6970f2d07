import Glibc

/// Why the descriptors that the service manager passed cannot be used. Each says what to change.
public enum ActivatedSocketsError: Error, Equatable, CustomStringConvertible {
    /// The environment (`LISTEN_FDS`, `LISTEN_FDNAMES`) does not fit the descriptors.
    case unreadable(errno: CInt)
    /// A descriptor is not a stream socket that listens.
    case notListening(descriptor: CInt, name: String)
    /// A name that the daemon does not know.
    case unknownName(descriptor: CInt, name: String)
    /// A Unix socket under the name of a TCP one, or the other way round.
    case wrongFamily(descriptor: CInt, purpose: ActivatedSockets.Purpose)
    /// A Unix socket without a name, whose path fits neither `events` nor `api`.
    case unrecognised(descriptor: CInt, path: String)

    public var description: String {
        switch self {
        case .unreadable(let errno):
            "the sockets of the service manager cannot be read (\(String(cString: strerror(errno)))): LISTEN_FDS and "
                + "LISTEN_FDNAMES do not fit"
        case .notListening(let descriptor, let name):
            "descriptor \(descriptor) (\(LogText.escaped(name))) is not a listening stream socket: use ListenStream= "
                + "and Accept=no in the socket unit"
        case .unknownName(let descriptor, let name):
            "descriptor \(descriptor) has the unknown name \"\(LogText.escaped(name))\": FileDescriptorName= must be "
                + "events, http or api"
        case .wrongFamily(let descriptor, let purpose):
            "descriptor \(descriptor) cannot serve \(purpose.rawValue): that needs "
                + "\(purpose.isUnix ? "a Unix" : "a TCP") socket, see ListenStream= in its unit"
        case .unrecognised(let descriptor, let path):
            "nothing says what descriptor \(descriptor) (\(LogText.escaped(path))) is for: set FileDescriptorName= to "
                + "events or api"
        }
    }
}
