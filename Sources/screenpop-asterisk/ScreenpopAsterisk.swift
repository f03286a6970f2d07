import ArgumentParser
import CVersion
import Foundation
import Settings

/// The bridge: reports Asterisk's events to screenpopd, and routes to the dialplan.
@main
struct ScreenpopAsterisk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screenpop-asterisk",
        abstract: "Tells screenpopd what happens on an Asterisk, and answers its dialplan.",
        version: "screenpop-asterisk " + String(cString: screenpop_version_and_commit()),
        subcommands: [Follow.self, Check.self],
        defaultSubcommand: Follow.self)
}

/// Flags that stand for keys of the configuration.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration. (default: /etc/screenpop/screenpop-asterisk.toml, when it is there)", valueName: "file")
    ) var config: String?
    @Option(
        name: .customLong("events-socket"),
        help: ArgumentHelp(
            "screenpopd's socket; given several times, the next is tried when one fails. "
                + "(env: SCREENPOP_EVENTS_SOCKET; default: /run/screenpop/events.sock)",
            valueName: "path"))
    var eventsSockets: [String] = []
    @Option(help: ArgumentHelp("Asterisk's manager. (default: 127.0.0.1:5038)", valueName: "host:port")) var ami:
        String?
    @Option(help: ArgumentHelp("The manager's user. (default: screenpop)", valueName: "name")) var user: String?
    @Option(
        name: .customLong("secret-file"),
        help: ArgumentHelp("The file that the user's secret is in.", valueName: "file")) var secretFile: String?
    @Option(
        help: ArgumentHelp(
            "Where FastAGI is answered; \"\" for nowhere. (default: 127.0.0.1:4573)", valueName: "host:port")) var agi:
        String?
    @Option(
        help: ArgumentHelp("Which PBX the events are from. (default: screenpopd's, by this user)", valueName: "name"))
    var source: String?

    func load() throws -> BridgeSettings {
        let flags = BridgeSettings.Flags(
            ami: ami, user: user, secretFile: secretFile, agi: agi, eventsSockets: eventsSockets, source: source)
        do throws(SettingsError) {
            return try BridgeSettings.load(file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
        } catch {
            complain("\(error)")
            throw ExitCode(error.exitStatus)
        }
    }

    /// The first line of the secret's file.
    static func secret(_ settings: BridgeSettings) throws -> String {
        guard !settings.secretFile.isEmpty else {
            complain("the manager's secret is missing; name the file that it is in: secret_file, or --secret-file")
            throw ExitCode(78)
        }
        guard let data = FileManager.default.contents(atPath: settings.secretFile) else {
            complain(
                "\(settings.secretFile) cannot be read; secret_file names the file that the manager's secret is in")
            throw ExitCode(78)
        }
        let line = String(decoding: data.prefix { $0 != 10 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
        guard !line.isEmpty else {
            complain("\(settings.secretFile) is empty; write the secret of the manager's user \(settings.user) into it")
            throw ExitCode(78)
        }
        return line
    }
}

func complain(_ text: String) { FileHandle.standardError.write(Data("screenpop-asterisk: \(text)\n".utf8)) }
