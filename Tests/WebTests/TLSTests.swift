import CallCenter
import Foundation
import Logging
import NIOPosix
import Testing

@testable import Engine
@testable import Web

/// HTTPS by the daemon itself, and its certificate.
@Suite(.serialized) struct TLSTests {
    /// Certificates of this test's own, made by openssl.
    final class Certificates {
        let folder = NSTemporaryDirectory() + "screenpop-tls-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func path(_ name: String) -> String { "\(folder)/\(name)" }
        func files(_ name: String) -> CertificateFiles {
            CertificateFiles(certificate: path("\(name).pem"), key: path("\(name).key"))
        }

        /// A certificate for this machine that signs itself: `NAME.pem` and `NAME.key`.
        @discardableResult func make(_ name: String, days: Int = 30) async throws -> CertificateFiles {
            let made = try await run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "\(days)",
                    "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
                ])
            try #require(made.status == 0, "\(made.text)")
            return files(name)
        }

        /// Puts a certificate in another's place, as certbot's renewal does.
        func replace(_ name: String, by other: String, key: Bool = true) throws {
            for end in key ? ["key", "pem"] : ["pem"] {
                try? FileManager.default.removeItem(atPath: path("\(name).\(end)"))
                try FileManager.default.copyItem(atPath: path("\(other).\(end)"), toPath: path("\(name).\(end)"))
            }
        }

        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        }
    }

    /// Waits on a thread of its own: the tests' threads run the server's connections too.
    static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, text: String) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "test").async {
                let process = Process(), pipe = Pipe()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = [program] + arguments
                process.standardOutput = pipe
                process.standardError = pipe
                process.standardInput = FileHandle.nullDevice
                do { try process.run() } catch { return continuation.resume(throwing: error) }
                let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                continuation.resume(returning: (process.terminationStatus, text))
            }
        }
    }

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func aWrongFileIsRefusedWithASentence() async throws {
        let made = try Certificates()
        try await made.make("a")
        try await made.make("b")
        try made.write("empty", "")
        try made.write("text", "neither\n")
        try made.write("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
        try FileManager.default.createDirectory(atPath: made.path("folder"), withIntermediateDirectories: true)
        for (certificate, key, words) in [
            ("none.pem", "a.key", "none.pem is not there: put the certificate there"),
            ("a.pem", "none.key", "none.key is not there: put the key there, or name its file in [tls] key"),
            ("folder", "a.key", "is a folder"), ("empty", "a.key", "is empty"),
            ("a.key", "a.key", "has a private key and no certificate"),
            ("a.pem", "empty", "is empty"), ("a.pem", "text", "has no private key in PEM"),
            ("text", "a.key", "has no certificate in PEM"), ("a.key", "a.pem", "are the two files exchanged?"),
            ("a.pem", "a.pem", "has a certificate and no private key"), ("a.pem", "locked", "has a passphrase"),
            ("a.pem", "b.key", "is not that of the first certificate"),
        ] {
            let files = CertificateFiles(certificate: made.path(certificate), key: made.path(key))
            do throws(CertificateError) {
                _ = try ServerCertificate(files, logger: Self.quiet)
                Issue.record("\(certificate) with \(key) was accepted")
            } catch { #expect(error.description.contains(words), "\(error)") }
        }
        let unreadable = CertificateError.unreadable("/k", "key", EACCES)
        #expect(unreadable.description.contains("cannot be read by the daemon's user"))
    }

    @Test func aBrokenRenewalKeepsWhatIsInUse() async throws {
        let made = try Certificates()
        let files = try await made.make("used", days: 10)
        try await made.make("next", days: 60)
        try await made.make("old", days: 1)
        // None of them is for a later moment.
        let now = Engine.now()
        let certificate = try ServerCertificate(files, logger: Self.quiet)
        let first = certificate.status
        #expect(first.problem == nil && (9 * 86_400_000...11 * 86_400_000).contains(first.expiresAt - now))
        certificate.refresh(now: now)
        #expect(certificate.status == first)
        // The certificate is there and its key is not yet.
        try made.replace("used", by: "next", key: false)
        certificate.refresh(now: now)
        #expect(certificate.status.expiresAt == first.expiresAt)
        #expect(certificate.status.problem?.contains("is not that of the first certificate") == true)
        #expect(certificate.status.fault(at: now)?.contains("not in use") == true)
        #expect(certificate.facts(now: now).problem != nil)
        try made.replace("used", by: "next")
        certificate.refresh(now: now)
        let second = certificate.status
        #expect(second.problem == nil && second.expiresAt - first.expiresAt > 40 * 86_400_000)
        // One that has expired is no better.
        try made.replace("used", by: "old")
        certificate.refresh(now: now + 2 * 86_400_000)
        #expect(certificate.status.expiresAt == second.expiresAt)
        #expect(certificate.status.problem?.contains("has expired") == true)
        #expect(second.fault(at: second.expiresAt)?.contains("has expired") == true)
        #expect(second.fault(at: second.beginsAt - 1)?.contains("not valid before") == true)
    }

    @Test func pagesAndAnswersComeOverTLS() async throws {
        let made = try Certificates(), files = try await made.make("used"), next = try await made.make("next")
        let certificate = try ServerCertificate(files, logger: Self.quiet)
        let routes = try Routes { $0.certificate = certificate }
        // The clock of the routes stands at a moment before the certificates were made.
        routes.clock.advance(by: Engine.now() - routes.clock.now + 2_000)
        let secure = TLSAddress(host: "127.0.0.1", port: 0, certificate: certificate, hstsSeconds: 3_600)
        let server = try await WebServer.start(
            routes.parts, at: [.host("127.0.0.1", port: 0), .tls(secure)],
            group: MultiThreadedEventLoopGroup.singleton.next())
        let port = try #require(server.securePorts.first), plain = try #require(server.ports.first)
        func curl(_ arguments: String..., authority: CertificateFiles) async throws -> (status: Int32, text: String) {
            try await Self.run("curl", ["-s", "-i", "-m", "20", "--cacert", authority.certificate] + arguments)
        }
        let health = "https://localhost:\(port)/healthz"
        let answer = try await curl(health, authority: files)
        #expect(answer.status == 0 && answer.text.hasPrefix("HTTP/1.1 200"), "\(answer)")
        for header in [
            "strict-transport-security: max-age=3600", "x-content-type-options: nosniff",
            "referrer-policy: no-referrer", "frame-ancestors 'none'", "cross-origin-resource-policy: same-origin",
        ] { #expect(answer.text.lowercased().contains(header), "\(header)") }
        // Without TLS as it was, and not told to use TLS.
        let open = try await Self.run("curl", ["-s", "-i", "-m", "20", "http://127.0.0.1:\(plain)/healthz"])
        #expect(open.text.hasPrefix("HTTP/1.1 200") && !open.text.lowercased().contains("strict-transport"))
        // Old versions are refused.
        let old = try await curl("--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", health, authority: files)
        #expect(old.status != 0)
        #expect(try await curl("--tlsv1.2", "--tls-max", "1.2", health, authority: files).status == 0)
        // The cookie is sent over TLS alone, where it was given over TLS.
        let token = try routes.token(.supervisor)
        let body = #"{"token":"\#(token)"}"#, session = "https://localhost:\(port)/v1/session"
        #expect(try await curl("-d", body, session, authority: files).text.contains("; Secure"))
        let given = try await Self.run(
            "curl", ["-s", "-i", "-m", "20", "-d", body, "http://127.0.0.1:\(plain)/v1/session"])
        #expect(given.text.contains("HttpOnly") && !given.text.contains("; Secure"))
        // A stream runs on the thread of TLS.
        let stream = try await curl(
            "-m", "1", "-H", "Authorization: Bearer \(token)", "https://localhost:\(port)/v1/stream?operator=all",
            authority: files)
        #expect(stream.text.contains("text/event-stream") && stream.text.contains("retry: "), "\(stream.text)")
        // Another certificate, without a restart.
        try made.replace("used", by: "next")
        certificate.refresh(now: Engine.now())
        #expect(try await curl(health, authority: next).status == 0)
        let ready = try await curl(
            "-H", "Authorization: Bearer \(token)", "https://localhost:\(port)/readyz", authority: next)
        #expect(!ready.text.contains("certificate"), "\(ready.text)")
        try made.write("used.key", "broken")
        certificate.refresh(now: Engine.now())
        let warned = try await curl(
            "-H", "Authorization: Bearer \(token)", "https://localhost:\(port)/readyz", authority: next)
        #expect(warned.text.contains("The newer certificate is not in use"), "\(warned.text)")
        let metrics = try await curl(
            "-H", "Authorization: Bearer \(token)", "https://localhost:\(port)/metrics", authority: next)
        #expect(metrics.text.contains("\nscreenpop_certificate_is_newest 0\n"))
        let expiry = certificate.status.expiresAt.ms / 1_000
        #expect(metrics.text.contains("\nscreenpop_certificate_expiry_timestamp_seconds \(expiry)\n"))
        await server.stop()
    }
}
