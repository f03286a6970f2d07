import CallCenter
import Engine
import Logging
import Settings
import Storage
import Synchronization
import Systemd
import Web
import Workers

/// The tasks that observe the engine and the records while the daemon runs, each on threads of its kind
/// (docs/architecture.md, "Threads").
struct Onlookers: Sendable {
    let settings: Settings
    let logger: Logger
    let engine: Engine
    let records: CustomerStore
    let writer: RecordWriter
    let alarms: AlarmWatch
    let webhook: Webhook?
    let recorder: AlertRecorder
    let journal: CentreJournal
    let eraser: Eraser
    let work: WorkInForce
    let lists: ListsInForce
    let certificate: ServerCertificate?
    let inForce: SettingsInForce
    let retention: RetentionInForce
    /// Forgets what others' systems answered.
    let forgetLookups: @Sendable () -> Void
    let dayStart: @Sendable (Timestamp) -> Timestamp
    /// Whether this machine may change records now.
    let leads: @Sendable () -> Bool
    /// Passes a message on to the desks of the other nodes; nil for a machine that is alone.
    let passOn: (@Sendable (DeskMessage) -> Bool)?
    /// Whether the task of mails has ended.
    let mails = EndMark()

    /// Starts them all; each ends when it is cancelled.
    func begin(_ notifier: Notifier) -> [Task<Void, Never>] {
        [Task { await feedWatchdog(notifier) }] + alarmTasks + recordTasks + deskTasks
    }

    private static func beside() -> BlockingThreads { BlockingThreads(1, niceness: 10) }

    // MARK: Alarms and figures

    private var alarmTasks: [Task<Void, Never>] {
        [
            Task {
                let language = settings.policy.pop.language
                await alarms.follow(
                    figures: {
                        await engine.ask { [dayStart] centre, now in
                            centre.stats(from: dayStart(now), to: now + centre.policy.grain, now: now)
                        }
                    },
                    announce: { await engine.announce($0, language: language) },
                    // Every node sees every alarm; the one that leads passes them on.
                    post: { if leads() { webhook?.post($0, language) } })
            },
            Task { if let webhook { await webhook.deliver() } },
            Task(executorPreference: Onlookers.beside()) {
                await recorder.follow(writer: writer, logger: logger, leads: leads)
            },
            Task {
                guard let periods = Periods(settings) else { return }
                await journal.follow(periods, interval: settings.policy.grain, now: Engine.now) { from, to in
                    await engine.ask { centre, now in centre.stats(from: from, to: to, now: now) }
                }
            },
        ]
    }

    /// Notifies the watchdog only while the engine's thread makes progress.
    private func feedWatchdog(_ notifier: Notifier) async {
        guard let interval = notifier.watchdogInterval else { return }
        var feeder = WatchdogFeeder(interval: interval)
        while !Task.isCancelled {
            if feeder.mayFeed(progress: engine.progress, workPending: true, now: .now) { notifier.watchdog() }
            try? await Task.sleep(for: feeder.askEvery)
        }
    }

    // MARK: The records and what is kept

    private var recordTasks: [Task<Void, Never>] {
        [
            Task(executorPreference: Onlookers.beside()) {
                await SearchIndex(logger: logger) { count throws(StoreError) in
                    let hasCustomers = try records.indexSome(count), hasContacts = try records.indexContacts(count)
                    return hasCustomers || hasContacts
                }.follow()
            },
            Task(executorPreference: Onlookers.beside()) {
                let notCounted = Set(settings.purchases.notCounted)
                await SearchIndex(logger: logger, what: "what lists are made of is") { count throws(StoreError) in
                    let rules = ListRules(lists.now, inForce.policy, notCounted: notCounted)
                    return try records.refreshFacts(rules, count: count)
                }.follow()
            },
            Task(executorPreference: Onlookers.beside()) { await eraser.follow() },
            Task(executorPreference: Onlookers.beside()) {
                await StatusWatch(records: records, logger: logger).follow(
                    dormantDays: { await engine.ask { centre, _ in centre.policy.alerts.dormantDays } },
                    now: Engine.now
                ) { await engine.statusChanged($0) }
            },
            Task {
                guard let certificate else { return }
                await withTaskExecutorPreference(Onlookers.beside()) { await certificate.follow(now: Engine.now) }
            },
            Task(executorPreference: Onlookers.beside()) {
                await MessageCut(records: records, retention: { retention.now.messages }, logger: logger)
                    .follow(now: Engine.now)
            },
            Task(executorPreference: Onlookers.beside()) {
                await AgedCut(writer: writer, rules: { retention.agedKinds }, logger: logger)
                    .follow(leads: leads, now: Engine.now)
            },
            Task(executorPreference: Onlookers.beside()) {
                await DeletedCut(writer: writer, retention: { retention.now.deleted }, logger: logger)
                    .follow(leads: leads, now: Engine.now) { erased in
                        forgetLookups()
                        eraser.begin()
                        for line in erased { await engine.customerChanged(line.id, version: line.version) }
                    }
            },
        ]
    }

    // MARK: Mails and cases

    private var deskTasks: [Task<Void, Never>] {
        [
            Task(executorPreference: Onlookers.beside()) {
                defer { mails.end() }
                guard let sender = ReplySender(settings.mail, writer: writer, logger: logger) else { return }
                await sender.follow(leads: leads, now: Engine.now) { id in
                    await customerChanged(id)
                    // Mails stand on the desk of whoever wrote them.
                    var theirs = ReplyFilter()
                    theirs.customer = id
                    let mails = (try? records.replies(theirs, below: nil, limit: 50)) ?? []
                    await engine.workChanged(of: .operators(Set(mails.compactMap(\.reply.person))))
                }
            },
            Task {
                await CallbackWatch().follow {
                    await engine.ask { centre, _ in centre.callbacksDue }
                } changed: {
                    // Only from where the desks of other nodes are told as well.
                    if leads() { await engine.workChanged(of: .everybody) }
                }
            },
            Task(executorPreference: Onlookers.beside()) {
                let watch = CaseWatch(writer: writer, clock: { work.now }, logger: logger)
                await watch.follow(mayWrite: leads, now: Engine.now) { fired, changed in
                    for id in changed { await customerChanged(id) }
                    // An escalation may take a case from somebody.
                    await engine.workChanged(of: .everybody)
                    for one in fired { await announce(one) }
                }
            },
        ]
    }

    private func customerChanged(_ id: Int64) async {
        guard let record = try? records.customer(id) else { return }
        await engine.customerChanged(id, version: record.version)
    }

    private func announce(_ fired: CaseWatch.Escalated) async {
        if fired.rule.webhook { webhook?.post(fired) }
        guard let line = fired.line.map(DeskMessage.init) else { return }
        // The desks of other nodes are told too.
        _ = passOn?(line)
        _ = await engine.deliver(line)
    }
}

/// Whether a task has ended, for whoever waits for it.
final class EndMark: Sendable {
    private let state = Mutex(false)
    var haveStopped: Bool { state.withLock { $0 } }
    func end() { state.withLock { $0 = true } }
}
