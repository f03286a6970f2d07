import CAllocator
import CallCenter
import Cluster
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
    /// Of TLS of its own; nil without.
    let certificate: ServerCertificate?
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
        let cluster = try settings.cluster.map {
            try ClusterWiring($0, directory: paths.state, logger: logger)
        }

        let progress = StartProgress(logger) { more, status in
            notifier.extendTimeout(more)
            notifier.status(status)
        }
        if let cluster {
            ClusterWiring.removeLeftovers(in: paths.state)
            let logger = logger
            try await cluster.prepare(
                say: { notice in
                    logger.notice("\(notice)")
                    notifier.status(notice)
                    notifier.extendTimeout(.seconds(30))
                }, working: progress.working)
        }
        let files = try StateFiles.open(directory: paths.state, working: progress.working)
        let newestRow = try cluster == nil ? nil : files.log.newestRow(), end = files.log.lastSeq
        if cluster != nil { try files.log.relax() }
        for notice in files.notices { logger.warning("\(notice)") }
        if let warning = settings.workClock.holidayWarning(at: Engine.now()) { logger.warning("\(warning)") }
        let records = files.records, identity = files.identity, checkpoint = files.checkpoint
        let views = ViewWriter(
            log: try ViewLog.open(directory: paths.state), directory: paths.state,
            retention: settings.retention.views, logger: logger)
        let journal = CentreJournal(logger: logger, masks: settings.log.maskNumbers)
        let recorder = AlertRecorder()
        let history = HistoryWriter(store: records, logger: logger, closed: journal.note(closed:))
        let offCard = Set(settings.customers.fields.filter { !$0.isOnPops }.map(\.name))
        let notCounted = Set(settings.purchases.notCounted)
        // One loop for the engine, the PBXs' sockets and the operators' streams: a pop changes no thread on its way.
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let engine = Engine(on: LoopThread(loop: loop))
        let unfinished = try records.unfinishedErasures()
        var engineParts = Engine.Parts(
            policy: settings.policy,
            log: EngineLogOnSQLite(
                files.log, identity: identity, checkpoint: checkpoint, directory: paths.state,
                authority: cluster?.node.authority, logger: logger),
            directory: try CustomerDirectory(
                directory: paths.state, rules: numbers, offCard: offCard, notCounted: notCounted, logger: logger),
            history: history, role: cluster == nil ? .alone : .follows, retention: settings.retention.events,
            onAlert: { alert, seq in
                journal.note(alert, seq)
                recorder.note(alert, at: Engine.now())
            },
            beside: { [restoring = BlockingThreads(1)] work in restoring.submit(work) },
            report: progress.replayed(_:of:))
        engineParts.erasures = unfinished.map { ($0.seq, $0.erasure) }
        let outside = LookupHolder()
        if !settings.lookups.isEmpty { engineParts.onCaller = { outside.note($0) } }
        try engine.start(engineParts)
        let eraser = Eraser(
            records: records, engine: engine, history: history, directory: paths.state, logger: logger,
            shared: cluster?.eraseFromShared)
        // The engine owns the log from here on: whatever changes is appended through it.
        let changes = ChangeLogOnEngine(engine)
        let tokens = try TokenStore.open(directory: paths.state, log: changes),
            accounts = try AccountStore.open(directory: paths.state, log: changes)
        progress.over()

        let connections = ConnectionCount(), orders = PBXOrders()
        let inForce = SettingsInForce(settings), divergence = Mutex<String?>(nil)
        let webhook = try settings.alarms.webhook.map {
            try Webhook(
                url: $0, keyFile: settings.alarms.webhookKeyFile, version: Screenpopd.version, logger: logger)
        }
        let language = settings.policy.pop.language
        let work = WorkInForce(settings), lists = ListsInForce(settings)
        let alarms = AlarmWatch(settings.alarms.policy, language: language, logger: logger) { work.now.isOpen(at: $0) }
        let retention = RetentionInForce(settings.retention)
        let webSettings = webSettings(connections, alarms, numbers, work, lists, retention)
        let directories = ThreadDirectories { [settings, offCard, notCounted, logger] in
            try CustomerDirectory(
                directory: settings.paths.state, rules: numbers, offCard: offCard, notCounted: notCounted,
                logger: logger)
        }
        var parts = WebDependencies(
            engine: engine, writer: RecordWriter(records, log: changes), history: history, tokens: tokens,
            accounts: accounts, views: views, settings: webSettings, orders: orders,
            past: PastCentre(rules: settings.policy) { try StoredPastLog(directory: paths.state) },
            alarms: { alarms.raised },
            callerLookup: CallerLookup(lookUp: directories.lookup, end: directories.rest), logger: logger)
        let lookups = try LookupWiring(
            settings.lookups, engine: engine, directories: directories, numbers: numbers, logger: logger)
        outside.set(lookups.lookups)
        parts.lookups = lookups.desk
        parts.beginErase = {
            lookups.lookups.forget()
            eraser.begin()
        }
        parts.certificate = certificate
        parts.directory = settings.signIn.directory.map { settings in
            let directory = DirectorySignIn(settings)
            return { who, password, byNumber in await directory.check(who, password: password, byNumber: byNumber) }
        }
        parts.intakes = IntakeBook(settings.intakes, centre: settings.timezone)
        for fault in parts.intakes.faults { logger.error("\(fault)") }
        let leads: @Sendable () -> Bool = { cluster?.node.leads ?? true }
        let webhooks = try WebhookWiring(settings.webhooks, parts, logger: logger) {
            if let cluster { cluster.node.term } else { 0 }
        }
        parts.webhooks = webhooks.desk
        let links = LinkHolder()
        if let cluster {
            parts.cluster = cluster.role(engine, carries: links.carries)
            parts.clusterStatus = cluster.status
            parts.clusterFacts = cluster.facts
        }
        let web = try await WebServer.start(parts, at: webAddresses(sockets), group: loop)
        var listening = EventSocket.Parts(
            submit: engine.submit, rules: { inForce.peers }, connections: connections, orders: orders,
            clock: Engine.now, lookup: directories.lookup, rest: directories.rest, carrying: cluster?.carrying)
        listening.waiting = lookups.waiting
        let eventParts = listening
        let events = try await listen(sockets[.events], eventParts, on: loop)
        if let cluster {
            links.set(
                try await cluster.listen(
                    events: eventParts, on: loop, localAPI: paths.apiSocket,
                    http: { [host = settings.http.host, port = web.ports.first] in port.map { (host, $0) } }))
        }
        cluster?.node.start(
            .init(
                engine: engine, projections: Projections(records: records, tokens: tokens, accounts: accounts),
                policy: { inForce.policy },
                leaderChanged: {
                    connections.closeAll()
                    cluster?.leaderChanged(links)
                },
                diverged: { reason in
                    divergence.withLock { $0 = reason }
                    kill(getpid(), SIGTERM)
                }, beginErase: eraser.begin, oldest: { [state = paths.state] in try? StoredPastLog.oldest(in: state) },
                version: Screenpopd.version), newest: newestRow, at: end)
        await cluster?.node.knowsLeader(atMost: .seconds(5))

        notifier.ready()
        sayReady(web)
        release_start_pages()
        let sending = Task(executorPreference: BlockingThreads(1, niceness: 5)) { await webhooks.run() }
        let asking = Task(executorPreference: BlockingThreads(1, niceness: 5)) {
            await lookups.lookups.run(leads: leads)
        }
        let onlookers = Onlookers(
            settings: settings, logger: logger, engine: engine, records: records, writer: parts.writer,
            alarms: alarms, webhook: webhook, recorder: recorder, journal: journal, eraser: eraser, work: work,
            lists: lists, certificate: certificate, inForce: inForce, retention: retention,
            forgetLookups: lookups.lookups.forget, dayStart: webSettings.dayStart, leads: leads,
            passOn: parts.cluster?.passOn)
        let tasks = onlookers.begin(notifier)

        for await signal in signals {
            guard signal == .sighup else { break }
            notifier.reloading()
            await reloadSettings(engine) { new in
                inForce.adopt(new, started: settings)
                alarms.adopt(new.alarms.policy)
                numbers.adopt(NumberRules(new, started: settings))
                work.adopt(new, started: settings)
                lists.adopt(new)
                views.adopt(retention: new.retention.views)
                retention.adopt(new.retention)
            }
            notifier.ready()
        }
        notifier.stopping()
        for task in tasks + [sending, asking] { task.cancel() }
        for socket in events { await socket.close() }
        engine.streams.end()
        await web.stop()
        // How far each webhook was is stored.
        await sending.value
        // A mail that the mail program has now is noted as sent; one that takes longer is listed at the next start.
        for _ in 0..<250 where !onlookers.mails.haveStopped { try await Task.sleep(for: .milliseconds(20)) }
        if let cluster {
            await links.close()
            // What waits for a commit is answered before the lead is given back; a database that is away is not waited
            // for long.
            for _ in 0..<250 where await engine.standing()?.isOwing == true {
                try await Task.sleep(for: .milliseconds(20))
            }
            await cluster.node.stop()
        }
        await engine.stop()
        views.close()
        await cluster?.shutDown()
        _ = consume lock
        if let reason = divergence.withLock({ $0 }) {
            throw StartError(
                "this node's files are no part of the cluster's log any more, and are copied from another node at the "
                    + "next start: \(reason)")
        }
    }
}
