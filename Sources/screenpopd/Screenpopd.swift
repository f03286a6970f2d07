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

/// The daemon: flags and wiring, nothing else.
@main
struct Screenpopd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screenpopd",
        abstract: "Takes call events from a PBX, keeps them, and knows what goes on in the call centre.",
        discussion: """
            A PBX, or a bridge beside it, pushes call events over a Unix socket, one JSON object a line. An event that was answered
            "ok":true is on disk, whatever happens to the daemon afterwards.

              echo '{"type":"ping"}' | socat - UNIX-CONNECT:/run/screenpop/events.sock

            Exit status: 0 stopped by SIGTERM or SIGINT, 64 wrong usage, 73 the state directory or a socket cannot be used.
            """)

    @Option(name: .customLong("state-dir"), help: "Where the event log is kept.")
    var stateDirectory = "/var/lib/screenpop"

    @Option(name: .customLong("events-socket"), help: "The Unix socket that takes events.")
    var eventsSocket = "/run/screenpop/events.sock"

    @Option(help: "How a number without country code is read: an ISO 3166 region.")
    var region = "JP"

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

        let engine = Engine()
        try engine.start(
            policy: Policy(), log: try EngineLogOnSQLite(directory: stateDirectory),
            directory: NumbersOnly(reader: PhoneNumberReader(region: region, language: "ja")), deliver: { _, _ in })

        let rules = PeerRules(ownUser: getuid())
        let group = MultiThreadedEventLoopGroup.singleton
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
        let watchdog = Task { await feedWatchdog(engine, notifier) }

        for await _ in stop { break }
        notifier.stopping()
        watchdog.cancel()
        for socket in listening { await socket.close() }
        engine.stop()
        _ = consume lock
    }

    /// The watchdog is fed only while the engine's thread makes progress.
    private func feedWatchdog(_ engine: Engine, _ notifier: Notifier) async {
        guard let interval = notifier.watchdogInterval else { return }
        var feeder = WatchdogFeeder(interval: interval)
        while !Task.isCancelled {
            if feeder.mayFeed(progress: engine.progress, workPending: true, now: .now) { notifier.watchdog() }
            try? await Task.sleep(for: feeder.askEvery)
        }
    }
}
