import ArgumentParser
import Foundation

/// `screenpop customers export`, and `screenpop export`.
struct ExportCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all customers, or what belongs to them, as CSV that Excel opens or as JSON Lines.",
        discussion: """
              screenpop customers export customers.csv
              screenpop customers export > customers.csv
              screenpop export --kind purchases purchases.csv
              screenpop customers export --format jsonl > customers.jsonl

            Importing the file again with the same --kind changes nothing. A line of JSON Lines is the object of one
            record.
            """)
    @OptionGroup var global: GlobalOptions
    @Option(help: "What to write: customers, purchases, contracts, contacts or notes.")
    var kind = "customers"
    @Option(help: "csv or jsonl; without it, as the file's name ends, or else csv.") var format: String?
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
            let wanted = format ?? (file?.hasSuffix(".jsonl") == true ? "jsonl" : nil)
            let question = APIClient.Question(
                path: path(["v1", "customers", "export"], [("kind", kind), ("format", wanted)]))
            try await global.client.ask(question) { piece in
                do { try output.write(contentsOf: Data(piece.readableBytesView)) } catch {
                    throw ClientError.local("the file cannot be written: \(error)")
                }
                return true
            }
        }
    }
}
