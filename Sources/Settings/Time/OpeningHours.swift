import CallCenter

/// When the centre is open: by the day of the week, with holidays and other days of their own. Everything that waits is
/// counted in it: delays, stalled cases, escalations, due times that are said as "in four hours".
public struct OpeningHours: Equatable, Sendable {
    /// A part of a day. Minutes after midnight, 0 to 1,440.
    public struct Span: Equatable, Sendable {
        /// Belongs to the span.
        public var from: Int
        /// Does not belong to it; after `from`.
        public var to: Int

        /// Copies its values; they are not checked.
        public init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }

    /// How far a search for open time goes. Days: ten years.
    private static let daysMax: Int64 = 3_660

    private let zone: ZoneRules
    /// Monday first; in order, without overlaps.
    private let week: [[Span]]
    /// Days that differ from their day of the week, by the days since 1970-01-01.
    private let days: [Int64: [Span]]

    /// - Parameters:
    ///   - week: seven lists, Monday first, each in order and without overlaps.
    ///   - days: of the days that differ, by days since 1970-01-01; an empty list is a day on which nobody is there.
    public init(zone: ZoneRules, week: [[Span]], days: [Int64: [Span]] = [:]) {
        self.zone = zone
        self.week = week
        self.days = days
    }

    /// Whether a moment is in open hours of the centre's clock.
    public func isOpen(at time: Timestamp) -> Bool {
        let day = localDay(time)
        return (day - 1...day + 1).contains { day in
            spans(day).contains { $0.lowerBound <= time.ms && time.ms < $0.upperBound }
        }
    }

    /// The first moment from one on at which the centre is open; nil when it is not within ten years.
    public func nextOpen(from: Timestamp) -> Timestamp? {
        let first = localDay(from) - 1
        for day in first...(first + OpeningHours.daysMax) {
            for span in spans(day) where span.upperBound > from.ms {
                return Timestamp(ms: max(span.lowerBound, from.ms))
            }
        }
        return nil
    }

    /// When the centre is open between two moments, in order. Parts that follow each other without a gap are one.
    public func parts(from: Timestamp, to: Timestamp) -> [Range<Timestamp>] {
        guard from < to else { return [] }
        var found: [Range<Timestamp>] = []
        for day in (localDay(from) - 1)...(localDay(to) + 1) {
            for span in spans(day) {
                let start = Timestamp(ms: max(span.lowerBound, from.ms))
                let end = Timestamp(ms: min(span.upperBound, to.ms))
                guard start < end else { continue }
                if let last = found.last, last.upperBound == start {
                    found[found.count - 1] = last.lowerBound..<end
                } else {
                    found.append(start..<end)
                }
            }
        }
        return found
    }

    /// Whether a date has other times than its day of the week: a holiday, or a day on which the centre is open all the
    /// same.
    ///
    /// - Parameter time: a moment of that date by the local clock.
    public func isSpecial(at time: Timestamp) -> Bool { days[localDay(time)] != nil }

    /// How much of the time between two moments the centre was open. Milliseconds; 0 when the second is not later.
    public func open(from: Timestamp, to: Timestamp) -> Int64 {
        guard from < to else { return 0 }
        var sum: Int64 = 0
        for day in (localDay(from) - 1)...(localDay(to) + 1) {
            for span in spans(day) {
                sum += max(0, min(span.upperBound, to.ms) - max(span.lowerBound, from.ms))
            }
        }
        return sum
    }

    /// The first moment by which the centre was open for so long since another one; nil when it is not within ten
    /// years.
    ///
    /// - Parameter ms: milliseconds, from 0 on.
    public func time(after ms: Int64, from: Timestamp) -> Timestamp? {
        var left = ms
        if left <= 0 { return from }
        let first = localDay(from) - 1
        for day in first...(first + OpeningHours.daysMax) {
            for span in spans(day) where span.upperBound > from.ms {
                let start = max(span.lowerBound, from.ms), length = span.upperBound - start
                if left <= length { return Timestamp(ms: start + left) }
                left -= length
            }
        }
        return nil
    }

    /// The last moment since which the centre was open for so long until another one; nil when it is not within ten
    /// years.
    ///
    /// - Parameter ms: milliseconds, from 0 on.
    public func time(before ms: Int64, until: Timestamp) -> Timestamp? {
        var left = ms
        if left <= 0 { return until }
        let last = localDay(until) + 1
        for back in 0...OpeningHours.daysMax {
            for span in spans(last - back).reversed() where span.lowerBound < until.ms {
                let end = min(span.upperBound, until.ms), length = end - span.lowerBound
                if left <= length { return Timestamp(ms: end - left) }
                left -= length
            }
        }
        return nil
    }

    // MARK: Days

    /// The date of a moment by the local clock, in days since 1970-01-01.
    func date(at time: Timestamp) -> Int64 { localDay(time) }

    private func localDay(_ time: Timestamp) -> Int64 {
        let seconds = time.ms.floored(by: 1_000)
        return (seconds + zone.offset(at: seconds)).floored(by: 86_400)
    }

    /// The open parts of a local day, in order. Milliseconds since 1970.
    private func spans(_ day: Int64) -> [Range<Int64>] {
        // 1970-01-01 was a Thursday.
        let parts = days[day] ?? week[Int((day + 3).modulo(7))]
        return parts.compactMap { part in
            let from = moment(day, minutes: part.from), to = moment(day, minutes: part.to)
            return from < to ? from..<to : nil
        }
    }

    /// When the local clock shows a time of a day: where it shows it twice, the first; where it never does, when it
    /// jumps over it. Milliseconds since 1970.
    private func moment(_ day: Int64, minutes: Int) -> Int64 {
        let clock = day * 86_400 + Int64(minutes) * 60
        let before = zone.offset(at: clock - 86_400), after = zone.offset(at: clock + 86_400)
        let first = clock - before
        if zone.offset(at: first) == before { return first * 1_000 }
        let second = clock - after
        if zone.offset(at: second) == after { return second * 1_000 }
        return zone.change(after: min(first, second) - 1, upTo: max(first, second)) * 1_000
    }
}
