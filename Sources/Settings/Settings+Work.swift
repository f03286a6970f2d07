import CallCenter

/// Settings of what somebody has to do: cases, claims, and when the centre is open.
extension Settings {
    /// Cases and promises.
    public struct Cases: Equatable, Sendable {
        /// The phases that an open case goes through, in order; a new one has the first. A closed one is `closed`.
        public var phases = ["受付", "調査", "提案", "契約"]
        /// A case without progress for so long is stalled; counted in opening hours. Milliseconds; 0: none ever is.
        public var stalledAfter = 3 * DurationText.day
        /// What is due within this time is at risk, and its owner is reminded. Milliseconds.
        public var remindBefore = 30 * DurationText.minute
        /// A claim falls back after this time. Milliseconds.
        public var claimLimit = 30 * DurationText.minute
        /// A case opens again when its customer is in touch within this time after it was closed. Milliseconds; 0: it
        /// stays closed.
        public var reopenWithin = 7 * DurationText.day
        /// A mail in the inbox, or one that waits for approval, is late after this time; counted in opening hours.
        /// Milliseconds; 0: none ever is.
        public var mailsLateAfter = 4 * DurationText.hour

        /// The defaults of the file.
        public init() {}
    }

    /// Contacts that come from elsewhere: mails, messages, web forms.
    public struct Contacts: Equatable, Sendable {
        /// The centre's own mail addresses, in lower case; `@example.com` stands for all of a domain. What comes from
        /// one of them is outbound.
        public var ownAddresses: [String] = []
        /// Whether a customer's message opens a case, where none is open about its subject.
        public var opensCases = true
        /// Contacts of one subject are one case when they are not further apart than this. Milliseconds.
        public var threadWithin = 30 * DurationText.day

        /// The defaults of the file.
        public init() {}

        /// Whether a mail address, in lower case, is one of the centre's own.
        public func isOwn(_ address: String) -> Bool {
            ownAddresses.contains { $0.hasPrefix("@") ? address.hasSuffix($0) : address == $0 }
        }
    }

    /// When the centre is open.
    public struct Hours: Equatable, Sendable {
        /// Monday first; nil: always open.
        public var week: [[OpeningHours.Span]]?
        /// The file of holidays; nil for none.
        public var holidayFile: String?
        /// What the file says, by days since 1970-01-01.
        public var days: [Int64: [OpeningHours.Span]] = [:]

        init() {}
    }

    /// Moments and durations in opening hours, by which delays are judged.
    public var workClock: WorkClock {
        guard let week = hours.week, let zone = ZoneDirectory.rules(timezone) else {
            return WorkClock(cases, nil, escalations)
        }
        var clock = WorkClock(cases, OpeningHours(zone: zone, week: week, days: hours.days), escalations)
        clock.holidays = hours.holidayFile.map { HolidayList(file: $0, last: hours.days.keys.max()) }
        return clock
    }
}

/// By which moments delays are judged, in opening hours where the centre has them.
public struct WorkClock: Equatable, Sendable {
    /// When something is stalled, at risk or falls back.
    public var rules: Settings.Cases
    /// nil: always open.
    public var hours: OpeningHours?
    /// What happens with cases that wait for too long.
    public var escalations: [EscalationRule]
    /// The file of holidays, and how far it goes; nil without one.
    public var holidays: HolidayList?

    /// Copies its values; the default is a centre that is always open.
    public init(
        _ rules: Settings.Cases = Settings.Cases(), _ hours: OpeningHours? = nil, _ escalations: [EscalationRule] = []
    ) {
        self.rules = rules
        self.hours = hours
        self.escalations = escalations
    }

    /// What delays are judged by now.
    public func caseClock(at now: Timestamp) -> CaseClock {
        CaseClock(
            now: now, stalledBefore: rules.stalledAfter == 0 ? nil : time(before: rules.stalledAfter, until: now),
            // What is due first thing tomorrow is at risk before the centre closes today. Who is never open for so
            // long has nothing at risk.
            riskBefore: time(after: rules.remindBefore, from: now) ?? now)
    }

    /// A mail that has waited for somebody since before this moment is late; nil: none is.
    public func mailsLateBefore(at now: Timestamp) -> Timestamp? {
        rules.mailsLateAfter == 0 ? nil : time(before: rules.mailsLateAfter, until: now)
    }

    /// Whether the centre is open at a moment; always true without opening hours.
    public func isOpen(at time: Timestamp) -> Bool { hours?.isOpen(at: time) ?? true }

    /// When the owner of something is reminded of it: so much open time before it is due.
    public func reminder(before due: Timestamp) -> Timestamp {
        time(before: rules.remindBefore, until: due) ?? due
    }

    /// When a rule fires: so much open time after a moment, and not while the centre is closed. nil when it is never
    /// open for so long.
    ///
    /// - Parameter ms: milliseconds.
    public func firing(after ms: Int64, from: Timestamp) -> Timestamp? {
        // After some time that is a moment at which the centre is open, or closes.
        guard ms <= 0, let hours else { return time(after: ms, from: from) }
        return hours.nextOpen(from: from)
    }

    /// The moment so much open time after another one; nil when the centre is never open for so long.
    ///
    /// - Parameter ms: milliseconds.
    public func time(after ms: Int64, from: Timestamp) -> Timestamp? {
        hours.map { $0.time(after: ms, from: from) } ?? (from + ms)
    }

    /// The moment so much open time before another one; nil when the centre was not open for so long.
    ///
    /// - Parameter ms: milliseconds.
    public func time(before ms: Int64, until: Timestamp) -> Timestamp? {
        hours.map { $0.time(before: ms, until: until) } ?? (until - ms)
    }

    /// How much open time is between two moments. Milliseconds.
    public func open(from: Timestamp, to: Timestamp) -> Int64 {
        hours.map { $0.open(from: from, to: to) } ?? max(0, to - from)
    }
}
