import Testing

@testable import NodeLink

@Suite struct SecretTests {
    @Test func aSecretIsTheBytesOfItsFile() throws {
        let folder = try Folder()
        let file = try folder.write("secret", "0123456789abcdef", mode: 0o640)
        _ = try LinkSecret(file: file)
        _ = try LinkSecret(file: try folder.write("long", String(repeating: "x", count: 4_096)))
    }

    @Test func aSecretThatCanBeGuessedIsRefused() throws {
        let folder = try Folder()
        let short = try folder.write("short", "0123456789abcde\r\n\n")
        #expect(throws: LinkError.secretTooShort(file: short, bytes: 15)) { try LinkSecret(file: short) }
        let empty = try folder.write("empty", "\n\n\n")
        #expect(throws: LinkError.secretTooShort(file: empty, bytes: 0)) { try LinkSecret(file: empty) }
        let long = try folder.write("long", String(repeating: "x", count: 4_097))
        #expect(throws: LinkError.secretTooLong(file: long)) { try LinkSecret(file: long) }
    }

    @Test(arguments: [0o644, 0o604, 0o602, 0o666]) func aSecretThatEverybodyMayReadIsRefused(mode: Int) throws {
        let folder = try Folder()
        let file = try folder.write("secret", "0123456789abcdef", mode: mode)
        let error = LinkError.secretIsOpen(file: file, mode: String(mode, radix: 8))
        #expect(throws: error) { try LinkSecret(file: file) }
        #expect(error.description.contains("chmod o= \(file)"))
    }

    @Test func whatCannotBeReadIsRefused() throws {
        let folder = try Folder()
        for path in [folder.path + "/none", folder.path] {
            do {
                _ = try LinkSecret(file: path)
                Issue.record("\(path) was read")
            } catch {
                guard case .secretUnreadable(path, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(error.description.contains("cluster.secret_file"))
            }
        }
    }
}
