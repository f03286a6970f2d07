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
        let policy = Mutex(settings.policy), divergence = Mutex<String?>(nil)
        let webhook = try settings.alarms.webhook.map {
            try Webhook(
                url: $0, keyFile: settings.alarms.webhookKeyFile, version: Screenpopd.version, logger: logger)
        }
        let language = settings.policy.pop.language
        let alarms = AlarmWatch(settings.alarms.policy, language: language, logger: logger)
        let work = WorkInForce(settings), lists = ListsInForce(settings)
        let retentionInForce = RetentionInForce(settings.retention)
        let webSettings = webSettings(connections, alarms, numbers, work, lists, retentionInForce)
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
        parts.intakes = IntakeBook(settings.intakes, centre: settings.timezone)
        for fault in parts.intakes.faults { logger.error("\(fault)") }
        let leads: @Sendable () -> Bool = { cluster?.node.leads ?? true }
        let webhooks = try WebhookWiring(settings.webhooks, parts, logger: logger, leads: leads)
        parts.webhooks = webhooks.desk
        let links = LinkHolder()
        if let cluster {
            parts.cluster = cluster.role(engine, carries: links.carries)
            parts.clusterStatus = cluster.status
            parts.clusterFacts = cluster.facts
        }
        let web = try await WebServer.start(parts, at: webAddresses(sockets), group: loop)
        let rules = Mutex(PeerRules(settings.ingest)), retention = retentionInForce
        var listening = EventSocket.Parts(
            submit: engine.submit, rules: { rules.withLock { $0 } }, connections: connections, orders: orders,
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
                policy: { policy.withLock { $0 } },
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
        let plain = web.ports.first.map { ", HTTP at \(settings.http.host):\($0)" } ?? ""
        let secure = settings.tls.flatMap { tls in web.securePorts.first.map { ", HTTPS at \(tls.listen.host):\($0)" } }
        let port = plain + (secure ?? "")
        FileHandle.standardError.write(
            Data(
                """
                ready: events at \(paths.eventsSocket), commands at \(paths.apiSocket)\(port), state in \
                \(paths.state)\n
                """
                    .utf8))
        release_start_pages()
        let sending = Task(executorPreference: BlockingThreads(1, niceness: 5)) { await webhooks.run() }
        let asking = Task(executorPreference: BlockingThreads(1, niceness: 5)) {
            await lookups.lookups.run(leads: leads)
        }
        let mailsHaveStopped = Mutex(false)
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
                    // Every node sees every alarm; the one that leads passes them on.
                    post: { if cluster?.node.leads ?? true { webhook?.post($0, language) } })
            },
            Task { if let webhook { await webhook.deliver() } },
            sending,
            asking,
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { [writer = parts.writer, logger] in
                await recorder.follow(writer: writer, logger: logger, leads: leads)
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) {
                await SearchIndex(logger: logger) { count throws(StoreError) in try records.indexSome(count) }.follow()
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) {
                await SearchIndex(logger: logger, what: "what lists are made of is") { count throws(StoreError) in
                    let rules = policy.withLock { ListRules(lists.now, $0, notCounted: notCounted) }
                    return try records.refreshFacts(rules, count: count)
                }.follow()
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { await eraser.follow() },
            Task { [certificate] in
                guard let certificate else { return }
                await withTaskExecutorPreference(BlockingThreads(1, niceness: 10)) {
                    await certificate.follow(now: Engine.now)
                }
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) {
                await MessageCut(
                    records: records, retention: { retention.now.messages }, logger: logger
                ).follow(now: Engine.now)
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { [writer = parts.writer, logger] in
                await AgedCut(writer: writer, rules: { retention.agedKinds }, logger: logger)
                    .follow(leads: leads, now: Engine.now)
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { [writer = parts.writer, logger] in
                await DeletedCut(writer: writer, retention: { retention.now.deleted }, logger: logger)
                    .follow(leads: leads, now: Engine.now) { erased in
                        lookups.lookups.forget()
                        eraser.begin()
                        for line in erased { await engine.customerChanged(line.id, version: line.version) }
                    }
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { [settings, writer = parts.writer, logger] in
                defer { mailsHaveStopped.withLock { $0 = true } }
                guard let sender = ReplySender(settings.mail, writer: writer, logger: logger) else { return }
                await sender.follow(leads: leads, now: Engine.now) { id in
                    if let record = try? records.customer(id) {
                        await engine.customerChanged(id, version: record.version)
                    }
                    await engine.workChanged()
                }
            },
            Task(executorPreference: BlockingThreads(1, niceness: 10)) { [writer = parts.writer, logger] in
                let watch = CaseWatch(writer: writer, clock: { work.now }, logger: logger)
                await watch.follow(mayWrite: { cluster?.node.leads ?? true }, now: Engine.now) { fired, changed in
                    for id in changed {
                        guard let record = try? records.customer(id) else { continue }
                        await engine.customerChanged(id, version: record.version)
                    }
                    await engine.workChanged()
                    for one in fired {
                        if one.rule.webhook { webhook?.post(one) }
                        guard one.rule.alarm else { continue }
                        _ = await engine.deliver(
                            DeskMessage(
                                to: .supervisors, from: nil, fromName: nil, text: CaseWatch.text(one), call: nil,
                                at: one.at))
                    }
                }
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
            certificate?.refresh(now: Engine.now(), isForced: true)
            await reloadSettings(engine) { new in
                rules.withLock { $0 = PeerRules(new.ingest) }
                policy.withLock { $0 = settings.inForce(new.policy) }
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
        for onlooker in onlookers { onlooker.cancel() }
        for socket in events { await socket.close() }
        engine.streams.end()
        await web.stop()
        // How far each webhook was is stored.
        await sending.value
        // A mail that the mail program has now is noted as sent; one that takes longer is listed at the next start.
        for _ in 0..<250 where !mailsHaveStopped.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
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

    private func makeStateDirectory() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: settings.paths.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw StartError(
                "\(settings.paths.state) cannot be made: name another --state-dir, or make it and give it to this user")
        }
    }

    private func webSettings(
        _ connections: ConnectionCount, _ alarms: AlarmWatch, _ numbers: NumberRulesInForce, _ work: WorkInForce,
        _ lists: ListsInForce, _ retention: RetentionInForce
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
            eventConnections: { connections.now }, purchases: settings.purchases,
            contacts: settings.contacts, work: { work.now }, lists: { lists.now }, mail: settings.mail,
            signIn: settings.signIn, numbersSeenBy: settings.numbers.seenBy, retention: { retention.now })
    }

    private func listen(
        _ inherited: [CInt], _ parts: EventSocket.Parts, on loop: any EventLoop
    ) async throws -> [EventSocket] {
        if inherited.isEmpty { return [try await .listen(path: settings.paths.eventsSocket, parts, on: loop)] }
        var listening: [EventSocket] = []
        for descriptor in inherited { listening.append(try await .listen(descriptor: descriptor, parts, on: loop)) }
        return listening
    }

    /// SIGHUP: applies the settings that can change at run time; a wrong file changes nothing.
    private func reloadSettings(_ engine: Engine, _ adopt: (Settings) -> Void) async {
        do {
            let new = try reload()
            try await engine.adopt(settings.inForce(new.policy))
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
