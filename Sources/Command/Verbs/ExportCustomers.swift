import ArgumentParser
import Foundation

/// `screenpop customers export`.
struct ExportCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all customers as CSV that Excel opens; importing it again changes nothing.",
        discussion: """
              screenpop customers export customers.csv
              screenpop customers export > customers.csv
            """)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The file; standard output without one.") var file: String?

    func run() async throws {
        try await global.run {
            var handle = FileHandle.standardOutput
            if let file {
                guard
                    FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
                    let opened = FileHandle(forWritingAtPath: file)
                else { throw ClientError.local("\(file) cannot be written.") }
                handle = opened
            }
            let output = handle
            try await global.client.ask(.init(path: "/v1/customers/export")) { piece in
                do { try output.write(contentsOf: Data(piece.readableBytesView)) } catch {
                    throw ClientError.local("the file cannot be written: \(error)")
                }
                return true
            }
        }
    }
}
