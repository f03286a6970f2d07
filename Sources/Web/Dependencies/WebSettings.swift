import CallCenter
import EventWire
import PhoneNumbers
import Settings

/// Settings that only the HTTP interface needs.
public struct WebSettings: Sendable {
    /// The daemon's, such as `1.4.0`.
    public var version: String
    /// When the daemon started; UTC.
    public var startedAt: Timestamp
    /// Absolute path of the directory of all data.
    public var stateDirectory: String
    /// The language for clients that prefer none.
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
    /// The folder of the interface's description, `Web/OpenAPI`; nil where it was not installed.
    public var openAPI: String?
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
    /// The states of purchases.
    public var purchases: Settings.Purchases
    /// Contacts that come from elsewhere.
    public var contacts: Settings.Contacts
    /// The rules of cases and claims, and when the centre is open.
    public var work: @Sendable () -> WorkClock
    /// The rules of lists that somebody works through.
    public var lists: @Sendable () -> Settings.Lists
    /// Mails that operators write.
    public var mail: Settings.Mail
    /// What signing in takes.
    public var signIn: Settings.SignIn
    /// The least role that sees whole telephone numbers.
    public var numbersSeenBy: Settings.CustomField.Seer
    /// How long what is kept.
    public var retention: @Sendable () -> Settings.Retention

    /// Copies its values; of `customFields`, names and labels are kept apart.
    public init(
        version: String, startedAt: Timestamp, stateDirectory: String, language: Language,
        dayStart: @escaping @Sendable (Timestamp) -> Timestamp, interval: Int64, intervalMinutes: Int,
        periods: Periods?, desk: Settings.Desk, alarms: @escaping @Sendable () -> AlarmPolicy, pages: String?,
        openAPI: String?, timezone: String, numbers: @escaping @Sendable () -> NumberRules,
        customFields: [Settings.CustomField], eventConnections: @escaping @Sendable () -> Int,
        purchases: Settings.Purchases = Settings.Purchases(), contacts: Settings.Contacts = Settings.Contacts(),
        work: @escaping @Sendable () -> WorkClock = { WorkClock() },
        lists: @escaping @Sendable () -> Settings.Lists = { Settings.Lists() },
        mail: Settings.Mail = Settings.Mail(),
        signIn: Settings.SignIn = Settings.SignIn(), numbersSeenBy: Settings.CustomField.Seer = .operator,
        retention: @escaping @Sendable () -> Settings.Retention = { Settings.Retention() }
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
        self.openAPI = openAPI
        self.timezone = timezone
        self.numbers = numbers
        self.customFields = customFields.map(\.name)
        customFieldLabels = customFields
        self.eventConnections = eventConnections
        self.purchases = purchases
        self.contacts = contacts
        self.work = work
        self.lists = lists
        self.mail = mail
        self.signIn = signIn
        self.numbersSeenBy = numbersSeenBy
        self.retention = retention
    }

    /// The date of the centre's day in which a moment lies; UTC's where the time zone cannot be read any more, as for
    /// `dayStart`.
    func date(at time: Timestamp) -> String { periods?.date(at: time) ?? String(RFC3339.string(time).prefix(10)) }

    /// A reader with the current number rules; for one request.
    var numberReader: PhoneNumberReader { PhoneNumberReader(numbers()) }

    /// Parses a typed number, whether or not it is known to be valid.
    func read(_ number: String) -> CallerNumber { numberReader.reading(raw: number).recorded }
}
