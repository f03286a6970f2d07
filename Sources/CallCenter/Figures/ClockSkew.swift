/// A time in which the clock of a PBX differed from ours.
public struct ClockSkew: Equatable, Sendable, Codable {
    /// Whose clock it is.
    public var source: String
    /// In daemon time, because the times in events of a wrong clock cannot be used.
    public var from: Timestamp
    /// nil while it lasts.
    public var to: Timestamp?
    /// How far the PBX's clock is ahead. Milliseconds; negative when it is behind.
    public var ahead: Int64

    /// Copies its arguments.
    public init(source: String, from: Timestamp, to: Timestamp?, ahead: Int64) {
        self.source = source
        self.from = from
        self.to = to
        self.ahead = ahead
    }
}

/// Compares the times in a source's events with the times at which they are read.
///
/// A single event proves nothing: a network delays it, and a spool delays it by hours. Of many events, the one with the
/// shortest delay shows the difference between the clocks. A difference that stays the same over two windows is caused
/// by a clock.
struct SourceClock: Equatable, Sendable, Codable {
    /// Minimum size of a window: events, and milliseconds.
    static let eventsMin = 20, windowMin: Int64 = 15_000
    /// Smaller differences are ignored. Milliseconds.
    static let tolerated: Int64 = 2_000
    /// Two windows agree within this. Milliseconds.
    static let steadyWithin: Int64 = 1_000

    let source: String
    private var since: Timestamp
    private var events = 0
    /// The smallest difference in the window, from the event with the shortest delay.
    private var least = Int64.min
    /// The same of the window before, and when that began.
    private var before: Int64?
    private var beforeSince: Timestamp

    init(source: String, at now: Timestamp) {
        self.source = source
        since = now
        beforeSince = now
    }

    /// The result of a window.
    enum Verdict: Equatable {
        case ahead(Int64, since: Timestamp)
        /// The clocks agree, or do not differ steadily, from then on.
        case none(since: Timestamp)
    }

    /// - Returns: nil while the window goes on.
    mutating func note(_ time: Timestamp, readAt now: Timestamp) -> Verdict? {
        events += 1
        least = max(least, time - now)
        // Our clock was set back: the window restarts.
        if now < since { since = now }
        guard events >= SourceClock.eventsMin, now - since >= SourceClock.windowMin else { return nil }
        let isSteady = before.map { abs($0 - least) <= SourceClock.steadyWithin } ?? false
        let verdict: Verdict =
            isSteady && abs(least) >= SourceClock.tolerated ? .ahead(least, since: beforeSince) : .none(since: since)
        before = least
        beforeSince = since
        since = now
        events = 0
        least = .min
        return verdict
    }
}

extension Centre {
    /// Looks at the clock of an event's source.
    mutating func compareClocks(_ event: Event, now: Timestamp) {
        guard event.timeIsGiven else { return }
        switch event.body {
        case .call, .operator: break
        default: return
        }
        let verdict: SourceClock.Verdict?
        if let i = clocks.firstIndex(where: { $0.source == event.source }) {
            verdict = clocks[i].note(event.time, readAt: now)
        } else if clocks.count < Centre.clocksMax {
            clocks.append(SourceClock(source: event.source, at: now))
            verdict = clocks[clocks.count - 1].note(event.time, readAt: now)
        } else {
            return
        }
        guard let verdict else { return }
        let open = skews.lastIndex { $0.source == event.source && $0.to == nil }
        switch (verdict, open) {
        case (.ahead(let ms, _), let i?): skews[i].ahead = ms
        case (.ahead(let ms, let since), nil):
            skews.append(ClockSkew(source: event.source, from: since, to: nil, ahead: ms))
        case (.none(let since), let i?): skews[i].to = max(since, skews[i].from)
        case (.none, nil): break
        }
    }
}
