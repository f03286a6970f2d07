import CallCenter
import Testing

@testable import Settings

/// Flags beat the environment, which beats the file, which beats the defaults (configuration.md).
@Suite struct PrecedenceTests {
    private static let file = """
        timezone = "Europe/Berlin"
        region = "DE"
        http = "127.0.0.1:1001"
        state_dir = "/file/state"
        events_socket = "/file/events.sock"
        api_socket = "/file/api.sock"
        [log]
        level = "warning"
        """

    private static let environment = [
        "SCREENPOP_TIMEZONE": "Asia/Tokyo", "SCREENPOP_REGION": "JP", "SCREENPOP_HTTP": "127.0.0.1:1002",
        "SCREENPOP_STATE_DIR": "environment/state", "SCREENPOP_EVENTS_SOCKET": "/environment/events.sock",
        "SCREENPOP_API_SOCKET": "/environment/api.sock", "SCREENPOP_LOG_LEVEL": "debug", "SCREENPOP_INTERVAL": "5m",
        "SCREENPOP_DAY_START": "05:00",
    ]

    private static let flags = Settings.Flags(
        stateDir: "flag/state", eventsSocket: "flag.sock", apiSocket: "/flag/api.sock", http: "127.0.0.1:1003",
        timezone: "UTC", region: "US",
        logLevel: "error")

    @Test func theFileBeatsTheDefaults() throws {
        let settings = try load(PrecedenceTests.file)
        var expected = Settings(timezone: "Europe/Berlin")
        expected.region = "DE"
        expected.http = ListenAddress(host: "127.0.0.1", port: 1001)
        expected.paths.state = "/file/state"
        expected.paths.eventsSocket = "/file/events.sock"
        expected.paths.apiSocket = "/file/api.sock"
        expected.log.level = .warning
        #expect(settings == expected)
    }

    @Test func theEnvironmentBeatsTheFile() throws {
        let settings = try load(PrecedenceTests.file, environment: PrecedenceTests.environment)
        var expected = Settings(timezone: "Asia/Tokyo")
        expected.region = "JP"
        expected.interval = 5
        expected.dayStart = 300
        expected.policy.grain = 300_000
        expected.http = ListenAddress(host: "127.0.0.1", port: 1002)
        expected.paths.state = "environment/state"
        expected.paths.eventsSocket = "/environment/events.sock"
        expected.paths.apiSocket = "/environment/api.sock"
        expected.log.level = .debug
        #expect(settings == expected)
    }

    @Test func aFlagBeatsThemAll() throws {
        let settings = try load(
            PrecedenceTests.file, environment: PrecedenceTests.environment, flags: PrecedenceTests.flags)
        #expect(settings.timezone == "UTC")
        #expect(settings.region == "US")
        #expect(settings.http.port == 1003)
        #expect(settings.paths.state == "flag/state")
        #expect(settings.paths.eventsSocket == "flag.sock")
        #expect(settings.paths.apiSocket == "/flag/api.sock")
        #expect(settings.log.level == .error)
        #expect(settings.interval == 5, "what no flag says stays what the environment says")
    }

    @Test func anEmptyVariableCountsAsNotSet() throws {
        #expect(try load(PrecedenceTests.file, environment: ["SCREENPOP_REGION": ""]).region == "DE")
    }

    @Test func foreignVariablesAreNobodysBusiness() throws {
        #expect(try load("", environment: ["SCREENPOP_TOKEN": "x", "HOME": "/"]) == Settings())
    }

    @Test func everyKeyOutsideOfATableHasAVariable() {
        #expect(
            Settings.variables.map(\.name) == [
                "SCREENPOP_TIMEZONE", "SCREENPOP_DAY_START", "SCREENPOP_REGION", "SCREENPOP_INTERVAL", "SCREENPOP_HTTP",
                "SCREENPOP_STATE_DIR",
                "SCREENPOP_EVENTS_SOCKET", "SCREENPOP_API_SOCKET", "SCREENPOP_LOG_LEVEL",
            ])
    }

    // MARK: Which file

    @Test func theFlagNamesTheFileBeforeTheVariableDoes() throws {
        let first = try TemporaryFile("region = 'FR'")
        let second = try TemporaryFile("region = 'IT'")
        let third = try TemporaryFile("region = 'ES'")
        func region(_ file: String?, _ variable: String?, default defaultFile: String) throws -> String {
            let environment = variable.map { ["SCREENPOP_CONFIG": $0] } ?? [:]
            return try Settings.load(file: file, environment: environment, flags: .init(), defaultFile: defaultFile)
                .region
        }
        #expect(try region(first.path, second.path, default: third.path) == "FR")
        #expect(try region(nil, second.path, default: third.path) == "IT")
        #expect(try region(nil, "", default: third.path) == "ES")
        #expect(try region(nil, nil, default: "\(third.path).not-there") == "JP")
        #expect(try region("", second.path, default: third.path) == "JP", "an empty --config means no file")
    }

    @Test func aNamedFileMustExist() {
        let sentence =
            "/nowhere/x.toml: this file cannot be read (No such file or directory);"
            + " give the path of a file that exists, or leave --config out for the defaults"
        #expect(throws: SettingsError(.file(path: "/nowhere/x.toml", line: nil), String(sentence.dropFirst(17)))) {
            try Settings.load(file: "/nowhere/x.toml", environment: [:], flags: .init())
        }
        #expect(throws: SettingsError.self) {
            try Settings.load(file: nil, environment: ["SCREENPOP_CONFIG": "/nowhere/x.toml"], flags: .init())
        }
    }
}
