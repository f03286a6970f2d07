import Crypto
import Foundation
import Glibc
import NIOSSL

/// The secret that all nodes of a cluster share: who has it is a node.
///
/// The key of the connections is derived from it, so that the secret itself is in no handshake's memory and may have
/// any length.
public struct LinkSecret: Sendable {
    private let key: [UInt8]

    /// Reads a secret: the bytes of the file, without line breaks at its end, which editors add.
    ///
    /// - Throws: `LinkError` when it cannot be read, when others than its owner and its group may read it, and when it
    ///   has fewer than 16 bytes.
    public init(file: String) throws(LinkError) {
        self.init(bytes: try LinkSecret.read(file))
    }

    init(bytes: [UInt8]) {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Data("screenpop node link, TLS-PSK, 1".utf8),
            outputByteCount: 32)
        key = derived.withUnsafeBytes { Array($0) }
    }

    private static func read(_ file: String) throws(LinkError) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .secretUnreadable(file: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var found = stat()
        guard fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            throw .secretUnreadable(file: file, reason: "it is no file")
        }
        guard found.st_mode & 0o007 == 0 else {
            throw .secretIsOpen(file: file, mode: String(found.st_mode & 0o777, radix: 8))
        }
        var bytes = [UInt8](repeating: 0, count: LinkLimits.secretBytesMax + 1), count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { room in
                Glibc.read(descriptor, room.baseAddress.map { $0 + count }, room.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .secretUnreadable(file: file, reason: String(cString: strerror(errno))) }
            if got == 0 { break }
            count += got
        }
        guard count <= LinkLimits.secretBytesMax else { throw .secretTooLong(file: file) }
        while count > 0, bytes[count - 1] == 0x0A || bytes[count - 1] == 0x0D { count -= 1 }
        guard count >= LinkLimits.secretBytesMin else { throw .secretTooShort(file: file, bytes: count) }
        return Array(bytes[..<count])
    }

    // MARK: TLS

    /// Both sides prove that they have the secret, the key of a connection is forgotten with it (ECDHE), and the
    /// records are authenticated with the encryption. BoringSSL has one such suite; NIOSSL has no name for it. With
    /// TLS 1.3 BoringSSL takes no keys of its users.
    static let cipher = NIOTLSCipher(rawValue: 0xCCAC)  // TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256, RFC 7905

    private static func configuration() -> TLSConfiguration {
        var tls = TLSConfiguration.makePreSharedKeyConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.maximumTLSVersion = .tlsv12
        tls.cipherSuiteValues = [cipher]
        tls.certificateVerification = .none
        tls.shutdownTimeout = LinkLimits.shutdownTimeout
        return tls
    }

    private func sslKey() -> NIOSSLSecureBytes {
        var bytes = NIOSSLSecureBytes()
        bytes.append(key)
        return bytes
    }

    func serverContext() throws -> NIOSSLContext {
        var tls = LinkSecret.configuration()
        tls.pskServerProvider = { [self] _ in PSKServerIdentityResponse(key: sslKey()) }
        return try NIOSSLContext(configuration: tls)
    }

    /// - Parameter node: this node's name, the identity that goes with the key.
    func clientContext(node: String) throws -> NIOSSLContext {
        var tls = LinkSecret.configuration()
        tls.pskClientProvider = { [self] _ in PSKClientIdentityResponse(key: sslKey(), identity: node) }
        return try NIOSSLContext(configuration: tls)
    }
}
