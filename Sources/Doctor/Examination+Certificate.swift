/// The certificate of the daemon's own TLS.
public struct CertificateFacts: Equatable, Sendable {
    /// The file of the certificate.
    public var file: String
    /// The file of its private key.
    public var keyFile: String
    /// How long it is still valid. Milliseconds; negative when it has expired.
    public var left: Int64
    /// How long it is valid in all. Milliseconds.
    public var lifetime: Int64
    /// When its validity begins. Milliseconds from now; negative when it has begun.
    public var startsIn: Int64
    /// Why the newest files are not in use; nil when they are.
    public var problem: String?
    /// Every user of the machine may read the key.
    public var isKeyOpen: Bool

    /// Copies its values.
    public init(
        file: String, keyFile: String, left: Int64, lifetime: Int64, startsIn: Int64, problem: String?,
        isKeyOpen: Bool
    ) {
        self.file = file
        self.keyFile = keyFile
        self.left = left
        self.lifetime = lifetime
        self.startsIn = startsIn
        self.problem = problem
        self.isKeyOpen = isKeyOpen
    }
}

extension Examination {
    private static let day: Int64 = 86_400_000

    /// A certificate that is valid for less should have been renewed: 14 days, or a fourth of a short lifetime.
    static func shortOf(_ lifetime: Int64) -> Int64 { min(14 * day, lifetime / 4) }

    static func findings(of certificate: CertificateFacts) -> [Finding] {
        var found = [validity(certificate)]
        if let problem = certificate.problem {
            found.append(
                Finding(
                    certificate.left <= 3 * day ? .problem : .warning, .certificate,
                    Sentence("新しい証明書は使われていません: \(problem)", "The newer certificate is not in use: \(problem)"),
                    advice: Sentence(
                        "ファイルを直してください。10 秒以内に読み直されます。`systemctl reload screenpopd` でも読み直されます。",
                        "Mend the file: it is read again within ten seconds, and by `systemctl reload screenpopd`.")))
        }
        if certificate.isKeyOpen {
            found.append(
                Finding(
                    .warning, .certificate,
                    Sentence(
                        "\(certificate.keyFile) はこのマシンの全てのユーザーが読めます。",
                        "Every user of this machine can read \(certificate.keyFile)."),
                    advice: Sentence(
                        "`chmod o-rwx \(certificate.keyFile)` を実行してください。", "`chmod o-rwx \(certificate.keyFile)`.")))
        }
        return found
    }

    private static func validity(_ certificate: CertificateFacts) -> Finding {
        let renew = Sentence(
            "証明書を更新してください。certbot なら `certbot renew` です。",
            "Renew it; with certbot, `certbot renew` says why it was not.")
        if certificate.startsIn > 0 {
            return Finding(
                .problem, .certificate,
                Sentence("証明書の有効期間はまだ始まっていません。", "The certificate is not valid yet, and browsers refuse it."),
                advice: Sentence("このマシンの時計を確かめてください。", "See whether this machine's clock is right."))
        }
        if certificate.left <= 0 {
            return Finding(
                .problem, .certificate,
                Sentence(
                    "\(certificate.file) の証明書は期限切れで、ブラウザーが接続を拒みます。",
                    "The certificate in \(certificate.file) has expired, and browsers refuse it."), advice: renew)
        }
        let days = certificate.left / day
        let what = Sentence(
            "証明書の有効期限まであと \(days) 日です。", "The certificate is valid for \(days) more days.")
        if certificate.left < shortOf(certificate.lifetime) {
            return Finding(certificate.left < day ? .problem : .warning, .certificate, what, advice: renew)
        }
        return Finding(.ok, .certificate, what)
    }
}
