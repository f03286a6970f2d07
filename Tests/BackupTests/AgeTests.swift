import Foundation
import Testing

@testable import Backup

/// Backups that are encrypted by the program age.
@Suite(.enabled(if: isProgram("age") && isProgram("age-keygen"), "the program age is not installed"))
struct AgeTests {
    let centre: TestState
    let key: String
    let recipient: String

    init() throws {
        centre = try TestState()
        key = centre.folder.path + "/key.txt"
        recipient = try AgeTests.makeKey(key)
        try centre.work(10, from: 0)
    }

    /// - Returns: the public key.
    static func makeKey(_ path: String) throws -> String {
        let keygen = Process()
        keygen.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        keygen.arguments = ["age-keygen", "-o", path]
        keygen.standardError = FileHandle.nullDevice
        try keygen.run()
        keygen.waitUntilExit()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try String(#require(text.firstMatch(of: /age1[0-9a-z]+/)).output)
    }

    @Test func nothingPlainIsStoredAndAllOfItComesBack() throws {
        try centre.addCustomer("山田")
        let entry = try centre.backUp { $0.recipients = .key(recipient) }.entry
        let names = try centre.names(entry.path)
        #expect(
            names == [
                "SHA256SUMS", "access.db.age", "accounts.db.age", "checkpoint.age", "customers.db.age",
                "events.db.age", "manifest.json",
            ])
        for name in names {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: entry.path + "/" + name))
            for text in ["山田", "SQLite format 3"] {
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(name) has \(text)")
            }
            #expect(try mode(entry.path + "/" + name) == 0o600)
        }
        let outside = try centre.verify()
        #expect(outside[0].problems == [] && !outside[0].isDeep)
        let inside = try centre.verify(identity: key)
        #expect(inside[0].problems == [] && inside[0].isDeep)

        var restore = Restore(path: centre.backups, stateDirectory: centre.folder.path + "/restored")
        restore.isStopped = { false }
        let refusal = #expect(throws: BackupError.self) { _ = try restore.run { _, _, _ in } }
        #expect(refusal?.kind == .usage && refusal?.description.contains("--age-identity") == true)
        restore.identity = key
        #expect(try restore.run { _, _, _ in }.last == 10)
        #expect(try centre.customers(in: restore.stateDirectory) == ["山田"])
        #expect(try entries(restore.stateDirectory) == entries(centre.state))
    }

    @Test func recipientsMayStandInAFile() throws {
        let other = try AgeTests.makeKey(centre.folder.path + "/other.txt"), file = centre.folder.path + "/recipients"
        try "# the boss\n\(other)\n# the safe\n\(recipient)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try centre.backUp { $0.recipients = .file(file) }
        for key in ["key.txt", "other.txt"] {
            #expect(try centre.verify(identity: centre.folder.path + "/" + key)[0].isDeep)
        }
    }

    @Test func aWrongKeyIsSaidBeforeAnythingIsCopied() throws {
        let error = #expect(throws: BackupError.self) { try centre.backUp { $0.recipients = .key("age1nonsense") } }
        let said = error?.description ?? ""
        #expect(said.hasPrefix("age does not take the recipients: "), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: centre.backups))
        try centre.backUp { $0.recipients = .key(recipient) }
        let other = centre.folder.path + "/other.txt"
        _ = try AgeTests.makeKey(other)
        let refusal = #expect(throws: BackupError.self) { _ = try centre.verify(identity: other) }
        #expect(refusal?.description.contains("/checkpoint.age: ") == true, "\(refusal?.description ?? "")")
    }

    @Test func damageIsFoundWithoutTheKey() throws {
        let path = try centre.backUp { $0.recipients = .key(recipient) }.entry.path
        try damage(path + "/events.db.age")
        #expect(try centre.verify()[0].problems == ["events.db.age has another checksum than when it was written"])
    }
}

@Suite struct AgeMissingTests {
    @Test func isSaidWithHowToGetIt() {
        let error = #expect(throws: BackupError.self) { try Age.find(in: "/nowhere:/nor/here") }
        #expect(error?.description.contains("apt install age") == true)
    }
}
