import ArgumentParser

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say, line by line, what works and what to change.")
    @OptionGroup var connection: ConnectionOptions
    func run() async throws { _ = try connection.load() }
}
