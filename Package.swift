// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The rooms of docs/architecture.md. Which room may import which is checked by Tests/HouseTests.
let swift: [SwiftSetting] = [.swiftLanguageMode(.v6)]
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

// An allocator made for many threads: a tenth more events a second. Without it everything works.
let allocator: [LinkerSetting] =
    FileManager.default.fileExists(atPath: "/usr/include/jemalloc/jemalloc.h")
    ? [.linkedLibrary("jemalloc", .when(platforms: [.linux]))] : []

// Where Debian has the headers of GMime and GLib; GLib's own are beside its library.
let gmimeHeaders: [String] = {
    let libraries = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
    let folders = ["/usr/include/gmime-3.0", "/usr/include/glib-2.0", "/usr/lib64/glib-2.0/include",
        "/usr/lib/glib-2.0/include"] + libraries.sorted().map { "/usr/lib/\($0)/glib-2.0/include" }
    return folders.filter { FileManager.default.fileExists(atPath: $0) }.map { "-I\($0)" }
}()

// The commit that `screenpop --version` names; `make build` says it.
let commit: [CSetting] = Context.environment["SCREENPOP_COMMIT"].map { [.define("SCREENPOP_COMMIT", to: $0)] } ?? []

let package = Package(
    name: "screenpop",
    products: [
        .executable(name: "screenpopd", targets: ["screenpopd"]),
        .executable(name: "screenpop", targets: ["screenpop"]),
        .executable(name: "screenpop-asterisk", targets: ["screenpop-asterisk"]),
        .executable(name: "screenpop-freeswitch", targets: ["screenpop-freeswitch"]),
        // For the tests alone.
        .library(name: "ClockShift", type: .dynamic, targets: ["ClockShift"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // What states, outcomes and the like are called, for the daemon and for the command line.
        .target(name: "Terms", swiftSettings: swift),
        // The domain, pure.
        .target(name: "CallCenter", dependencies: ["Terms"], swiftSettings: swift),
        .target(name: "EventWire", dependencies: ["CallCenter"], swiftSettings: swift),

        // Outside facts: numbers, the database.
        .target(
            name: "CPhoneNumbers",
            linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("geocoding"), .linkedLibrary("icuuc")]),
        .target(name: "PhoneNumbers", dependencies: ["CPhoneNumbers", "CallCenter"], swiftSettings: swift),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: swift),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // What a file is by its content.
        .systemLibrary(name: "CMagic", providers: [.apt(["libmagic-dev"])]),
        .target(name: "FileTypes", dependencies: ["CMagic"], swiftSettings: swift),
        // Workbooks, as rows of texts.
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .target(name: "Spreadsheet", dependencies: ["CExpat", "CZip", "CallCenter"], swiftSettings: swift),
        .target(
            name: "Storage",
            dependencies: [
                "CZlib", "CallCenter", "PhoneNumbers", "SQLite", "Spreadsheet",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: swift),

        // The log in PostgreSQL, for several nodes.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "PostgresWait", dependencies: ["CPostgres"], swiftSettings: swift),
        .target(name: "PostgresLog", dependencies: ["CPostgres", "PostgresWait"], swiftSettings: swift),

        // Databases and directories of others, asked about callers and about who signs in.
        .target(name: "PostgresQuery", dependencies: ["CPostgres", "PostgresWait"], swiftSettings: swift),
        .systemLibrary(name: "CLDAP", providers: [.apt(["libldap-dev"])]),
        .target(name: "LDAP", dependencies: ["CLDAP"], swiftSettings: swift),
        // Address books: vCards, and the answers of CardDAV that have them.
        .target(name: "ContactCards", dependencies: ["CExpat"], swiftSettings: swift),

        // Copies of all that, made while it is written, and what is restored from them.
        .target(
            name: "Backup",
            dependencies: ["CallCenter", "SQLite", "Storage", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swift),

        // What is not as it should be, in words.
        .target(name: "Doctor", dependencies: ["CallCenter"], swiftSettings: swift),

        // The daemon around it.
        .target(name: "Engine", dependencies: ["CallCenter", "EventWire"], swiftSettings: swift),
        .target(name: "CUnixSocket"),
        // Connections between being accepted and being handled.
        .target(
            name: "Listening", dependencies: [.product(name: "NIOCore", package: "swift-nio")], swiftSettings: swift),
        // The connections between the nodes of a cluster.
        .target(
            name: "NodeLink",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ] + nio,
            swiftSettings: swift),
        .target(name: "CAllocator"),
        .target(name: "CVersion", cSettings: commit),
        .target(
            name: "Ingest", dependencies: ["CallCenter", "EventWire", "Engine", "CUnixSocket"] + nio,
            swiftSettings: swift),
        .target(
            name: "Web",
            dependencies: [
                "CRMLookup", "CUnixSocket", "CallCenter", "Doctor", "Engine", "EventWire", "FileTypes", "Intake",
                "Listening",
                "PhoneNumbers", "Settings", "Storage", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + nio,
            // The desk, the wall and the description of the interface, as they are served.
            resources: [.copy("Pages"), .copy("OpenAPI")],
            swiftSettings: swift),
        // How requests of others become events and contacts.
        .target(name: "Intake", swiftSettings: swift),
        // How a CRM is asked about a number, and what its answers mean.
        .target(name: "CRMLookup", dependencies: ["ContactCards", "Intake"], swiftSettings: swift),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(
            name: "Systemd",
            dependencies: ["CSystemd", .product(name: "Logging", package: "swift-log")], swiftSettings: swift),
        .target(
            name: "Settings",
            dependencies: ["CRMLookup", "CallCenter", "Intake", .product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: swift),

        // What works beside the calls: alarms, webhook, journal, history, search; and Engine's protocols on Storage.
        .target(
            name: "Workers",
            dependencies: [
                "CProgram", "CRMLookup", "CallCenter", "Engine", "EventWire", "Intake", "LDAP", "Mail", "PhoneNumbers",
                "PostgresQuery", "Settings", "Storage", "Systemd",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ] + nio,
            swiftSettings: swift),

        // One machine among several: follows the shared log, or leads it.
        .target(
            name: "Cluster",
            dependencies: [
                "CallCenter", "Engine", "NodeLink", "PostgresLog", "Storage", "Workers",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swift),

        // A centre that is made up, for tests, demonstrations and load.
        .target(name: "Simulation", swiftSettings: swift),
        // How many operators a load needs.
        .target(name: "Staffing", swiftSettings: swift),
        // Programs that are started, with nothing of ours open in them.
        .target(name: "CProgram"),
        // What a mail says, by GMime, which only the command line reads with; and mails that are written.
        .target(
            name: "CMime", cSettings: [.unsafeFlags(gmimeHeaders)],
            linkerSettings: [.linkedLibrary("gmime-3.0"), .linkedLibrary("gobject-2.0"), .linkedLibrary("glib-2.0")]),
        .target(name: "Mail", dependencies: ["CMime"], swiftSettings: swift),

        // Other rules on the log of past days.
        .target(
            name: "Shadow", dependencies: ["CallCenter", "EventWire", "Engine", "Settings", "Storage"],
            swiftSettings: swift),

        // The command line, as a library, so that tests reach it.
        .target(
            name: "Command",
            dependencies: [
                "Backup", "CVersion", "Mail", "Settings", "Shadow", "Simulation", "Staffing", "Storage", "Terms",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + nio,
            swiftSettings: swift),

        // What the bridges of all PBXs share: their events, and the way to screenpopd.
        .target(name: "BridgeCore", dependencies: ["CallCenter", "EventWire"], swiftSettings: swift),
        .target(
            name: "BridgeLink",
            dependencies: [
                "BridgeCore", "CallCenter", "EventWire", "Listening", .product(name: "Logging", package: "swift-log"),
            ] + nio,
            swiftSettings: swift),

        // Asterisk's side.
        .target(name: "AMI", swiftSettings: swift),
        .target(
            name: "AsteriskBridge", dependencies: ["AMI", "BridgeCore", "CallCenter", "EventWire"],
            swiftSettings: swift),

        // FreeSWITCH's side.
        .target(
            name: "FreeSwitchBridge", dependencies: ["BridgeCore", "CallCenter", "EventWire"], swiftSettings: swift),
        .target(
            name: "FreeSwitchLink",
            dependencies: [
                "BridgeCore", "BridgeLink", "CallCenter", "EventWire", "FreeSwitchBridge",
                .product(name: "Logging", package: "swift-log"),
            ] + nio,
            swiftSettings: swift),

        .target(
            name: "AsteriskLink",
            dependencies: [
                "AMI", "AsteriskBridge", "BridgeCore", "BridgeLink", "CallCenter", "EventWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + nio,
            swiftSettings: swift),

        // The four programs.
        .executableTarget(
            name: "screenpopd",
            dependencies: [
                "Backup", "CAllocator", "CRMLookup", "CVersion", "CallCenter", "Cluster", "Doctor", "Engine", "Ingest",
                "NodeLink", "PhoneNumbers", "PostgresLog", "Settings", "Storage", "Systemd", "Web", "Workers",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + nio,
            swiftSettings: swift, linkerSettings: allocator),
        .executableTarget(name: "screenpop", dependencies: ["Command"], swiftSettings: swift),
        .executableTarget(
            name: "screenpop-asterisk",
            dependencies: [
                "AMI", "AsteriskBridge", "AsteriskLink", "BridgeCore", "BridgeLink", "CAllocator", "CVersion",
                "CallCenter", "EventWire", "Settings", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + nio,
            swiftSettings: swift, linkerSettings: allocator),

        .executableTarget(
            name: "screenpop-freeswitch",
            dependencies: [
                "BridgeCore", "BridgeLink", "CAllocator", "CVersion", "CallCenter", "EventWire", "FreeSwitchBridge",
                "FreeSwitchLink", "Settings", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + nio,
            swiftSettings: swift, linkerSettings: allocator),

        .executableTarget(
            name: "LookUpBenchmark", dependencies: ["CallCenter", "PhoneNumbers", "Storage"], path: "Benchmarks/LookUp",
            swiftSettings: swift),
        .executableTarget(
            name: "AppendBenchmark", dependencies: ["PostgresLog"], path: "Benchmarks/Append", swiftSettings: swift),

        // Our percentiles are compared with those of the HdrHistogram package.
        .testTarget(
            name: "CallCenterTests",
            dependencies: ["CallCenter", .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: swift),
        .testTarget(
            name: "ShadowTests",
            dependencies: [
                "CallCenter", "EventWire", "Engine", "SQLite", "Settings", "Shadow", "Simulation", "Storage",
            ], swiftSettings: swift),
        .testTarget(name: "StaffingTests", dependencies: ["Staffing"], swiftSettings: swift),
        // The mails are files as they come from a server.
        .testTarget(
            name: "MailTests", dependencies: ["Mail"], exclude: ["Messages"], swiftSettings: swift),
        .testTarget(
            name: "SimulationTests", dependencies: ["CallCenter", "EventWire", "Simulation"], swiftSettings: swift),
        .testTarget(name: "DoctorTests", dependencies: ["CallCenter", "Doctor"], swiftSettings: swift),
        .testTarget(name: "EventWireTests", dependencies: ["CallCenter", "EventWire"], swiftSettings: swift),
        .testTarget(name: "PhoneNumbersTests", dependencies: ["CallCenter", "PhoneNumbers"], swiftSettings: swift),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd"], swiftSettings: swift),
        .testTarget(
            name: "IntakeTests", dependencies: ["CallCenter", "EventWire", "Intake", "Settings"], swiftSettings: swift),
        .testTarget(
            name: "CRMLookupTests", dependencies: ["CRMLookup", "CallCenter", "Intake", "Settings"],
            swiftSettings: swift),
        .testTarget(name: "ContactCardsTests", dependencies: ["ContactCards"], swiftSettings: swift),
        .testTarget(
            name: "SettingsTests", dependencies: ["CRMLookup", "CallCenter", "Intake", "Settings"],
            swiftSettings: swift),
        .testTarget(name: "PackagingTests", swiftSettings: swift),
        // Loaded before programs that the tests start: it shows them another time of day.
        .target(name: "ClockShift", path: "Tests/ClockShift"),
        // What was answered in tests, held against the description of the interface.
        .target(name: "KeptAnswers", path: "Tests/KeptAnswers", swiftSettings: swift),
        .testTarget(
            name: "DaemonTests",
            dependencies: ["CallCenter", "KeptAnswers", "SQLite", "screenpopd"],
            swiftSettings: swift),
        .testTarget(name: "AMITests", dependencies: ["AMI"], swiftSettings: swift),
        .testTarget(
            name: "AsteriskBridgeTests",
            dependencies: ["AMI", "AsteriskBridge", "BridgeCore", "CallCenter", "EventWire", "Settings"],
            swiftSettings: swift),
        .testTarget(
            name: "AsteriskLinkTests",
            dependencies: [
                "AMI", "AsteriskBridge", "AsteriskLink", "BridgeLink", .product(name: "Logging", package: "swift-log"),
            ] + nio, swiftSettings: swift),
        .testTarget(
            name: "FreeSwitchBridgeTests",
            dependencies: [
                "BridgeCore", "CallCenter", "EventWire", "FreeSwitchBridge", "FreeSwitchLink", "Settings",
                .product(name: "Logging", package: "swift-log"),
            ] + nio, swiftSettings: swift),
        // A disk in memory that fails and loses power, for SQLite.
        .target(name: "ChaosDisk", dependencies: ["CSQLite"], path: "Tests/ChaosDisk"),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "CallCenter", "ChaosDisk", "PhoneNumbers", "SQLite", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
            ], exclude: ["Exports"], swiftSettings: swift),
        .testTarget(
            name: "SpreadsheetTests", dependencies: ["Spreadsheet"], exclude: ["Workbooks", "make-workbooks.py"],
            swiftSettings: swift),
        // Against a server of PostgreSQL that they start.
        .testTarget(
            name: "PostgresLogTests",
            dependencies: [
                "CRMLookup", "CallCenter", "Cluster", "NodeLink", "PostgresLog", "PostgresQuery", "SQLite", "Storage",
                "Workers",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: swift),
        .testTarget(
            name: "BackupTests", dependencies: ["Backup", "CallCenter", "SQLite", "Storage"], swiftSettings: swift),
        .testTarget(
            name: "WorkersTests",
            dependencies: [
                "CRMLookup", "CallCenter", "Engine", "EventWire", "Intake", "LDAP", "Mail", "PhoneNumbers", "SQLite",
                "Settings", "Storage", "Workers", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: swift),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "CallCenter", "EventWire", "Engine", "Ingest", .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio, swiftSettings: swift),
        .testTarget(
            name: "NodeLinkTests",
            dependencies: [
                "NodeLink", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + nio, swiftSettings: swift),
        .testTarget(name: "EngineTests", dependencies: ["CallCenter", "EventWire", "Engine"], swiftSettings: swift),
        // The routes in memory: no process, no socket.
        .testTarget(
            name: "WebTests",
            dependencies: [
                "CRMLookup", "CallCenter", "Doctor", "Engine", "EventWire", "FileTypes", "KeptAnswers", "PhoneNumbers",
                "Settings", "Storage", "Web", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
            ] + nio, swiftSettings: swift),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "CallCenter", "Command", "Mail", "Shadow", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "CallCenter", "Cluster", "Engine", "NodeLink", "PhoneNumbers", "PostgresLog", "Storage", "Workers",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: swift),
        .testTarget(name: "HouseTests", dependencies: ["Terms"], swiftSettings: swift),
    ]
)
