/// Why a link to another node could not be made, or ended. The text says what to do, for the administrator.
public enum LinkError: Error, Equatable, Sendable, CustomStringConvertible {
    // The secret.
    /// The file with the shared secret cannot be read.
    case secretUnreadable(file: String, reason: String)
    /// Every user of the machine has a right to the file; `mode` is its octal mode.
    case secretIsOpen(file: String, mode: String)
    /// The secret has fewer bytes than the least; `bytes` is what it has.
    case secretTooShort(file: String, bytes: Int)
    /// The secret has more bytes than the most.
    case secretTooLong(file: String)

    // Listening and connecting.
    /// Not `host:port`.
    case badAddress(String)
    /// The port cannot be listened on; `reason` is the system's.
    case cannotListen(address: String, reason: String)
    /// No connection; `reason` is the system's. Nothing was sent.
    case cannotConnect(Peer, reason: String)
    /// The other node has another secret.
    case wrongSecret(Peer)
    /// What listens there speaks no TLS, or not ours.
    case notALink(Peer, reason: String)
    /// No answer in time.
    case noAnswer(Peer)

    // Answers of the other node.
    /// The node does not lead; `leader` does, as far as it knows.
    case notLeader(Peer, leader: String?)
    /// It refused, with a code.
    case refused(Peer, code: String)

    // Connections that worked.
    /// No keepalive for 1.5 s.
    case silent(Peer)
    /// The connection ended, in order or not, while something was expected.
    case ended(Peer, reason: String)
    /// Bytes that are no frame.
    case badFrame(Peer, reason: String)

    // Snapshots.
    /// The folder for a snapshot has files in it.
    case notEmpty(folder: String)
    /// A name that would leave the folder, or that no file of a state directory has.
    case badName(Peer, name: String)
    /// A file of a snapshot has another checksum or length than was announced.
    case damaged(Peer, file: String)
    /// A file of a snapshot cannot be written here; `reason` is the system's.
    case cannotWrite(file: String, reason: String)

    public var description: String {
        switch self {
        case .secretUnreadable(let file, let reason):
            "the cluster's secret \(file) cannot be read: \(reason); cluster.secret_file names it"
        case .secretIsOpen(let file, let mode):
            "the cluster's secret \(file) may be read by everybody (mode \(mode)): run chmod o= \(file)"
        case .secretTooShort(let file, let bytes):
            "the cluster's secret \(file) has \(bytes) bytes and needs at least \(LinkLimits.secretBytesMin): "
                + "make one with 'openssl rand -hex 32', the same on every node"
        case .secretTooLong(let file):
            "the cluster's secret \(file) has more than \(LinkLimits.secretBytesMax) bytes: is it the right file?"
        case .badAddress(let address):
            "\(address) is no address for the link between nodes: write host:port, with an IPv6 address in brackets"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address) for the other nodes: \(reason); cluster.address names another"
        case .cannotConnect(let peer, let reason):
            "\(peer) cannot be reached: \(reason); does screenpopd run there, and does a firewall let the port through?"
        case .wrongSecret(let peer):
            "\(peer) has another secret: the file that cluster.secret_file names has to be the same on every node"
        case .notALink(let peer, let reason):
            "what listens as \(peer) is no link of a screenpopd: \(reason); look at cluster.address there"
        case .noAnswer(let peer): "\(peer) did not answer in time; is the machine overloaded?"
        case .notLeader(let peer, let leader?): "\(peer) does not lead; \(leader) does"
        case .notLeader(let peer, nil): "\(peer) does not lead, and knows no node that does"
        case .refused(let peer, let code): "\(peer) refused the connection: \(code)"
        case .silent(let peer): "\(peer) was silent for 1.5 s"
        case .ended(let peer, let reason): "the connection to \(peer) ended: \(reason)"
        case .badFrame(let peer, let reason):
            "\(peer) sent what is no part of the log (\(reason)); do both nodes have the same version?"
        case .notEmpty(let folder): "\(folder) is not empty; a snapshot needs an empty folder: move its files away"
        case .badName(let peer, let name): "\(peer) sent a file with the name \(name), which was refused"
        case .damaged(let peer, let file): "\(file) from \(peer) did not arrive as it was sent; copy it again"
        case .cannotWrite(let file, let reason): "\(file) cannot be written: \(reason)"
        }
    }
}
