import CallCenter
import Doctor
import Engine
import Logging
import Storage

/// The dependencies of the HTTP interface. `WebServer` passes each group of routes only the parts that it needs.
public struct WebDependencies: Sendable {
    /// The live state, already started.
    public var engine: Engine
    /// Writes records by way of the log. Blocks: called on threads of its own.
    public var writer: RecordWriter
    /// The records, to read.
    public var records: CustomerStore { writer.store }
    /// Calls that left the live state.
    public var history: any CallHistory
    /// Tokens of programs.
    public var tokens: TokenStore
    /// Accounts of people.
    public var accounts: AccountStore
    /// Who saw which customer.
    public var views: any ViewRecorder
    /// Who changed which customer.
    var changes: ChangeLines
    /// What the interface needs of the configuration.
    public var settings: WebSettings
    /// Orders to the PBXs.
    public var orders: PBXOrders
    /// The state at a past moment.
    public var past: any PastStates
    /// The alarms that are raised.
    public var alarms: @Sendable () -> [Alarm]
    /// Looks callers up on the threads that decode.
    public var callerLookup: CallerLookup
    /// The daemon's log.
    public var logger: Logger
    /// This node's part in a cluster; nil: it is in none.
    public var cluster: ClusterRole?
    /// The nodes; of a daemon without a cluster, itself.
    public var clusterStatus: @Sendable () async -> ClusterStatus
    /// Tells who finishes erases in the log and in the history that there is one; nil where nobody does.
    public var beginErase: (@Sendable () -> Void)?
    /// Events for others, and waiting for more of them.
    public var outward: OutwardReader
    /// Waits for new entries of the log.
    public var tail: LogTail
    /// The webhooks.
    public var webhooks = WebhookDesk()
    /// The look-ups outside.
    public var lookups = LookupDesk()
    /// The clock: no handler asks another. A test sets its own.
    public var now: @Sendable () -> Timestamp = Engine.now
    /// What `/v1/doctor` examines of a cluster, and `/metrics` shows, which asks often; nil for a daemon that is alone.
    public var clusterFacts: @Sendable () async -> ClusterFacts? = { nil }
    /// What others' requests become.
    public var intakes = IntakeBook.none
    /// Asks a directory about a name and a password; nil: there is none.
    public var directory: DirectoryCheck?
    /// The streams that are open.
    var openStreams = OpenStreams()
    /// The connections that are open.
    var connections = HTTPConnections()
    /// Replays of the log for requests.
    let replays = ReplayGate()
    /// Who looks at what.
    let presence = PresenceBook()
    /// The certificate of TLS of its own; nil: it has none.
    public var certificate: ServerCertificate?

    /// A daemon on one machine, without webhooks, look-ups and TLS; those are set afterwards.
    public init(
        engine: Engine, writer: RecordWriter, history: any CallHistory, tokens: TokenStore, accounts: AccountStore,
        views: any ViewRecorder, settings: WebSettings, orders: PBXOrders, past: any PastStates,
        alarms: @escaping @Sendable () -> [Alarm],
        callerLookup: CallerLookup, logger: Logger
    ) {
        self.engine = engine
        self.writer = writer
        changes = ChangeLines(of: writer.store)
        self.history = history
        self.tokens = tokens
        self.accounts = accounts
        self.views = views
        self.settings = settings
        self.orders = orders
        self.past = past
        self.alarms = alarms
        self.callerLookup = callerLookup
        self.logger = logger
        outward = OutwardReader(
            directory: settings.stateDirectory, records: writer.store, fields: settings.customFieldLabels,
            engine: engine, history: history)
        tail = LogTail(engine)
        clusterStatus = { .alone(seq: await engine.places()?.committed ?? 0) }
    }
}

/// Looks callers up on the calling thread instead of the engine's.
public struct CallerLookup: Sendable {
    /// The result; nil leaves the look-up to the engine.
    public var lookUp: @Sendable (Centre.LookupQuestion) -> Lookup?
    /// Ends the read transaction of look-ups on the calling thread.
    public var end: @Sendable () -> Void

    /// Both are called on the thread that decodes.
    public init(
        lookUp: @escaping @Sendable (Centre.LookupQuestion) -> Lookup?, end: @escaping @Sendable () -> Void
    ) {
        self.lookUp = lookUp
        self.end = end
    }
}
