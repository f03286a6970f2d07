import CAllocator
import CallCenter
import Engine
import Foundation
import Ingest
import Logging
import NIOCore
import NIOPosix
import PhoneNumbers
import Settings
import Storage
import Synchronization
import Systemd
import UnixSignals
import Web
import Workers

/// Wires the parts of the daemon: starts storage first and sockets last, and stops in the reverse order
/// (docs/architecture.md).
struct Daemon {
    let settings: Settings
    let logger: Logger
    /// Reads the settings again.
    let reload: @Sendable () throws -> Settings

    func run() async throws {
        let notifier = Notifier()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let paths = settings.paths
        let sockets = try ActivatedSockets.inherit(knownPaths: .init(events: paths.eventsSocket, api: paths.apiSocket))
        try makeStateDirectory()
        let lock = try StateLock(directory: paths.state)
        let leftovers = ImportSpool.removeLeftovers(in: paths.state)
        if leftovers > 0 { logger.notice("\(leftovers) files of imports that did not end were removed") }
        let numbers = NumberRulesInForce(NumberRules(settings))

        let progress = StartProgress(logger) { more, status in
            notifier.extendTimeout(more)
            notifier.status(status)
        }
        let files = try StateFiles.open(directory: paths.state, working: progress.working)
        for notice in files.notices { logger.warning("\(notice)") }
        let records = files.records, identity = files.identity, checkpoint = files.checkpoint
        let views = ViewWriter(
            log: try ViewLog.open(directory: paths.state), directory: paths.state,
            retention: settings.retention.views, logger: logger)
        let journal = CentreJournal(logger: logger, masks: settings.log.maskNumbers)
        let history = HistoryWriter(store: records, logger: logger, closed: journal.note(closed:))
        let offCard = Set(settings.customers.fields.filter { !$0.isOnPops }.map(\.name))
        // One loop for the engine, the PBXs' sockets and the operators' streams: a pop changes no thread on its way.
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let engine = Engine(on: LoopThread(loop: loop))
        try engine.start(
            .init(
                policy: settings.policy,
                log: EngineLogOnSQLite(
                    files.log, identity: identity, checkpoint: checkpoint, directory: paths.state, logger: logger),
                directory: try CustomerDirectory(
                    directory: paths.state, rules: numbers, offCard: offCard, logger: logger),
                history: history, retention: settings.retention.events, onAlert: journal.note(_:_:),
                beside: { [restoring = BlockingThreads(1)] work in restoring.submit(work) },
                report: progress.replayed(_:of:)))
        // The engine owns the log from here on: whatever changes is appended through it.
        let changes = ChangeLogOnEngine(engine)
        let tokens = try TokenStore.open(directory: paths.state, log: changes),
            accounts = try AccountStore.open(directory: paths.state, log: changes)
        progress.over()

        let connections = ConnectionCount(), orders = PBXOrders()
        let webhook = try settings.alarms.webhook.map {
            try Webhook(
                url: $0, keyFile: settings.alarms.webhookKeyFile, version: Screenpopd.version, logger: logger)
        }
        let language = settings.policy.pop.language
        let alarms = AlarmWatch(settings.alarms.policy, language: language, logger: logger)
        let webSettings = webSettings(connections, alarms, numbers)
        let directories = ThreadDirectories { [settings, offCard, logger] in
            try CustomerDirectory(
                directory: settings.paths.state, rules: numbers, offCard: offCard, logger: logger)
        }
        let parts = WebDependencies(
            engine: engine, writer: RecordWriter(records, log: changes), history: history, tokens: tokens,
            accounts: accounts, views: views, settings: webSettings, orders: orders,
            past: PastCentre(rules: settings.policy) { try StoredPastLog(directory: paths.state) },
            alarms: { alarms.raised },
            callerLookup: CallerLookup(lookUp: directories.lookup, end: directories.rest), logger: logger)
        let web = try await WebServer.start(parts, at: webAddresses(sockets), group: loop)
        let rules = Mutex(PeerRules(settings.ingest))
        let events = try await listen(
            sockets[.events], engine, connections, orders, directories,
            rules: { rules.withLock { $0 } }, on: loop)

        notifier.ready()
        let port = web.ports.first.map { ", HTTP at \(settings.http.host):\($0)" } ?? ""
        FileHandle.standardError.write(
            Data(
                """
                ready: events at \(paths.eventsSocket), commands at \(paths.apiSocket)\(port), state in \
                \(paths.state)\n
                """
                    .utf8))
        release_start_pages()
        // Background tasks that observe the engine.
        let onlookers: [Task<Void, Never>] = [
            Task { await feedWatchdog(engine, notifier) },
            Task {
                await alarms.follow(
                    figures: {
                        await engine.ask { [dayStart = webSettings.dayStart] centre, now in
                            centre.stats(from: dayStart(now), to: now + centre.policy.grain, now: now)
                        }
                    },
                    announce: { await engine.announce($0, language: language) },
                    post: { webhook?.post($0, language) })
            },
            Task { if let webhook { await webhook.deliver() } },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) {
                await SearchIndex(logger: logger) { count throws(StoreError) in try records.indexSome(count) }.follow()
            },
            Task { [settings] in
                if let periods = Periods(settings) {
                    await journal.follow(periods, interval: settings.policy.grain, now: Engine.now) { from, to in
                        await engine.ask { centre, now in centre.stats(from: from, to: to, now: now) }
                    }
                }
            },
        ]

        for await signal in signals {
            guard signal == .sighup else { break }
            notifier.reloading()
            await reloadSettings(engine) { new in
                rules.withLock { $0 = PeerRules(new.ingest) }
                alarms.adopt(new.alarms.policy)
                numbers.adopt(NumberRules(new, started: settings))
                views.adopt(retention: new.retention.views)
            }
            notifier.ready()
        }
        notifier.stopping()
        for onlooker in onlookers { onlooker.cancel() }
        for socket in events { await socket.close() }
        engine.streams.end()
        await web.stop()
        await engine.stop()
        views.close()
        _ = consume lock
    }

    private func makeStateDirectory() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: settings.paths.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw StartError(
                "\(settings.paths.state) cannot be made: name another --state-dir, or make it and give it to this user")
        }
    }

    private func webAddresses(_ sockets: ActivatedSockets) -> [WebAddress] {
        let local: [WebAddress] =
            sockets[.api].isEmpty ? [.path(settings.paths.apiSocket)] : sockets[.api].map { .descriptor($0, .local) }
        let network: [WebAddress] =
            sockets[.http].isEmpty
            ? [.host(settings.http.host, port: Int(settings.http.port))]
            : sockets[.http].map { .descriptor($0, .network) }
        return local + network
    }

    private func webSettings(
        _ connections: ConnectionCount, _ alarms: AlarmWatch, _ numbers: NumberRulesInForce
    ) -> WebSettings {
        let periods = Periods(settings)
        return WebSettings(
            version: Screenpopd.version, startedAt: Engine.now(), stateDirectory: settings.paths.state,
            language: settings.policy.pop.language,
            dayStart: { now in periods?.startOfDay(at: now) ?? Timestamp(ms: now.ms / 86_400_000 * 86_400_000) },
            interval: settings.policy.grain, intervalMinutes: settings.interval, periods: periods, desk: settings.desk,
            alarms: { alarms.rules }, pages: WebFolder.pages.find(), openAPI: WebFolder.openAPI.find(),
            timezone: settings.timezone,
            numbers: { numbers.now },
            customFields: settings.customers.fields,
            eventConnections: { connections.now }, purchases: settings.purchases)
    }

    private func listen(
        _ inherited: [CInt], _ engine: Engine, _ connections: ConnectionCount, _ orders: PBXOrders,
        _ directories: ThreadDirectories,
        rules: @escaping @Sendable () -> PeerRules, on loop: any EventLoop
    ) async throws -> [EventSocket] {
        let parts = EventSocket.Parts(
            submit: engine.submit, rules: rules, connections: connections, orders: orders, clock: Engine.now,
            lookup: directories.lookup, rest: directories.rest)
        if inherited.isEmpty { return [try await .listen(path: settings.paths.eventsSocket, parts, on: loop)] }
        var listening: [EventSocket] = []
        for descriptor in inherited { listening.append(try await .listen(descriptor: descriptor, parts, on: loop)) }
        return listening
    }

    /// SIGHUP: applies the settings that can change at run time; a wrong file changes nothing.
    private func reloadSettings(_ engine: Engine, _ adopt: (Settings) -> Void) async {
        do {
            let new = try reload()
            try await engine.adopt(new.policy)
            adopt(new)
            let waiting = settings.keysNeedingRestart(for: new)
            logger.notice(
                """
                configuration taken \
                over\(waiting.isEmpty ? "" : "; a restart is needed for \(waiting.joined(separator: ", "))")
                """
            )
        } catch {
            logger.error(
                """
                the configuration stays as it was: \
                \(error is LocalizedError ? error.localizedDescription : "\(error)")
                """
            )
        }
    }

    /// Notifies the watchdog only while the engine's thread makes progress.
    private func feedWatchdog(_ engine: Engine, _ notifier: Notifier) async {
        guard let interval = notifier.watchdogInterval else { return }
        var feeder = WatchdogFeeder(interval: interval)
        while !Task.isCancelled {
            if feeder.mayFeed(progress: engine.progress, workPending: true, now: .now) { notifier.watchdog() }
            try? await Task.sleep(for: feeder.askEvery)
        }
    }
}

/// Why the daemon cannot start, in a sentence for the administrator.
struct StartError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension PeerRules {
    /// Resolves the settings' users and groups to ids; names that this machine does not know cannot connect.
    init(_ ingest: Settings.Ingest) {
        func user(_ name: String) -> UInt32? { getpwnam(name)?.pointee.pw_uid ?? UInt32(name) }
        func group(_ name: String) -> UInt32? { getgrnam(name)?.pointee.gr_gid ?? UInt32(name) }
        var sources: [UInt32: String] = [:]
        for (name, source) in ingest.sources { if let id = user(name) { sources[id] = source } }
        self.init(
            ownUser: getuid(), users: Set(ingest.allowUsers.compactMap(user)),
            groups: Set(ingest.allowGroups.compactMap(group)), sources: sources)
    }
}
