import CallCenter

/// Where settings come from: flags beat the environment, which beats the file, which beats the defaults.
extension Settings {
    /// The flags of the command line that stand for a key; nil when not given.
    public struct Flags: Equatable, Sendable {
        /// Absolute path of the directory of all data.
        public var stateDir: String?
        /// Path of the socket that takes events.
        public var eventsSocket: String?
        /// Path of the socket of the HTTP interface.
        public var apiSocket: String?
        /// `HOST:PORT` of the HTTP interface.
        public var http: String?
        /// IANA name of the centre's time zone.
        public var timezone: String?
        /// ISO 3166-1 alpha-2.
        public var region: String?
        /// One of `LogLevel`, as a text.
        public var logLevel: String?

        /// nil stands for a flag that was not given; values are checked by `load`.
        public init(
            stateDir: String? = nil, eventsSocket: String? = nil, apiSocket: String? = nil, http: String? = nil,
            timezone: String? = nil,
            region: String? = nil, logLevel: String? = nil
        ) {
            self.stateDir = stateDir
            self.eventsSocket = eventsSocket
            self.apiSocket = apiSocket
            self.http = http
            self.timezone = timezone
            self.region = region
            self.logLevel = logLevel
        }

        fileprivate var given: [(name: String, key: [String], value: String)] {
            let all: [(String, [String], String?)] = [
                ("--state-dir", ["state_dir"], stateDir), ("--events-socket", ["events_socket"], eventsSocket),
                ("--api-socket", ["api_socket"], apiSocket), ("--http", ["http"], http),
                ("--timezone", ["timezone"], timezone),
                ("--region", ["region"], region), ("--log-level", ["log", "level"], logLevel),
            ]
            return all.compactMap { name, key, value in value.map { (name, key, $0) } }
        }
    }

    /// The file that is read when neither the flag nor the environment names one, and it exists.
    public static let defaultFile = "/etc/screenpop/screenpopd.toml"
    /// The environment variable that names the file.
    public static let fileVariable = "SCREENPOP_CONFIG"

    /// The environment variables that stand for a key: every key outside of a table, and the level of the log.
    static let variables: [(name: String, key: [String])] =
        keys.map(\.leaves).filter { $0.count == 1 && !$0[0].contains(".") }.map {
            ("SCREENPOP_" + $0[0].uppercased(), $0)
        }
        + [("SCREENPOP_LOG_LEVEL", ["log", "level"])]

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - file: the file that `--config` names. Nil: what `SCREENPOP_CONFIG` names, else the default file when it
    ///     exists. Empty: none.
    ///   - environment: the daemon's. A variable that is set to nothing counts as not set.
    /// - Throws: `SettingsError`, for the first value that cannot be used.
    public static func load(
        file: String?, environment: [String: String], flags: Flags, defaultFile: String = Settings.defaultFile
    ) throws(SettingsError) -> Settings {
        var settings = Settings(timezone: SystemTimezone.name(environment: environment))
        var given: [Node] = []
        if let path = Settings.path(file: file, environment: environment, defaultFile: defaultFile) {
            given.append(try TOMLDocument.parse(try ConfigFile(path: path)))
        }
        for (name, key) in variables {
            if let value = environment[name], !value.isEmpty {
                given.append(Node(text: value, of: key, place: .environment(name)))
            }
        }
        for (name, key, value) in flags.given { given.append(Node(text: value, of: key, place: .flag(name))) }

        for node in given { try node.read(into: &settings, keys: keys) }
        settings.policy.grain = Settings.grain(interval: settings.interval)
        settings.policy.claimLimit = settings.cases.claimLimit
        let onCards = settings.customers.fields.filter(\.isOnPops)
        if !onCards.isEmpty {
            settings.policy.card.labels = Dictionary(
                onCards.map { ($0.name, $0.labels ?? .init(ja: $0.label, en: $0.label)) },
                uniquingKeysWith: { first, _ in first })
        }
        try SettingsChecks(settings: settings, given: given).run()
        return settings
    }

    /// The rules for the core at a moment, with what the centre's clock is ahead of UTC then, by which a card counts
    /// days. Where the clocks change, it goes by the new hour from the next start or reload on.
    ///
    /// - Parameter now: seconds since 1970, UTC.
    public func policy(at now: Int64) -> Policy {
        var rules = policy
        rules.card.clockAhead = (ZoneDirectory.rules(timezone)?.offset(at: now) ?? 0) * 1_000
        return rules
    }

    private static func path(file: String?, environment: [String: String], defaultFile: String) -> String? {
        if let file { return file.isEmpty ? nil : file }
        if let named = environment[fileVariable], !named.isEmpty { return named }
        return ConfigFile.exists(defaultFile) ? defaultFile : nil
    }

    /// The core counts in slices of which every time zone's hours and days are made: some are a quarter of an hour off,
    /// none five minutes.
    private static func grain(interval minutes: Int) -> Int64 { min(Int64(minutes), 15) * DurationText.minute }
}

extension Node {
    /// One value outside of a file, as the document it would make.
    init(text: String, of key: [String], place: SettingsError.Place) {
        var node = Node(value: .text(text), path: key, place: place)
        for depth in key.indices.reversed() {
            node = Node(
                value: .table([Entry(name: key[depth], node: node)]), path: Array(key.prefix(depth)), place: place)
        }
        self = node
    }
}
