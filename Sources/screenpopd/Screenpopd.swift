import ArgumentParser
import CallCenter
import Engine
import Foundation
import Ingest
import Logging
import NIOPosix
import PhoneNumbers
import Storage
import Systemd
import UnixSignals
import Web

/// The daemon: flags and wiring, nothing else.
@main
struct Screenpopd: AsyncParsableCommand {
    static let version = "0.2.0"

    static let configuration = CommandConfiguration(
        commandName: "screenpopd",
        abstract: "Takes call events from a PBX, looks the caller up, and tells the PBX and the operators.",
        version: version)

    @Option(name: .customLong("state-dir"), help: "Where the event log is kept.")
    var stateDirectory = "/var/lib/screenpop"

    @Option(name: .customLong("config"))
    var config: String?
    @Option(name: .customLong("api-socket"))
    var apiSocket = "/run/screenpop/api.sock"
    @Option(name: .customLong("http"))
    var http = "127.0.0.1:8790"

    @Option(name: .customLong("events-socket"), help: "The Unix socket that takes events.")
    var eventsSocket = "/run/screenpop/events.sock"

    func run() async throws {
        LoggingSystem.bootstrap { label in DaemonLog.handler(identifier: label, level: .info) }
        let logger = Logger(label: "screenpopd")
        do { try await serve(logger) } catch {
            logger.critical("\(error)")
            throw ExitCode(73)
        }
    }

    private func serve(_ logger: Logger) async throws {
        let notifier = Notifier()
        let stop = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try FileManager.default.createDirectory(atPath: stateDirectory, withIntermediateDirectories: true)
        let lock = try StateLock(directory: stateDirectory)
        let sockets = try ActivatedSockets.inherit(knownPaths: .init(events: eventsSocket))
        let started = Engine.now()
        let records = try CustomerStore.open(directory: stateDirectory)
        let tokens = try TokenStore.open(directory: stateDirectory)
        let history = HistoryWriter(store: records, logger: logger)

        let engine = Engine()
        try engine.start(.init(policy: Policy(), log: try EngineLogOnSQLite(directory: stateDirectory),
            directory: try CustomerDirectory(directory: stateDirectory, region: "JP", language: .ja, logger: logger), history: history, told: { _, _ in }))

        let rules = PeerRules(ownUser: getuid())
        let group = MultiThreadedEventLoopGroup.singleton
        let house = House(engine: engine, records: records, history: history, tokens: tokens, settings: WebSettings(
            version: Screenpopd.version, startedAt: started, stateDirectory: stateDirectory, language: .ja,
            dayStart: { Timestamp(ms: ($0.ms + 9*3_600_000) / 86_400_000 * 86_400_000 - 9*3_600_000) }, interval: 900_000, region: "JP", customFields: [], eventConnections: { 0 }), logger: logger)
        let parts = http.split(separator: ":")
        let web = try await WebServer.start(house, at: [.path(apiSocket), .host(String(parts[0]), port: Int(parts[1])!)], group: group)
        var listening: [EventSocket] = []
        if sockets[.events].isEmpty {
            listening.append(try await .listen(path: eventsSocket, engine: engine, rules: rules, group: group, clock: Engine.now))
        } else {
            for descriptor in sockets[.events] {
                listening.append(try await .listen(descriptor: descriptor, engine: engine, rules: rules, group: group, clock: Engine.now))
            }
        }

        notifier.ready()
        FileHandle.standardError.write(Data("ready: events at \(eventsSocket), state in \(stateDirectory)\n".utf8))

        for await _ in stop { break }
        notifier.stopping()
        for socket in listening { await socket.close() }
        engine.streams.end()
        await web.stop()
        engine.stop()
        _ = consume lock
    }
}
