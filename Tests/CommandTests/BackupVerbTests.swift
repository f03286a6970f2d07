import ArgumentParser
import Testing

@testable import Command

/// How backups and restores are asked for.
@Suite struct BackupVerbTests {
    @Test func aFolderAloneIsABackup() throws {
        let given = [
            "--json", "backup", "--keep", "14", "--state-dir", "/state", "--age-recipient", "age1x", "/backup",
        ]
        let create = try #require(
            try Screenpop.parseAsRoot(Screenpop.reordered(given)) as? Backups.Create)
        #expect(create.folder == "/backup" && create.keep == 14 && create.state.stateDirectory == "/state")
        #expect(create.ageRecipient == "age1x" && create.output.json)
        #expect(try Screenpop.parseAsRoot(["backup", "/backup"]) is Backups.Create)
        #expect(try Screenpop.parseAsRoot(["backup", "verify", "/backup"]) is Backups.Verify)
        #expect(try Screenpop.parseAsRoot(["backup", "list", "/backup"]) is Backups.List)
    }

    @Test(arguments: ["--into", "--state-dir"]) func theStateDirectoryHasTwoNames(option: String) throws {
        let restore = try #require(
            try Screenpop.parseAsRoot(["restore", "/backup", option, "/new", "--at", "2026-11-20 14:03"])
                as? RestoreState)
        #expect(restore.path == "/backup" && restore.into == "/new" && restore.at == "2026-11-20 14:03")
    }

    @Test(arguments: [
        ["backup"], ["backup", "/b", "--keep", "0"], ["restore"],
        ["backup", "/b", "--age-recipient", "x", "--age-recipients-file", "y"],
        ["restore", "/b", "--at", "2026-11-20"], ["restore", "/b", "--at", "yesterday"],
        ["restore", "/b", "--timezone", "Tokyo"],
    ]) func wrongUsageIsRefused(arguments: [String]) {
        do {
            _ = try Screenpop.parseAsRoot(arguments)
            Issue.record("\(arguments) was taken")
        } catch { #expect(Screenpop.exitCode(for: error) == .validationFailure) }
    }

    @Test(arguments: [
        ("2026-11-20 14:03", "2026-11-20T05:03:00.000Z"), ("2026-11-20 14:03:07", "2026-11-20T05:03:07.000Z"),
        ("2026-11-20T14:03:00+09:00", "2026-11-20T05:03:00.000Z"), ("2026-11-20T14:03:00Z", "2026-11-20T14:03:00.000Z"),
        ("2026-11-20T14:03:00.123Z", "2026-11-20T14:03:00.123Z"),
    ]) func aMomentIsTheCentres(text: String, utc: String) throws {
        #expect(try RestoreState.moment(text, "Asia/Tokyo").description == utc)
    }
}
