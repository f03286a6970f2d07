/// Why a request failed, in a sentence that says what to do.
public enum ClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing listens there.
    case unreachable(address: String, reason: String)
    /// What listens there cannot show that it is who it should be.
    case untrusted(address: String, reason: String)
    /// The daemon refused: its own sentence.
    case refused(status: Int, detail: String)
    /// The connection ended before the answer did.
    case cutOff(address: String)
    /// The response is not in the expected format.
    case strange(String)
    /// A local file cannot be read, or an argument is wrong.
    case local(String)

    public var description: String {
        switch self {
        case .unreachable(let address, let reason):
            "screenpopd does not answer at \(address) (\(reason)). Is it running? Try: systemctl status screenpopd"
        case .untrusted(let address, let reason):
            "\(address) is not trusted: \(reason). Name the file of the authority with --cacert, if it is your own."
        case .refused(_, let detail): detail
        case .cutOff(let address): "screenpopd at \(address) ended the connection before its answer was complete."
        case .strange(let what): "the answer is not one that this version understands: \(what)"
        case .local(let what): what
        }
    }

    /// The exit status, as `screenpop --help` documents it.
    var exitStatus: Int32 {
        switch self {
        case .unreachable, .untrusted, .cutOff: Exit.unreachable
        case .refused(401, _), .refused(403, _): Exit.notAllowed
        case .refused, .strange: Exit.refused
        case .local: Exit.usage
        }
    }
}

/// Exit statuses, in sysexits.h's numbers where it has one.
enum Exit {
    static let refused: Int32 = 1
    static let partly: Int32 = 2
    static let usage: Int32 = 64
    static let unreachable: Int32 = 69
    static let notAllowed: Int32 = 77
}
