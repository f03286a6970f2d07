import Foundation
import Testing

/// The modules and what they may import (docs/architecture.md). A new import changes the architecture: change the table
/// first.
@Suite struct ImportTests {
    static let mayImport: [String: Set<String>] = [
        "Terms": [],
        "CallCenter": ["Terms"],
        "EventWire": ["CallCenter"],
        "PhoneNumbers": ["CPhoneNumbers", "CallCenter"],
        "SQLite": ["CSQLite"],
        "Storage": [
            "CZlib", "CallCenter", "Crypto", "CryptoExtras", "Dispatch", "Foundation", "Glibc", "PhoneNumbers",
            "SQLite", "Spreadsheet", "Synchronization",
        ],
        "Spreadsheet": ["CExpat", "CZip", "CallCenter", "Glibc"],
        "PostgresWait": ["CPostgres", "Glibc"],
        "PostgresLog": ["CPostgres", "Glibc", "PostgresWait", "Synchronization"],
        "PostgresQuery": ["CPostgres", "Glibc", "PostgresWait"],
        "LDAP": ["CLDAP", "Dispatch", "Glibc", "Synchronization"],
        "ContactCards": ["CExpat", "Foundation"],
        "Backup": ["CallCenter", "Crypto", "Foundation", "Glibc", "SQLite", "Storage", "Synchronization"],
        "Doctor": ["CallCenter"],
        "Engine": ["CallCenter", "EventWire", "Glibc", "Synchronization"],
        "Ingest": [
            "CallCenter", "EventWire", "Engine", "CUnixSocket", "Glibc", "NIOCore", "NIOPosix", "Synchronization",
        ],
        "Web": [
            "CRMLookup", "CUnixSocket", "CallCenter", "Crypto", "Doctor", "Engine", "EventWire", "FileTypes",
            "Foundation", "Glibc", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Intake", "Listening", "Logging",
            "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOPosix", "NIOSSL", "PhoneNumbers", "Settings", "Storage",
            "Synchronization",
        ],
        "Cluster": [
            "CallCenter", "Dispatch", "Engine", "Foundation", "Glibc", "Logging", "NodeLink", "PostgresLog", "Storage",
            "Synchronization", "Workers",
        ],
        "Listening": ["NIOCore", "Synchronization"],
        "NodeLink": [
            "Crypto", "Foundation", "Glibc", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS",
            "Synchronization",
        ],
        "Systemd": ["CSystemd", "Glibc", "Logging", "Synchronization"],
        "Settings": ["CRMLookup", "CallCenter", "Glibc", "Intake", "TOMLKit"],
        "Intake": ["Foundation"],
        "CRMLookup": ["ContactCards", "Foundation", "Intake"],
        "AMI": ["Glibc"],
        "BridgeCore": ["CallCenter", "EventWire", "Foundation"],
        "BridgeLink": [
            "BridgeCore", "CallCenter", "EventWire", "Foundation", "Glibc", "Listening", "Logging", "NIOCore",
            "NIOPosix",
        ],
        "AsteriskBridge": ["AMI", "BridgeCore", "CallCenter", "EventWire", "Foundation"],
        "AsteriskLink": [
            "AMI", "AsteriskBridge", "BridgeCore", "BridgeLink", "CallCenter", "Crypto", "EventWire", "Glibc",
            "Logging", "NIOCore", "NIOPosix", "NIOSSL",
        ],
        "FreeSwitchBridge": ["BridgeCore", "CallCenter", "EventWire", "Foundation"],
        "FreeSwitchLink": [
            "BridgeCore", "BridgeLink", "CallCenter", "EventWire", "FreeSwitchBridge", "Logging", "NIOCore",
            "NIOPosix",
        ],
        "Simulation": [],
        "Staffing": ["Glibc"],
        "FileTypes": ["CMagic"],
        "Mail": ["CMime", "Foundation"],
        "Command": [
            "ArgumentParser", "Backup", "CVersion", "Foundation", "Glibc", "Mail", "NIOCore", "NIOHTTP1", "NIOPosix",
            "NIOSSL",
            "Settings", "Shadow", "Simulation", "Staffing", "Storage", "Synchronization", "Terms",
        ],
        "Shadow": ["CallCenter", "Engine", "EventWire", "Foundation", "Glibc", "Settings", "Storage"],
        "screenpop": ["Command"],
        "screenpop-asterisk": [
            "ArgumentParser", "AsteriskBridge", "AsteriskLink", "BridgeCore", "BridgeLink", "CVersion", "CallCenter",
            "EventWire", "Foundation", "Glibc", "Logging", "Settings", "Systemd", "UnixSignals",
        ],
        "screenpop-freeswitch": [
            "ArgumentParser", "BridgeCore", "BridgeLink", "CVersion", "CallCenter", "EventWire", "Foundation",
            "FreeSwitchBridge", "FreeSwitchLink", "Glibc", "Logging", "Settings", "Systemd", "UnixSignals",
        ],
        "screenpopd": [
            "ArgumentParser", "Backup", "CAllocator", "CRMLookup", "CVersion", "CallCenter", "Cluster", "Doctor",
            "Engine", "Foundation", "Ingest", "Logging", "NIOCore", "NIOPosix", "NodeLink", "PhoneNumbers",
            "PostgresLog", "Settings", "Storage", "Synchronization", "Systemd", "UnixSignals", "Web", "Workers",
        ],
        "Workers": [
            "AsyncHTTPClient", "CProgram", "CRMLookup", "CallCenter", "Crypto", "Dispatch", "Engine", "EventWire",
            "Foundation", "Glibc", "Intake", "LDAP", "Logging", "Mail", "NIOCore", "NIOPosix", "PhoneNumbers",
            "PostgresQuery", "Settings", "Storage", "Synchronization", "Systemd",
        ],
    ]

    /// A module that is missing in the table could import everything.
    @Test func everyRoomIsInTheTable() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: ImportTests.root.appendingPathComponent("Sources").path)
        let inC: Set = [
            "CAllocator", "CExpat", "CLDAP", "CMagic", "CMime", "CPhoneNumbers", "CPostgres", "CProgram", "CSQLite",
            "CSystemd", "CUnixSocket", "CVersion", "CZip", "CZlib",
        ]
        #expect(Set(folders).subtracting(inC) == Set(ImportTests.mayImport.keys))
    }

    /// A JSON decode of Foundation's costs 6–9 µs where an event has one (docs/architecture.md).
    @Test(arguments: ["CallCenter", "EventWire", "Engine", "Ingest"]) func theHotPathIsWithoutFoundation(room: String) {
        #expect(ImportTests.mayImport[room]?.contains("Foundation") == false)
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: mayImport.keys.sorted()) func importsOnlyWhatItMay(room: String) throws {
        let folder = ImportTests.root.appendingPathComponent("Sources/\(room)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var read = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            read += 1
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at <= 1, words.count == at + 2 else { continue }
                let module = String(words[at + 1].split(separator: ".")[0])
                #expect(
                    ImportTests.mayImport[room]?.contains(module) == true, "\(file.lastPathComponent) imports \(module)"
                )
            }
        }
        #expect(read > 0)
    }
}
