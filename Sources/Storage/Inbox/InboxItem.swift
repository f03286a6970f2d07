import CallCenter

/// A contact of somebody whom no record knows, until somebody attaches it to a customer or dismisses it.
public struct InboxItem: Equatable, Sendable {
    /// Where an item is; the raw value is in the log and in the file.
    public enum State: Int64, Equatable, Sendable, CaseIterable {
        /// Somebody has to see to it.
        case open = 1
        /// It is on a customer's record.
        case attached = 2
        /// Nobody has to do anything about it.
        case dismissed = 3
        /// It was handled so long ago that what it said is gone (`[retention] inbox`). That it came in is left, so that
        /// it does not come in twice; nobody is shown it.
        case removed = 4

        /// Those that are shown.
        public static let shown: [State] = [.open, .attached, .dismissed]

        /// What the interface calls it.
        public var word: String {
            switch self {
            case .open: "open"
            case .attached: "attached"
            case .dismissed: "dismissed"
            case .removed: "removed"
            }
        }
    }

    public var id: Int64
    /// 1 at first, and one more with each change.
    public var version: Int64
    /// When the daemon got it.
    public var receivedAt: Timestamp
    /// The contact itself.
    public var contact: IncomingContact
    /// Whether somebody has to see to it.
    public var state: State
    /// What was done with it; nil while it is open.
    public var handling: Handling?
    /// Who works on it; it counts for a time (`CaseClaim.isValid`). No part of the item's versions.
    public var claim: CaseClaim?

    /// What was done with it, and by whom.
    public struct Handling: Equatable, Sendable {
        /// When it was done.
        public var at: Timestamp
        /// As of an `Author`.
        public var by: String?
        /// Whom it was attached to.
        public var customer: Int64?
        /// The contact on that record.
        public var contact: Int64?
        /// The case that it was attached to or opened; nil for none.
        public var caseID: Int64?
        /// What attaching it made besides, for undoing it: a case, and the address in the record.
        public var hasOpenedCase = false
        /// Whether the address was new in the record.
        var hasStoredAddress = false

        /// Copies its arguments; whom it was attached to is set afterwards.
        init(at: Timestamp, by: String?) {
            self.at = at
            self.by = by
        }
    }

    /// Copies its arguments; nothing was done with it yet.
    init(id: Int64, version: Int64 = 1, receivedAt: Timestamp, contact: IncomingContact, state: State = .open) {
        self.id = id
        self.version = version
        self.receivedAt = receivedAt
        self.contact = contact
        self.state = state
    }

    /// Texts of the other side, by which remains are found when its customer is erased.
    var texts: [String] {
        ([contact.subject, contact.text.isEmpty ? nil : contact.text]
            + contact.parties.flatMap { [$0.name, $0.address.key, $0.address.shown] } + contact.attachments.map(\.name))
            .compactMap { $0 }.filter { $0.utf8.count >= 3 }
    }
}

extension RecordChange {
    /// That a contact from elsewhere is on a record, and where: it comes once, and what follows it finds it.
    struct Trace: Equatable, Sendable {
        /// The contact on the record.
        var item: Int64
        /// Whose it was at that moment.
        var customer: Int64
        var key: String
        var caseID: Int64?
        var subject: String
        var at: Timestamp
    }
}
