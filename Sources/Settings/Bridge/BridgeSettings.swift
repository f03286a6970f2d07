/// The settings of the bridge from Asterisk (config/screenpop-asterisk.toml).
public struct BridgeSettings: Equatable, Sendable {
    /// Where the manager listens.
    public var ami = ListenAddress(host: "127.0.0.1", port: 5038)
    /// The name of the manager's user.
    public var user = "screenpop"
    /// The file that the manager's secret is in; empty: none.
    public var secretFile = ""
    /// Whether the connection to the manager is over TLS.
    public var tls = false
    /// Certificates to trust, in PEM; empty: those of the system.
    public var tlsCAFile = ""
    /// Where FastAGI is answered; nil: nowhere.
    public var agi: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 4573)
    /// Deadline of the answer to the dialplan, whatever happens. Milliseconds.
    public var agiDeadline: Int64 = 300
    /// The Unix sockets of screenpopd that events are pushed to, in the order in which they are tried; absolute paths.
    public var eventsSockets = ["/run/screenpop/events.sock"]
    /// The source of the events; empty: screenpopd derives it from the bridge's user.
    public var source = ""
    /// Contexts of the dialplan that calls from outside come in by; `*` stands for anything.
    public var inboundContexts = [
        "from-trunk", "from-trunk-*", "from-pstn", "from-pstn-*", "from-external", "from-did-direct",
        "from-sip-external",
        "from-dahdi", "from-zaptel", "from-analog", "from-digital", "*incoming*", "*inbound*", "from-*trunk*",
    ]
    /// Contexts that operators' phones dial in.
    public var operatorContexts = ["from-internal", "from-internal-*", "from-agents", "*internal*", "*agents*"]
    /// Endpoints that are no operator's, whatever they are named.
    public var trunks: [String] = []
    /// Endpoints that are an operator's, whatever they are named.
    public var phones: [String] = []
    /// The context that numbers are dialled in for operators; empty: none are.
    public var dialContext = ""
    /// The directory of events that screenpopd has not acknowledged yet; absolute path.
    public var spoolDir = "/var/lib/screenpop-asterisk"
    /// Mebibytes that may wait for screenpopd.
    public var spoolSize = 256

    /// The defaults of the file.
    public init() {}

    /// The file that is read when none is named, and it exists.
    public static let defaultFile = "/etc/screenpop/screenpop-asterisk.toml"

    /// Flags that stand for keys, as given.
    public struct Flags: Sendable {
        /// `HOST:PORT` of the manager.
        public var ami: String?
        /// The name of the manager's user.
        public var user: String?
        /// Path of the file with the manager's secret.
        public var secretFile: String?
        /// `HOST:PORT` that FastAGI is answered at.
        public var agi: String?
        /// Paths of screenpopd's sockets for events; empty when the flag was not given.
        public var eventsSockets: [String]
        /// The source of the events.
        public var source: String?

        /// nil stands for a flag that was not given; values are checked by `load`.
        public init(
            ami: String? = nil, user: String? = nil, secretFile: String? = nil, agi: String? = nil,
            eventsSockets: [String] = [], source: String? = nil
        ) {
            self.ami = ami
            self.user = user
            self.secretFile = secretFile
            self.agi = agi
            self.eventsSockets = eventsSockets
            self.source = source
        }

        fileprivate var given: [(name: String, key: String, value: String)] {
            let all = [
                ("--ami", "ami", ami), ("--user", "user", user), ("--secret-file", "secret_file", secretFile),
                ("--agi", "agi", agi),
                ("--source", "source", source),
            ]
            return all.compactMap { name, key, value in value.map { (name, key, $0) } }
        }
    }

    private static let variables = ["ami", "user", "secret_file", "agi", "events_socket", "source"].map {
        ("SCREENPOP_" + $0.uppercased(), $0)
    }

    static let keys: [Key<BridgeSettings>] = [
        .text("ami", \.ami) { text, node throws(SettingsError) in
            if let address = ListenAddress(text), address.port > 0 { return address }
            throw node.wrong(#"write HOST:PORT of Asterisk's manager, such as "127.0.0.1:5038""#)
        },
        .text("user", \.user) { _, node throws(SettingsError) in try node.name() },
        .text("secret_file", \.secretFile) { path, node throws(SettingsError) in try node.path(path) },
        .yesNo("tls", \.tls),
        .text("tls_ca_file", \.tlsCAFile) { path, node throws(SettingsError) in try node.path(path) },
        .text("agi", \.agi) { text, node throws(SettingsError) in
            if text.isEmpty { return nil }
            if let address = ListenAddress(text) { return address }
            throw node.wrong(#"write HOST:PORT, such as "127.0.0.1:4573", or "" for none"#)
        },
        .duration("agi_deadline", \.agiDeadline, 50...5_000),
        .socketPaths("events_socket", \.eventsSockets),
        .text("source", \.source) { text, node throws(SettingsError) in text.isEmpty ? "" : try node.name() },
        .names("inbound_contexts", \.inboundContexts, least: 1),
        .names("operator_contexts", \.operatorContexts),
        .names("trunks", \.trunks),
        .names("phones", \.phones),
        .text("dial_context", \.dialContext) { text, node throws(SettingsError) in text.isEmpty ? "" : try node.name()
        },
        .text("spool_dir", \.spoolDir) { path, node throws(SettingsError) in try node.path(path) },
        .number("spool_size", \.spoolSize, 1...65_536),
    ]

    /// Reads the settings: flags beat the environment (`SCREENPOP_AMI`, …), which beats the file, which beats the
    /// defaults.
    ///
    /// - Parameter file: nil: the default file, when it exists. Empty: none.
    /// - Throws: `SettingsError`, for the first value that cannot be used.
    public static func load(
        file: String?, environment: [String: String], flags: Flags, defaultFile: String = BridgeSettings.defaultFile
    ) throws(SettingsError) -> BridgeSettings {
        var settings = BridgeSettings()
        var given: [Node] = []
        let path = file.map { $0.isEmpty ? nil : $0 } ?? (ConfigFile.exists(defaultFile) ? defaultFile : nil)
        if let path { given.append(try TOMLDocument.parse(try ConfigFile(path: path))) }
        for (name, key) in variables {
            if let value = environment[name], !value.isEmpty {
                given.append(Node(text: value, of: [key], place: .environment(name)))
            }
        }
        for (name, key, value) in flags.given { given.append(Node(text: value, of: [key], place: .flag(name))) }
        if !flags.eventsSockets.isEmpty {
            given.append(Node(texts: flags.eventsSockets, of: "events_socket", place: .flag("--events-socket")))
        }
        for node in given { try node.read(into: &settings, keys: keys) }
        return settings
    }
}
