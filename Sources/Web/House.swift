import CallCenter
import Engine
import EventWire
import Hummingbird
import Logging
import PhoneNumbers
import Settings
import Storage

/// The services that the handlers use: the engine, the records, and authentication.
public struct House: Sendable {
    public var engine: Engine
    public var records: CustomerStore
    public var history: any CallHistory
    public var tokens: TokenStore
    public var accounts: AccountStore
    public var settings: WebSettings
    /// Orders to the PBXs.
    public var orders: PBXOrders
    public var past: any PastStates
    /// The alarms that are raised.
    public var alarms: @Sendable () -> [Alarm]
    public var logger: Logger
    /// Looks a caller up on the calling thread instead of the engine's; nil leaves it to the engine.
    public var lookUp: @Sendable (Centre.LookupQuestion) -> Lookup?
    /// Ends the read transaction of look-ups on the calling thread.
    public var endLookUps: @Sendable () -> Void

    public init(
        engine: Engine, records: CustomerStore, history: any CallHistory, tokens: TokenStore, accounts: AccountStore,
        settings: WebSettings, orders: PBXOrders,
        past: any PastStates, alarms: @escaping @Sendable () -> [Alarm], logger: Logger,
        lookUp: @escaping @Sendable (Centre.LookupQuestion) -> Lookup?, endLookUps: @escaping @Sendable () -> Void
    ) {
        self.engine = engine
        self.records = records
        self.history = history
        self.tokens = tokens
        self.accounts = accounts
        self.settings = settings
        self.orders = orders
        self.past = past
        self.alarms = alarms
        self.logger = logger
        self.lookUp = lookUp
        self.endLookUps = endLookUps
    }

    /// The caller behind a browser's cookie: an account that signed in, or a token that the session was opened with.
    func verify(cookie: String) -> Who? {
        let now = Engine.now()
        if let session = accounts.session(cookie, now: now) {
            return .person(session.account.operator, session.account.role)
        }
        return accounts.token(ofSession: cookie, now: now).flatMap { tokens.verify(id: $0, now: now) }.map(Who.init)
    }

    func verify(_ token: String) -> Who? { tokens.verify(token, now: Engine.now()).map(Who.init) }

    /// A record with its newest contact, which may not be on disk yet.
    func current(_ record: CustomerRecord) -> CustomerRecord { current([record])[0] }

    func current(_ records: [CustomerRecord]) -> [CustomerRecord] {
        let last = history.lastContacts(of: Set(records.map(\.id)))
        return records.map { record in
            // A contact that no longer waits may have been written after the record was read.
            let newest = last[record.id] ?? (try? self.records.customer(record.id))?.lastContact
            guard let at = newest, record.lastContact.map({ $0 < at }) ?? true else { return record }
            var record = record
            record.lastContact = at
            return record
        }
    }

    /// Notifies every desk that shows a customer that the record changed.
    func customerChanged(_ id: Int64) async {
        guard let record = try? records.customer(id) else { return }
        await engine.customerChanged(id, version: record.version)
    }

    /// A reader with the current number rules; for one request.
    var numbers: PhoneNumberReader { PhoneNumberReader(settings.numbers()) }

    /// Parses a typed number, whether or not it is known to be valid.
    func read(_ number: String) -> CallerNumber { numbers.reading(raw: number).recorded }

    /// Appends an event of the daemon itself to the log, and returns when it is on disk.
    ///
    /// - Parameter refused: the message for the client when the event is invalid.
    /// - Returns: its log position.
    /// - Throws: `Problem` 400 when it is refused, 503 when the log cannot be written.
    @discardableResult
    func take(
        source: String = "screenpop", refused: String, _ write: (inout ByteBuilder) -> Void
    ) async throws -> Int64 {
        var line = ByteBuilder(capacity: 256)
        write(&line)
        let reply = try await submit(line.bytes, source: source).text
        if reply.hasPrefix(#"{"ok":true"#) {
            let place = reply.firstRange(of: #""seq":"#).map { reply[$0.upperBound...].prefix { $0.isNumber } }
            return place.flatMap { Int64($0) } ?? 0
        }
        if reply.contains(#""code":"\#(WireError.Code.unavailable.rawValue)""#) {
            throw Problem(
                .serviceUnavailable, "The log cannot be written now; nothing was taken. Try again in a moment.")
        }
        throw Problem.bad(refused)
    }

    /// Appends a line with an event of the daemon itself to the log; returns the reply, once it is on disk.
    private func submit(_ line: [UInt8], source: String) async throws -> ByteBuilder {
        try await withCheckedThrowingContinuation { continuation in
            var batch = EventBatch(readAt: Engine.now()) { continuation.resume(returning: $0) }
            var framer = LineFramer()
            line.withUnsafeBytes { bytes in
                framer.feed(bytes) { batch.take($0, defaultSource: source, allowInternal: true) }
                framer.finish { batch.take($0, defaultSource: source, allowInternal: true) }
            }
            if !engine.submit(batch) {
                continuation.resume(
                    throwing: Problem(
                        .serviceUnavailable, "The daemon cannot take events just now; send them again in a moment."))
            }
        }
    }
}

/// Ended calls, for lists and records: those on disk and those that wait to be written.
public protocol CallHistory: Sendable {
    /// Calls with a number below `below`, newest first, without those of which the live state has a newer version.
    func calls(_ filter: CallFilter, below: Int64?, without live: Set<Int64>, limit: Int) throws -> [Call]
    /// The calls with this id, one a source.
    func calls(id: String) throws -> [Call]
    /// The calls that left the live state and began from `from` up to `to`.
    func kept(from: Timestamp, to: Timestamp) throws -> KeptCalls
    /// How many entries wait to be written.
    var backlog: Int { get }
    /// The notes on a customer that belong to no call, newest first.
    ///
    /// - Parameter below: those whose id is below this alone.
    func notes(on customer: Int64, below: Int64?, limit: Int) throws -> [TouchpointEntry]
    /// A customer's contacts, newest first.
    func contacts(of customer: Int64, limit: Int) throws -> [Touchpoint]
    /// When the customers were last in contact, as far as that is not on disk yet.
    func lastContacts(of customers: Set<Int64>) -> [Int64: Timestamp]
    /// The call with this number of ours.
    func call(number: Int64) throws -> Call?
    /// What is to be added to the figures of the intervals that begin from `from` up to `to` for what was written of
    /// calls after they had left the live state; in `figures` already.
    func lateOutcomes(from: Timestamp, to: Timestamp) throws -> PastFigures
    /// The figures that left the live state no later than `through`, of the intervals that begin from `from` up to `to`
    /// and perhaps of others.
    func figures(from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp) throws -> [PastFigures]
}

/// Settings that only the HTTP interface needs.
public struct WebSettings: Sendable {
    public var version: String
    public var startedAt: Timestamp
    public var stateDirectory: String
    /// The language of an asker who prefers none.
    public var language: Language
    /// The start of the centre's day at some moment.
    public var dayStart: @Sendable (Timestamp) -> Timestamp
    /// Length of the intervals figures can be asked by. Milliseconds.
    public var interval: Int64
    /// The step of a report that asks for none.
    public var intervalMinutes: Int
    /// The days, weeks and months of the centre; nil when its time zone cannot be read any more.
    public var periods: Periods?
    /// The operators' desk.
    public var desk: Settings.Desk
    /// The alarm thresholds: the wall shows values that are close to them.
    public var alarms: @Sendable () -> AlarmPolicy
    /// The folder of the desk's pages; nil where they were not installed.
    public var pages: String?
    /// Its IANA name.
    public var timezone: String
    /// How numbers are read.
    public var numbers: @Sendable () -> NumberRules
    /// The centre's own fields of a customer, in the order of their columns.
    public var customFields: [String]
    /// The same, with what they are called on the screen.
    public var customFieldLabels: [Settings.CustomField]
    /// Connections that push events.
    public var eventConnections: @Sendable () -> Int

    public init(
        version: String, startedAt: Timestamp, stateDirectory: String, language: Language,
        dayStart: @escaping @Sendable (Timestamp) -> Timestamp, interval: Int64, intervalMinutes: Int,
        periods: Periods?,
        desk: Settings.Desk, alarms: @escaping @Sendable () -> AlarmPolicy, pages: String?, timezone: String,
        numbers: @escaping @Sendable () -> NumberRules,
        customFields: [Settings.CustomField],
        eventConnections: @escaping @Sendable () -> Int
    ) {
        self.version = version
        self.startedAt = startedAt
        self.stateDirectory = stateDirectory
        self.language = language
        self.dayStart = dayStart
        self.interval = interval
        self.intervalMinutes = intervalMinutes
        self.periods = periods
        self.desk = desk
        self.alarms = alarms
        self.pages = pages
        self.timezone = timezone
        self.numbers = numbers
        self.customFields = customFields.map(\.name)
        customFieldLabels = customFields
        self.eventConnections = eventConnections
    }

    /// The date of the centre's day in which a moment lies; UTC's where the time zone cannot be read any more, as for
    /// `dayStart`.
    func date(at time: Timestamp) -> String { periods?.date(at: time) ?? String(RFC3339.string(time).prefix(10)) }
}
