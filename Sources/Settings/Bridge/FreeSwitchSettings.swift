/// The settings of the bridge from FreeSWITCH (config/screenpop-freeswitch.toml).
public struct FreeSwitchSettings: Equatable, Sendable {
    /// Where the event socket listens.
    public var esl = ListenAddress(host: "127.0.0.1", port: 8021)
    /// The file that the event socket's password is in; empty: none.
    public var passwordFile = ""
    /// Where the dialplan's question is answered (an outbound event socket); nil: nowhere.
    public var route: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 8084)
    /// Deadline of the answer to the dialplan, whatever happens. Milliseconds.
    public var routeDeadline: Int64 = 300
    /// The Unix sockets of screenpopd that events are pushed to, in the order in which they are tried; absolute paths.
    public var eventsSockets = ["/run/screenpop/events.sock"]
    /// The source of the events; empty: screenpopd derives it from the bridge's user.
    public var source = ""
    /// Contexts of the dialplan that calls from outside come in by; `*` stands for anything.
    public var inboundContexts = ["public", "*inbound*", "*incoming*", "from-trunk*"]
    /// SIP profiles that lead outside.
    public var trunkProfiles = ["external*", "*trunk*"]
    /// Gateways and users that lead outside, whatever they are named.
    public var trunks: [String] = []
    /// Users that are an operator's, whatever they are named.
    public var phones: [String] = []
    /// The context that numbers are dialled in for operators; empty: none are.
    public var dialContext = ""
    /// The directory of events that screenpopd has not acknowledged yet; absolute path.
    public var spoolDir = "/var/lib/screenpop-freeswitch"
    /// Mebibytes that may wait for screenpopd.
    public var spoolSize = 256

    init() {}

    /// The file that is read when none is named, and it exists.
    public static let defaultFile = "/etc/screenpop/screenpop-freeswitch.toml"

    /// Flags that stand for keys, as given.
    public struct Flags: Sendable {
        /// `HOST:PORT` of the event socket.
        public var esl: String?
        /// Path of the file with the event socket's password.
        public var passwordFile: String?
        /// `HOST:PORT` that the dialplan's question is answered at.
        public var route: String?
        /// Paths of screenpopd's sockets for events; empty when the flag was not given.
        public var eventsSockets: [String]
        /// The source of the events.
        public var source: String?

        /// nil stands for a flag that was not given; values are checked by `load`.
        public init(
            esl: String? = nil, passwordFile: String? = nil, route: String? = nil, eventsSockets: [String] = [],
            source: String? = nil
        ) {
            self.esl = esl
            self.passwordFile = passwordFile
            self.route = route
            self.eventsSockets = eventsSockets
            self.source = source
        }

        fileprivate var given: [(name: String, key: String, value: String)] {
            let all = [
                ("--esl", "esl", esl), ("--password-file", "password_file", passwordFile), ("--route", "route", route),
                ("--source", "source", source),
            ]
            return all.compactMap { name, key, value in value.map { (name, key, $0) } }
        }
    }

    private static let variables = ["esl", "password_file", "route", "events_socket", "source"].map {
        ("SCREENPOP_" + $0.uppercased(), $0)
    }

    static let keys: [Key<FreeSwitchSettings>] = [
        .text("esl", \.esl) { text, node throws(SettingsError) in
            if let address = ListenAddress(text), address.port > 0 { return address }
            throw node.wrong(#"write HOST:PORT of FreeSWITCH's event socket, such as "127.0.0.1:8021""#)
        },
        .text("password_file", \.passwordFile) { path, node throws(SettingsError) in try node.path(path) },
        .text("route", \.route) { text, node throws(SettingsError) in
            if text.isEmpty { return nil }
            if let address = ListenAddress(text) { return address }
            throw node.wrong(#"write HOST:PORT, such as "127.0.0.1:8084", or "" for none"#)
        },
        .duration("route_deadline", \.routeDeadline, 50...5_000),
        .socketPaths("events_socket", \.eventsSockets),
        .text("source", \.source) { text, node throws(SettingsError) in text.isEmpty ? "" : try node.name() },
        .names("inbound_contexts", \.inboundContexts, least: 1),
        .names("trunk_profiles", \.trunkProfiles),
        .names("trunks", \.trunks),
        .names("phones", \.phones),
        .text("dial_context", \.dialContext) { text, node throws(SettingsError) in text.isEmpty ? "" : try node.name()
        },
        .text("spool_dir", \.spoolDir) { path, node throws(SettingsError) in try node.path(path) },
        .number("spool_size", \.spoolSize, 1...65_536),
    ]

    /// Reads the settings: flags beat the environment (`SCREENPOP_ESL`, …), which beats the file, which beats the
    /// defaults.
    ///
    /// - Parameter file: nil: the default file, when it exists. Empty: none.
    /// - Throws: `SettingsError`, for the first value that cannot be used.
    public static func load(
        file: String?, environment: [String: String], flags: Flags, defaultFile: String = FreeSwitchSettings.defaultFile
    ) throws(SettingsError) -> FreeSwitchSettings {
        var settings = FreeSwitchSettings()
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
