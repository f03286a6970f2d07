import ArgumentParser
import Foundation

/// `screenpop customers export`, and `screenpop export`.
struct ExportCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all customers, or what belongs to them, as CSV that Excel opens.",
        discussion: """
              screenpop customers export customers.csv
              screenpop customers export > customers.csv
              screenpop export --kind purchases purchases.csv

            Importing the file again with the same --kind changes nothing.
            """)
    @OptionGroup var global: GlobalOptions
    @Option(help: "What to write: customers, purchases, contracts, contacts or notes.")
    var kind = "customers"
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
            try await global.client.ask(.init(path: path(["v1", "customers", "export"], [("kind", kind)]))) { piece in
                do { try output.write(contentsOf: Data(piece.readableBytesView)) } catch {
                    throw ClientError.local("the file cannot be written: \(error)")
                }
                return true
            }
        }
    }
}
