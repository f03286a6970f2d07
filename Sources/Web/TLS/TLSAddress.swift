import HTTPTypes
import NIOCore
import NIOSSL

/// Where HTTPS listens, and with what.
public struct TLSAddress: Sendable {
    /// A name or an address of this machine.
    public var host: String
    /// 0 takes a free one.
    public var port: Int
    /// Asked for at each new connection, so that a renewed one is used at once.
    public var certificate: ServerCertificate
    /// For how long browsers are told to use TLS alone (RFC 6797). Seconds; 0: they are not told to.
    public var hstsSeconds: Int64

    /// Copies its values; nothing listens yet.
    public init(host: String, port: Int, certificate: ServerCertificate, hstsSeconds: Int64) {
        self.host = host
        self.port = port
        self.certificate = certificate
        self.hstsSeconds = hstsSeconds
    }

    /// The handler of a new connection, with the certificate of this moment. To be called on the connection's loop.
    func secure(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
    }

    /// `Strict-Transport-Security`; nil where browsers are not told.
    var hsts: String? { hstsSeconds > 0 ? "max-age=\(hstsSeconds)" : nil }
}

/// Headers that tell browsers what a response may do, on every response.
enum SecurityHeaders {
    /// What is no page shows nothing and runs nothing, and is in no frame.
    private static let nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    /// Adds those that a response does not have. Pages have a policy of their own.
    ///
    /// - Parameter hsts: nil without TLS.
    static func add(to headers: inout HTTPFields, hsts: String?) {
        headers[.xContentTypeOptions] = "nosniff"
        if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = nothing }
        if headers[.referrerPolicy] == nil { headers[.referrerPolicy] = "no-referrer" }
        headers[.crossOriginResource] = "same-origin"
        if let hsts { headers[.strictTransportSecurity] = hsts }
    }
}

extension HTTPField.Name {
    static let crossOriginResource = HTTPField.Name("Cross-Origin-Resource-Policy")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
}
