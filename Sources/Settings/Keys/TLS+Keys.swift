extension Settings {
    /// HTTP over TLS, beside plain HTTP and on an address of its own.
    public struct TLS: Equatable, Sendable {
        /// Where HTTPS listens.
        public var listen = ListenAddress(host: "0.0.0.0", port: 8443)
        /// The file with the certificate and those between it and the authority, in PEM.
        public var certificate = ""
        /// The file with its private key, in PEM, without a passphrase.
        public var key = ""
        /// How long browsers use TLS alone for this name (RFC 6797). Milliseconds; 0: they are not told to.
        public var hsts = 180 * DurationText.day

        init() {}
    }

    /// What signing in at the desk takes.
    public struct SignIn: Equatable, Sendable {
        /// Whose accounts need a second factor.
        public var secondFactor: Set<Who> = []
        /// The least number of characters of a password.
        public var passwordMin = 8
        /// The directory whose people sign in; nil for accounts of the daemon's own alone.
        public var directory: Directory?

        /// No second factor, and no directory.
        public init() {}

        /// The roles of accounts.
        public enum Who: String, Sendable, CaseIterable { case `operator`, supervisor, admin }
    }
}

extension Settings.TLS {
    /// `[tls]`: nil in the settings when nothing in it is set.
    static let table = Key<Settings>(name: "tls", leaves: keys.flatMap(\.leaves).map { "tls.\($0)" }) {
        node, settings throws(SettingsError) in
        var tls = Settings.TLS()
        try node.read(into: &tls, keys: keys)
        settings.tls = tls == Settings.TLS() ? nil : tls
    }

    private static let keys: [Key<Settings.TLS>] = [
        .text("listen", \.listen) { text, node throws(SettingsError) in
            if let address = ListenAddress(text) { return address }
            throw node.wrong(#"write HOST:PORT, such as "0.0.0.0:8443" or "[::]:8443""#)
        },
        .text("certificate", \.certificate) { path, node throws(SettingsError) in try node.path(path) },
        .text("key", \.key) { path, node throws(SettingsError) in try node.path(path) },
        .duration("hsts", \.hsts, 0...730 * DurationText.day),
    ]
}

extension Settings.SignIn {
    static let keys: [Key<Settings.SignIn>] = [
        .choices("second_factor", \.secondFactor),
        .number("password_min", \.passwordMin, 8...64),
        directoryTable,
    ]
}
