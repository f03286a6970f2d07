import ArgumentParser
import Foundation

/// `screenpop customers disclosure`.
struct DiscloseCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disclosure",
        abstract: "Write all that is known of one person: for whoever asks what is kept of them.",
        discussion: """
            The record with every version, purchases, contracts, notes, cases, calls, contacts, and who saw it. Only \
            an administrator may; that it was done is recorded.

              screenpop customers disclosure 17 > person.json
              screenpop customers disclosure 17 --html person.html    a page that can be printed
              screenpop --language ja customers disclosure 17 --html person.html
            """)
    @OptionGroup var global: GlobalOptions
    @Flag(help: "A page in place of JSON.") var html = false
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int
    @Argument(help: "The file; standard output without one.") var file: String?

    func run() async throws {
        try await global.run {
            let target = path(
                ["v1", "customers", String(id), "disclosure"],
                [("format", html ? "html" : "json"), ("lang", global.speech.rawValue)])
            // Nothing is left of a file when the daemon refuses.
            var output: FileHandle?
            try await global.client.ask(.init(path: target)) { piece in
                let handle = try output ?? opened()
                output = handle
                do { try handle.write(contentsOf: Data(piece.readableBytesView)) } catch {
                    throw ClientError.local("the file cannot be written: \(error)")
                }
                return true
            }
            if let file { complain(global.speech.say("\(file) に書きました。", "Written to \(file).")) }
        }
    }

    private func opened() throws(ClientError) -> FileHandle {
        guard let file else { return .standardOutput }
        guard
            FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
            let opened = FileHandle(forWritingAtPath: file)
        else { throw .local("\(file) cannot be written.") }
        return opened
    }
}
