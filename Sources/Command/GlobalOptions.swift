import ArgumentParser
import Foundation

/// Options of every verb: where the daemon is, and the output's language.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .customLong("api-socket"),
        help: ArgumentHelp(
            "The daemon's Unix socket. (env: SCREENPOP_API_SOCKET; default: /run/screenpop/api.sock)", valueName: "path"
        ))
    var apiSocket: String?

    @Option(
        help: ArgumentHelp(
            "Ask over TCP instead, https://host:port or http://host:port, with a token. (env: SCREENPOP_URL)",
            valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The authorities whose certificates --url trusts, in PEM. (env: SCREENPOP_CACERT; default: the system's)",
            valueName: "file"))
    var cacert: String?

    @Option(
        help: ArgumentHelp(
            "The token for --url. Better in the environment, where no process list shows it. (env: SCREENPOP_TOKEN)",
            valueName: "sp_…"))
    var token: String?

    @Option(help: ArgumentHelp("ja or en. (default: by the environment)", valueName: "code"))
    var language: String?

    @Flag(name: .customLong("no-color"), help: "No colours, even on a terminal. (env: NO_COLOR)")
    var noColour = false

    func validate() throws {
        if let language, Language(rawValue: language) == nil { throw ValidationError("--language is ja or en.") }
        if let url, GlobalOptions.address(url) == nil {
            throw ValidationError("--url is https://host:port or http://host:port.")
        }
    }

    var speech: Language { language.flatMap(Language.init) ?? .preferred }
    var terminal: Terminal { .output(noColour: noColour) }

    var client: APIClient {
        let environment = ProcessInfo.processInfo.environment
        if apiSocket == nil, let url = url ?? environment["SCREENPOP_URL"], let address = GlobalOptions.address(url) {
            return APIClient(
                address: address, token: token ?? environment["SCREENPOP_TOKEN"], language: speech,
                authorities: cacert ?? environment["SCREENPOP_CACERT"])
        }
        let path = apiSocket ?? environment["SCREENPOP_API_SOCKET"] ?? "/run/screenpop/api.sock"
        return APIClient(address: .socket(path), token: nil, language: speech)
    }

    static func address(_ url: String) -> APIClient.Address? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host, !host.isEmpty
        else { return nil }
        // An IPv6 address stands in brackets in a URL, and without them everywhere else.
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isBracketed ? String(host.dropFirst().dropLast()) : host
        switch scheme {
        case "http": return .host(name, port: parts.port ?? 8790)
        case "https": return .secure(name, port: parts.port ?? 443)
        default: return nil
        }
    }

    /// Runs a verb; prints an error once, and exits with its status.
    func run(_ work: () async throws -> Void) async throws {
        do { try await work() } catch let error as ClientError {
            complain("screenpop: \(error)")
            throw ExitCode(error.exitStatus)
        }
    }
}

/// Whether a verb's answer is for a program.
struct JSONOption: ParsableArguments {
    @Flag(help: "The daemon's answer as JSON, for programs.")
    var json = false
}
