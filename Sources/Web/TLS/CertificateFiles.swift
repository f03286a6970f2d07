import CallCenter
import Glibc
import NIOSSL

/// The files of the daemon's own certificate.
public struct CertificateFiles: Equatable, Sendable {
    /// The certificate and those between it and the authority, in PEM.
    public var certificate: String
    /// Its private key, in PEM.
    public var key: String

    /// Absolute paths; nothing is read yet.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Maximum of bytes that are read of each.
    private static let bytesMax = 1 << 20

    /// What the files had when they were read.
    struct Content {
        var context: NIOSSLContext
        var beginsAt: Timestamp
        var expiresAt: Timestamp
    }

    /// Reads both files.
    ///
    /// - Throws: `CertificateError` with a sentence that says which file is wrong, and what to do.
    func read() throws(CertificateError) -> Content {
        let chainBytes = try bytes(of: certificate, "certificate"), keyBytes = try bytes(of: key, "key")
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(chainBytes) } catch {
            throw CertificateError(
                has(chainBytes, "PRIVATE KEY-----")
                    ? "\(certificate) has a private key and no certificate: are the two files exchanged?"
                    : "\(certificate) has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")
        }
        guard let leaf = chain.first else { throw CertificateError("\(certificate) has no certificate in PEM") }
        if has(keyBytes, "ENCRYPTED") {
            throw CertificateError(
                "\(key) has a passphrase, and nobody types it at a start: openssl pkey -in \(key) -out NEW-FILE")
        }
        let privateKey: NIOSSLPrivateKey
        do { privateKey = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem) } catch {
            throw CertificateError(
                has(keyBytes, "BEGIN CERTIFICATE-----")
                    ? "\(key) has a certificate and no private key: are the two files exchanged?"
                    : "\(key) has no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        tls.minimumTLSVersion = .tlsv12
        // Of TLS 1.2 only what has forward secrecy and authenticates with the encryption (RFC 9325, section 4.2).
        tls.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        tls.applicationProtocols = ["http/1.1"]
        do {
            return Content(
                context: try NIOSSLContext(configuration: tls),
                beginsAt: Timestamp(ms: Int64(leaf.notValidBefore) * 1_000),
                expiresAt: Timestamp(ms: Int64(leaf.notValidAfter) * 1_000))
        } catch {
            throw CertificateError(
                "the key in \(key) is not that of the first certificate in \(certificate): the daemon's own stands "
                    + "first, the authority's behind it")
        }
    }

    private func has(_ bytes: [UInt8], _ text: String) -> Bool { String(decoding: bytes, as: UTF8.self).contains(text) }

    private func bytes(of path: String, _ name: String) throws(CertificateError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CertificateError.unreadable(path, name, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CertificateError.unreadable(path, name, errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= CertificateFiles.bytesMax else {
                throw CertificateError("\(path) is longer than any \(name): name another file")
            }
        }
        if bytes.isEmpty { throw CertificateError("\(path) is empty: put the \(name) there, in PEM") }
        return bytes
    }

    /// What changes when a file is written or replaced; a link is followed, as certbot's are moved to new files.
    struct Stamp: Equatable, Sendable {
        private var parts: [Int64] = []

        init(_ files: CertificateFiles) {
            for path in [files.certificate, files.key] {
                var found = stat()
                guard stat(path, &found) == 0 else {
                    parts.append(-1)
                    continue
                }
                parts += [
                    Int64(found.st_dev), Int64(found.st_ino), Int64(found.st_size), Int64(found.st_mtim.tv_sec),
                    Int64(found.st_mtim.tv_nsec), Int64(found.st_ctim.tv_sec), Int64(found.st_ctim.tv_nsec),
                ]
            }
        }
    }

    /// Every user of this machine may read the key.
    var isKeyOpen: Bool {
        var found = stat()
        return stat(key, &found) == 0 && found.st_mode & 0o004 != 0
    }
}

/// Why a certificate cannot be used, in a sentence that says what to do.
public struct CertificateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Names the file.
    public let description: String

    init(_ description: String) { self.description = description }

    static func unreadable(_ path: String, _ name: String, _ number: CInt) -> CertificateError {
        switch number {
        case ENOENT, ENOTDIR:
            CertificateError("\(path) is not there: put the \(name) there, or name its file in [tls] \(name)")
        case EACCES, EPERM:
            CertificateError(
                "\(path) cannot be read by the daemon's user (\(user)): give it the file and every folder above it, "
                    + "as certbot's are root's alone")
        case EISDIR: CertificateError("\(path) is a folder: name the file of the \(name) in it")
        default: CertificateError("\(path) cannot be read: \(String(cString: strerror(number)))")
        }
    }

    /// The user that this process runs as.
    private static var user: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
        return String(cString: name)
    }
}
