import CallCenter

/// An event that a webhook's receiver did not accept after so many attempts. It has no data of the event: what is sent
/// again is read from the log.
public struct DeadDelivery: Equatable, Sendable {
    /// The webhook's name.
    public var webhook: String
    /// The event's position and part (`OutwardEvent`).
    public var seq: Int64
    /// Which of the changes of the entry; 0 for an event of a PBX.
    public var part: Int
    /// One of `OutwardTypes`.
    public var type: String
    /// How often it was tried.
    public var tries: Int64
    /// When it was given up.
    public var at: Timestamp
    /// What went wrong with the last attempt.
    public var problem: String

    public var id: String { part == 0 ? "\(seq)" : "\(seq).\(part)" }

    /// Copies its arguments.
    public init(
        webhook: String, seq: Int64, part: Int, type: String, tries: Int64, at: Timestamp, problem: String
    ) {
        self.webhook = webhook
        self.seq = seq
        self.part = part
        self.type = type
        self.tries = tries
        self.at = at
        self.problem = problem
    }
}

/// The tables of what others are told.
enum OutwardTables {
    /// `webhook` has the position up to which each webhook's receiver has everything, or it is in `dead_delivery`.
    /// `case_late` has the due times that cases were late for, so that each is told once; `customer` is whose the case
    /// was then, by which an erase removes it.
    static let schema = """
        CREATE TABLE webhook(name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE dead_delivery(
          webhook TEXT NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, type TEXT NOT NULL, \
        tries INTEGER NOT NULL, at INTEGER NOT NULL, problem TEXT NOT NULL, PRIMARY KEY(webhook, seq, part)) \
        STRICT, WITHOUT ROWID;
        CREATE TABLE case_late(
          id INTEGER NOT NULL, customer INTEGER NOT NULL, due INTEGER NOT NULL, PRIMARY KEY(id, customer)) \
        STRICT, WITHOUT ROWID;
        INSERT INTO case_late SELECT id, customer, due FROM customer_case
          WHERE closed_at IS NULL AND due<strftime('%s','now')*1000
        """
}
