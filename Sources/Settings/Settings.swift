import CRMLookup
import CallCenter

/// All settings of the daemon, with their defaults (config/screenpopd.toml explains each).
public struct Settings: Equatable, Sendable {
    /// IANA name of the centre's time zone.
    public var timezone: String
    /// When "today" begins. Minutes after midnight, on a boundary of the intervals.
    public var dayStart = 0
    /// How a number without country code is read: ISO 3166-1 alpha-2.
    public var region = "JP"
    /// The intervals of the figures. Minutes: 5, 15, 30 or 60.
    public var interval = 15
    /// Where HTTP listens.
    public var http = ListenAddress(host: "127.0.0.1", port: 8790)
    /// HTTP over TLS by the daemon itself; nil: none.
    public var tls: TLS?
    /// What signing in at the desk takes.
    public var signIn = SignIn()
    /// Where files and sockets are. Only a restart changes them.
    public var paths = Paths()
    /// The rules the core decides by. Its `grain` follows from `interval`.
    public var policy = Policy()
    /// Thresholds, and who is told.
    public var alarms = Alarms()
    /// Who may push events.
    public var ingest = Ingest()
    /// What the daemon writes into its own log.
    public var log = Log()
    /// Fields of the centre's own.
    public var customers = Customers()
    /// What customers buy.
    public var purchases = Purchases()
    /// How telephone numbers are read, and who sees them whole.
    public var numbers = Numbers()
    /// When a case is stalled, late or open again.
    public var cases = Cases()
    /// What is in the lists that somebody works through.
    public var lists = Lists()
    /// Opening hours; without any, the centre is always open.
    public var hours = Hours()
    /// Mails, messages and forms that come from elsewhere.
    public var contacts = Contacts()
    /// Mails that operators write.
    public var mail = Mail()
    /// Requests that become events and contacts, by the intake's name.
    public var intakes: [String: Intake] = [:]
    /// What happens with cases that wait for too long, in the order of the file.
    public var escalations: [EscalationRule] = []
    /// Who is told of events, in the order of the file.
    public var webhooks: [Webhook] = []
    /// Where callers are looked up outside, in the order of the file.
    public var lookups: [LookupPlan] = []
    /// The operators' desk in the browser.
    public var desk = Desk()
    /// How long what is kept.
    public var retention = Retention()
    /// The other machines that share the log; nil for a centre on one machine.
    public var cluster: Cluster?

    /// The defaults of the file. The default zone is this machine's.
    public init(timezone: String = SystemTimezone.name()) { self.timezone = timezone }

    /// Absolute paths.
    public struct Paths: Equatable, Sendable {
        /// The directory of all data.
        public var state = "/var/lib/screenpop"
        /// The Unix socket that takes events.
        public var eventsSocket = "/run/screenpop/events.sock"
        /// The Unix socket of the HTTP interface. Whoever may open it may do everything.
        public var apiSocket = "/run/screenpop/api.sock"
    }

    /// Who may push events over the events socket, besides root and the daemon's own user.
    public struct Ingest: Equatable, Sendable {
        /// Names of users of this machine, or their numbers; those that it does not know are ignored.
        public var allowUsers: [String] = []
        /// The same for groups; the primary group of the connecting process counts.
        public var allowGroups = ["screenpop-events"]
        /// The source of a user's events that name none, by user.
        public var sources: [String: String] = [:]
    }

    /// Alarm thresholds, and the webhook for alarms.
    public struct Alarms: Equatable, Sendable {
        /// The thresholds.
        public var policy = AlarmPolicy()
        /// The address that gets each alarm by POST; nil for none.
        public var webhook: String?
        /// The file with the key that signs the webhook's requests; nil: unsigned.
        public var webhookKeyFile: String?
    }

    /// The daemon's own log, in the journal or on standard error.
    public struct Log: Equatable, Sendable {
        /// Entries below this level are not written.
        public var level = LogLevel.info
        /// All but the last digits of telephone numbers are hidden in the daemon's log.
        public var maskNumbers = true
    }

    /// The levels of swift-log.
    public enum LogLevel: String, Equatable, Sendable, CaseIterable {
        /// From the most entries to the fewest; the raw values are the configuration's words.
        case trace, debug, info, notice, warning, error, critical
    }

    /// The customer records.
    public struct Customers: Equatable, Sendable {
        /// Fields of the centre's own, in the order of the file.
        public var fields: [CustomField] = []
    }

    /// What customers buy.
    public struct Purchases: Equatable, Sendable {
        /// The states that a purchase can have; a new one has the first.
        public var states = ["ordered", "shipped", "delivered", "returned", "cancelled"]
        /// Those whose purchases are in no sum.
        public var notCounted = ["returned", "cancelled"]

        /// The defaults of the file.
        public init() {}
    }

    /// A field of the centre's own in the customer record.
    public struct CustomField: Equatable, Sendable {
        /// Its column in an import and an export: a–z, 0–9 and _, at most 64.
        public var name: String
        /// What it is called on the screen.
        public var label: String
        /// The same by language, where the configuration says it so.
        public var labels: DispositionPolicy.Label?
        /// What its values are: decides how they are checked.
        public var type = FieldType.text
        /// Of a choice.
        public var choices: [String] = []
        /// A record that is written by hand has to have it.
        public var isRequired = false
        /// Pops show it.
        public var isOnCard = true
        /// The least role that sees it. What operators do not see is on no card.
        public var seenBy = Seer.operator
        /// A regular expression for the whole text; empty for any.
        public var format = ""

        /// A text that everybody sees and any record may lack.
        public init(name: String, label: String) {
            self.name = name
            self.label = label
        }

        /// What it is called in a language.
        public func label(_ language: Language) -> String {
            (language == .ja ? labels?.ja ?? labels?.en : labels?.en ?? labels?.ja) ?? label
        }

        /// Pops show it, to whatever operator.
        public var isOnPops: Bool { isOnCard && seenBy == .operator }

        /// What the values of a field are. The raw values are the configuration's words.
        public enum FieldType: String, Equatable, Sendable, CaseIterable {
            /// `date` is a day, as `2026-11-26`; `choice` is one of `choices`.
            case text, number, date, choice
            /// True or false.
            case yesNo = "yes_no"
        }

        /// The roles, from the one that sees the least to the one that sees the most.
        public enum Seer: String, Equatable, Sendable, CaseIterable { case `operator`, supervisor, admin }
    }

    /// How telephone numbers are read, besides `region`.
    public struct Numbers: Equatable, Sendable {
        /// Regular expressions over E.164, each for a whole number: ranges newer than libphonenumber's metadata.
        public var alsoValid: [String] = []
        /// What operators dial before an outside number; empty for nothing.
        public var outsidePrefix = ""
        /// The least role that sees whole numbers on screens and in the API; the others see their ends.
        public var seenBy = CustomField.Seer.operator
    }

    /// The operators' desk in the browser.
    public struct Desk: Equatable, Sendable {
        /// How calls come out, in the order in which they are offered; not looked at where `Policy.dispositions` has
        /// any.
        public var dispositions: [String] = []
        /// Whether after-call work can only be ended with one of them.
        public var isDispositionRequired = false
        /// Why operators are away from the phone.
        public var pauseReasons = ["lunch", "break", "meeting", "training"]
        /// Addresses of trusted reverse proxies: they say who has signed in there, and whether the client used TLS.
        public var proxies: [String] = []
        /// The header in which a proxy names the operator; empty: it names none.
        public var userHeader = ""
    }

    /// How long what is kept. Milliseconds.
    public struct Retention: Equatable, Sendable {
        /// How long events stay in the log after a checkpoint covers them. Milliseconds.
        public var events = 90 * DurationText.day
        /// How long it is stored who saw which customer. Milliseconds.
        public var views = 400 * DurationText.day
        /// How long messages between desks are kept. Milliseconds.
        public var messages = 400 * DurationText.day
        /// How long a deleted customer can be brought back. Milliseconds.
        public var deleted = 400 * DurationText.day
        /// How long what belongs to customers is kept, after its own time. Milliseconds; `forEver` by default.
        public var purchases = forEver
        /// Of contracts, after their end; one that still runs stays. Milliseconds.
        public var contracts = forEver
        /// Of contacts that were written by hand. Milliseconds.
        public var contacts = forEver
        /// Of notes. Milliseconds.
        public var notes = forEver
        /// Of files. Milliseconds.
        public var files = forEver
        /// How long mails and other contacts in the inbox are kept after somebody has handled them. Milliseconds.
        public var inbox = forEver

        /// A hundred years. Milliseconds.
        public static let forEver = 36_500 * DurationText.day

        /// The defaults of the file.
        public init() {}
    }

    /// This machine as a node of a cluster (docs/cluster.md).
    public struct Cluster: Equatable, Sendable {
        /// Where the shared log is, as libpq reads it; without a password.
        public var database = ""
        /// This machine's name, unique in the centre.
        public var node = ""
        /// Where other nodes reach this one; other nodes read it in the database.
        public var address = ListenAddress(host: "", port: 0)
        /// The addresses of the other nodes, as somebody expects them; empty: whoever has the secret and the database.
        public var peers: [ListenAddress] = []
        /// The file with the secret that all nodes have.
        public var secretFile = ""
    }

    /// The changed keys that a running daemon cannot apply when it reads the file again: they need a restart.
    public func keysNeedingRestart(for new: Settings) -> [String] {
        let changes: [(key: String, isChanged: Bool)] = [
            ("timezone", timezone != new.timezone),
            ("day_start", dayStart != new.dayStart),
            ("region", region != new.region),
            ("numbers.seen_by", numbers.seenBy != new.numbers.seenBy),
            ("interval", interval != new.interval),
            ("http", http != new.http),
            ("tls", tls != new.tls),
            ("sign_in", signIn != new.signIn),
            ("state_dir", paths.state != new.paths.state),
            ("events_socket", paths.eventsSocket != new.paths.eventsSocket),
            ("api_socket", paths.apiSocket != new.paths.apiSocket),
            ("desk", desk != new.desk),
            ("purchases", purchases != new.purchases),
            ("cases.phases", cases.phases != new.cases.phases),
            ("contacts", contacts != new.contacts),
            ("mail", mail != new.mail),
            ("intake", intakes != new.intakes),
            ("cluster", cluster != new.cluster),
            ("webhook", webhooks != new.webhooks),
            ("lookup", lookups != new.lookups),
            ("alarms.webhook", alarms.webhook != new.alarms.webhook),
            ("alarms.webhook_key_file", alarms.webhookKeyFile != new.alarms.webhookKeyFile),
        ]
        return changes.filter(\.isChanged).map(\.key)
    }
}
