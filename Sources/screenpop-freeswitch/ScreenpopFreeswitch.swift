import ArgumentParser
import CVersion
import Foundation
import Settings

/// The bridge: reports FreeSWITCH's events to screenpopd, and routes to the dialplan.
@main
struct ScreenpopFreeswitch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screenpop-freeswitch",
        abstract: "Tells screenpopd what happens on a FreeSWITCH, and answers its dialplan.",
        version: "screenpop-freeswitch " + String(cString: screenpop_version_and_commit()),
        subcommands: [Follow.self, Check.self],
        defaultSubcommand: Follow.self)
}

/// Flags that stand for keys of the configuration.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration. (default: /etc/screenpop/screenpop-freeswitch.toml, when it is there)",
            valueName: "file")
    ) var config: String?
    @Option(
        name: .customLong("events-socket"),
        help: ArgumentHelp(
            "screenpopd's socket; given several times, the next is tried when one fails. "
                + "(env: SCREENPOP_EVENTS_SOCKET; default: /run/screenpop/events.sock)",
            valueName: "path"))
    var eventsSockets: [String] = []
    @Option(help: ArgumentHelp("FreeSWITCH's event socket. (default: 127.0.0.1:8021)", valueName: "host:port"))
    var esl: String?
    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp("The file that the event socket's password is in.", valueName: "file"))
    var passwordFile: String?
    @Option(
        help: ArgumentHelp(
            "Where the dialplan is answered; \"\" for nowhere. (default: 127.0.0.1:8084)", valueName: "host:port"))
    var route: String?
    @Option(
        help: ArgumentHelp("Which PBX the events are from. (default: screenpopd's, by this user)", valueName: "name"))
    var source: String?

    func load() throws -> FreeSwitchSettings {
        let flags = FreeSwitchSettings.Flags(
            esl: esl, passwordFile: passwordFile, route: route, eventsSockets: eventsSockets, source: source)
        do throws(SettingsError) {
            return try FreeSwitchSettings.load(
                file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
        } catch {
            complain("\(error)")
            throw ExitCode(error.exitStatus)
        }
    }

    /// The first line of the password's file.
    static func password(_ settings: FreeSwitchSettings) throws -> String {
        guard !settings.passwordFile.isEmpty else {
            complain(
                "the event socket's password is missing; name the file that it is in: password_file, or "
                    + "--password-file")
            throw ExitCode(78)
        }
        guard let data = FileManager.default.contents(atPath: settings.passwordFile) else {
            complain(
                "\(settings.passwordFile) cannot be read; password_file names the file with the event socket's "
                    + "password")
            throw ExitCode(78)
        }
        let line = String(decoding: data.prefix { $0 != 10 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
        guard !line.isEmpty else {
            complain(
                "\(settings.passwordFile) is empty; write the password of event_socket.conf.xml into it")
            throw ExitCode(78)
        }
        return line
    }
}

func complain(_ text: String) { FileHandle.standardError.write(Data("screenpop-freeswitch: \(text)\n".utf8)) }
