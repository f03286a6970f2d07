import Foundation
import Testing

/// The rooms and what they may import (docs/architecture.md). A new import is a change of the house: change the table first.
@Suite struct ImportTests {
    static let mayImport: [String: Set<String>] = [
        "CallCenter": [],
        "EventWire": ["CallCenter"],
        "PhoneNumbers": ["CPhoneNumbers", "CallCenter"],
        "SQLite": ["CSQLite"],
        "Storage": ["CallCenter", "PhoneNumbers", "SQLite", "Glibc"],
        "Engine": ["CallCenter", "EventWire", "Glibc", "Synchronization"],
        "Ingest": ["CallCenter", "EventWire", "Engine", "CUnixSocket", "Glibc", "NIOCore", "NIOPosix"],
        "Systemd": ["CSystemd", "Glibc", "Logging", "Synchronization"],
        "screenpopd": [
            "ArgumentParser", "CallCenter", "Engine", "Foundation", "Ingest", "Logging", "NIOPosix", "PhoneNumbers", "Storage", "Systemd",
            "UnixSignals",
        ],
    ]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

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
                #expect(ImportTests.mayImport[room]?.contains(module) == true, "\(file.lastPathComponent) imports \(module)")
            }
        }
        #expect(read > 0)
    }
}
