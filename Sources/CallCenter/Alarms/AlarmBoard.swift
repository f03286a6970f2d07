/// The kinds of alarms.
public enum AlarmKind: String, Equatable, Hashable, Sendable, CaseIterable {
    /// So many calls wait, or more.
    case waiting
    /// The oldest waiting call is so old, or older.
    case longestWait = "longest_wait"
    /// The oldest waiting call of a VIP is so old, or older.
    case vipWaiting = "vip_waiting"
    /// The service level of the window is below the threshold.
    case serviceLevel = "service_level"
    /// The share of abandoned visits in the window is above the threshold.
    case abandonRate = "abandon_rate"
    /// No operator of the queue is logged in.
    case noOperator = "no_operator"

    /// About people who wait at the moment.
    var isOfWaiting: Bool {
        switch self {
        case .waiting, .longestWait, .vipWaiting: true
        case .serviceLevel, .abandonRate, .noOperator: false
        }
    }
}

/// An alarm about a queue.
public struct Alarm: Equatable, Sendable {
    /// The queue's name.
    public var queue: String
    /// What is measured.
    public var kind: AlarmKind
    /// When it was raised: the moment of the figures that crossed the threshold.
    public var since: Timestamp
    /// The last measured value: calls, milliseconds or percent; 0 for `noOperator`.
    public var value: Int64
    /// The configured threshold, in the unit of `value`.
    public var threshold: Int64
    /// nil while the alarm is raised.
    public var clearedAt: Timestamp?
}

/// The raised alarms.
///
/// An alarm is raised when its threshold is crossed, and cleared when the value has been within the threshold for
/// `AlarmPolicy.clearAfter`. While the centre is closed none is raised: what people who still wait have raised stays
/// until they do not wait any more, the others are cleared. Pure: it gets the figures at intervals, and returns the
/// alarms that changed.
public struct AlarmBoard: Sendable {
    private struct Key: Hashable {
        var queue: String
        var kind: AlarmKind
    }
    private var alarms: [Key: Alarm] = [:]
    /// When the value of a raised alarm went back within its threshold.
    private var gone: [Key: Timestamp] = [:]
    private var past: [String: [Sample]] = [:]
    /// The start of the day that the samples belong to.
    private var day = Timestamp(ms: .min)

    /// The figures of the day so far, at one moment.
    private struct Sample {
        var at: Timestamp
        var service = ServiceCounts()
        var abandoned = 0
        var ended = 0
        /// Taken when the centre was closed: only what came since counts, however short that is.
        var isBefore = false
    }

    /// With fewer visits in the window no rate is alarmed: one caller in a quiet hour would be 100 %.
    static let visitsMin = 5
    /// Time between two samples. Milliseconds.
    static let sampleEvery: Int64 = 10_000

    /// A board without alarms and without samples.
    public init() {}

    /// The raised alarms, sorted by queue and kind.
    public var raised: [Alarm] { alarms.values.sorted { ($0.queue, $0.kind.rawValue) < ($1.queue, $1.kind.rawValue) } }

    /// Compares the figures of the day so far with the thresholds. Returns the alarms that were raised or cleared.
    ///
    /// - Parameter isOpen: whether the centre is open at the moment of the figures.
    public mutating func evaluate(_ stats: Stats, _ policy: AlarmPolicy, isOpen: Bool = true) -> [Alarm] {
        if stats.from != day {
            day = stats.from
            past = [:]
        }
        var changed: [Alarm] = []
        for name in Set(stats.queues.keys).union(policy.queues.keys).sorted() {
            let thresholds = policy.queue(name)
            guard !thresholds.isOff || alarms.keys.contains(where: { $0.queue == name }) else { continue }
            if !isOpen {
                past[name] = stats.queues[name].map { [AlarmBoard.sample(of: $0, at: stats.at, isBefore: true)] }
            }
            var measured = measure(name, stats, thresholds, window: policy.window)
            for kind in AlarmKind.allCases {
                let key = Key(queue: name, kind: kind)
                if !isOpen, !kind.isOfWaiting || alarms[key] == nil { measured[kind]?.isCrossed = false }
                if let alarm = settle(key, measured[kind], at: stats.at, clearAfter: policy.clearAfter) {
                    changed.append(alarm)
                }
            }
        }
        return changed
    }

    private struct Measure {
        var value: Int64
        var threshold: Int64
        var isCrossed: Bool
    }

    private mutating func settle(_ key: Key, _ measure: Measure?, at now: Timestamp, clearAfter: Int64) -> Alarm? {
        if let measure, measure.isCrossed {
            gone[key] = nil
            if alarms[key] != nil {
                alarms[key]?.value = measure.value
                return nil
            }
            let alarm = Alarm(
                queue: key.queue, kind: key.kind, since: now, value: measure.value, threshold: measure.threshold)
            alarms[key] = alarm
            return alarm
        }
        guard var alarm = alarms[key] else { return nil }
        if let measure { alarm.value = measure.value }
        alarms[key] = alarm
        let since = gone[key] ?? now
        gone[key] = since
        guard now - since >= clearAfter else { return nil }
        alarm.clearedAt = now
        alarms[key] = nil
        gone[key] = nil
        return alarm
    }

    private mutating func measure(_ queue: String, _ stats: Stats, _ thresholds: AlarmThresholds, window: Int64)
        -> [AlarmKind: Measure]
    {
        let set = stats.queues[queue]
        var found: [AlarmKind: Measure] = [:]
        func over(_ kind: AlarmKind, _ value: Int64, _ threshold: Int64) {
            if threshold > 0 {
                found[kind] = Measure(value: value, threshold: threshold, isCrossed: value >= threshold)
            }
        }
        over(.waiting, Int64(set?.waiting ?? 0), Int64(thresholds.waiting))
        over(.longestWait, set?.longestWait ?? 0, thresholds.longestWait)
        over(.vipWaiting, set?.longestVIPWait ?? 0, thresholds.vipWaiting)
        if thresholds.noOperator {
            let anybody = stats.operators.values.contains {
                $0.state != .loggedOut && ($0.queues?.contains(queue) ?? true)
            }
            found[.noOperator] = Measure(value: 0, threshold: 0, isCrossed: !anybody)
        }
        if let set, thresholds.serviceLevel > 0 || thresholds.abandonRate > 0 {
            let lately = lately(queue, set, at: stats.at, window: window)
            if thresholds.serviceLevel > 0, lately.service.answered + lately.service.abandoned >= AlarmBoard.visitsMin,
                let level = lately.service.level(set.variant)
            {
                let percent = Int64((level * 100).rounded(.down))
                found[.serviceLevel] = Measure(
                    value: percent, threshold: Int64(thresholds.serviceLevel),
                    isCrossed: percent < thresholds.serviceLevel)
            }
            if thresholds.abandonRate > 0, lately.ended >= AlarmBoard.visitsMin {
                let percent = Int64((Double(lately.abandoned) / Double(lately.ended) * 100).rounded(.up))
                found[.abandonRate] = Measure(
                    value: percent, threshold: Int64(thresholds.abandonRate),
                    isCrossed: percent > thresholds.abandonRate)
            }
        }
        return found
    }

    /// The counts within the window: those of the day so far minus those of the sample before the window. Never
    /// negative, although a late event may have reduced a count.
    private mutating func lately(_ queue: String, _ set: Stats.FigureSet, at now: Timestamp, window: Int64) -> Sample {
        let current = AlarmBoard.sample(of: set, at: now)
        var samples = past[queue] ?? []
        if samples.last.map({ now - $0.at >= AlarmBoard.sampleEvery }) ?? true { samples.append(current) }
        // The newest sample that is older than the window is subtracted; without one, the whole day is within the
        // window.
        if let i = samples.lastIndex(where: { now - $0.at >= window }) { samples.removeFirst(i) }
        past[queue] = samples
        guard let before = samples.first, before.isBefore || now - before.at >= window else { return current }
        var lately = current
        lately.service -= before.service
        lately.abandoned = max(0, current.abandoned - before.abandoned)
        lately.ended = max(0, current.ended - before.ended)
        return lately
    }

    private static func sample(of set: Stats.FigureSet, at now: Timestamp, isBefore: Bool = false) -> Sample {
        let figures = set.figures
        return Sample(
            at: now, service: set.service, abandoned: figures.abandoned,
            ended: figures.answered + figures.abandoned + figures.overflowed + figures.callback + figures.blocked
                + figures.unknown, isBefore: isBefore)
    }
}
