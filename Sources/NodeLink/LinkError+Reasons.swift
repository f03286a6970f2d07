import NIOCore
import NIOPosix
import NIOSSL

extension LinkError {
    /// An error of the network, in a few words.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: error.description
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "its name has no address"
        case ChannelError.connectTimeout: "no answer within 1 s"
        case NIOSSLError.uncleanShutdown: "it was cut"
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed: "it was closed"
        default: "\(error)"
        }
    }

    /// Why a connection could not be made.
    static func connecting(to peer: Peer, _ error: any Error) -> LinkError {
        switch error {
        case let error as LinkError: error
        case NIOSSLError.handshakeFailed(let cause): handshake(with: peer, "\(cause)")
        case let error as BoringSSLError: handshake(with: peer, "\(error)")
        case NIOSSLError.uncleanShutdown: .ended(peer, reason: "it was cut")
        // It was closed while its handlers were added.
        case is ChannelPipelineError: .ended(peer, reason: "it was closed")
        default: .cannotConnect(peer, reason: reason(error))
        }
    }

    private static func handshake(with peer: Peer, _ cause: String) -> LinkError {
        // With another key the other side cannot read our last message of the handshake, and says so.
        let ofAnotherKey = [
            "BAD_RECORD_MAC", "DECRYPT_ERROR", "DECRYPTION_FAILED", "DIGEST_CHECK_FAILED", "BAD_DECRYPT",
        ]
        if ofAnotherKey.contains(where: cause.contains) { return .wrongSecret(peer) }
        if cause.contains("EOF") { return .notALink(peer, reason: "it closed the connection at once") }
        return .notALink(peer, reason: "its answer is no TLS of ours (\(cause.prefix(120)))")
    }
}
