import Foundation
import NIOCore
import NIOSSL

/// TLS of a connection to the daemon, or to a proxy before it. At least TLS 1.2; the certificate and the name in it are
/// checked.
struct SecureConnection: Sendable {
    private let context: NIOSSLContext
    /// nil for an address: then the certificate has to have the address.
    private let name: String?

    /// - Parameter authorities: a file in PEM; nil for the authorities that this system trusts.
    /// - Throws: `ClientError.local` when the file cannot be used.
    init(to host: String, authorities: String?) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        if let authorities {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities)) } catch {
                throw ClientError.local(
                    "\(authorities) is no readable file of certificates in PEM; name the authority's with --cacert.")
            }
        }
        context = try NIOSSLContext(configuration: tls)
        name = SecureConnection.isAddress(host) ? nil : host
    }

    /// To be called on the channel's loop, before any other handler is added.
    func add(to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
    }

    static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }

    /// An error of TLS as one that says what to do; nil for others.
    static func problem(_ error: any Error, _ address: String) -> ClientError? {
        switch error {
        case NIOSSLError.handshakeFailed(let cause):
            let text = "\(cause)"
            return text.contains("CERTIFICATE_VERIFY_FAILED")
                ? .untrusted(
                    address: address,
                    reason: "no authority that this system trusts has signed its certificate, or it has expired")
                : .unreachable(
                    address: address, reason: "what listens there speaks no TLS of ours: \(text.prefix(120))")
        case is NIOSSLExtraError:
            return .untrusted(address: address, reason: "its certificate has another name")
        case NIOSSLError.uncleanShutdown: return .cutOff(address: address)
        case is NIOSSLError, is BoringSSLError:
            return .unreachable(address: address, reason: "TLS failed: \(error)")
        default: return nil
        }
    }
}
