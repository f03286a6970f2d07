import Foundation
import Staffing

/// A coming day, from the same weekdays of the weeks before.
struct ForecastModel {
    /// One step of the day.
    struct Slot: Encodable, Equatable {
        /// `09:00` by the centre's clock.
        var time: String
        /// Callers expected: the mean of those days.
        var calls: Double
        /// The fewest and the most of those days.
        var fewest, most: Int
        /// Mean time of handling. Seconds.
        var handleS: Double
        /// Operators who are busy all the time.
        var erlangs: Double
        /// Operators needed if callers wait for ever (Erlang C), and if they lose patience (Erlang A).
        var operatorsC, operatorsA: Int
        /// What to expect with `operatorsA`.
        var serviceLevel: Double, abandoned: Double, meanWaitS: Double
    }

    var slots: [Slot] = []
    /// The days that were looked at, as the centre dates them.
    var days: [String] = []
    /// Mean patience of callers, from how long all waited and how many gave up (the estimate of greatest likelihood).
    /// Seconds.
    var patience: Double?

    /// Used when no caller abandoned, so that patience cannot be estimated. Seconds.
    static let patienceDefault = 120.0

    /// - Parameters:
    ///   - history: steps of less than a day, of the whole centre or of one queue.
    ///   - weekday: 1 for Sunday, as `Calendar` counts.
    ///   - centre: whose days these are: before `day_start` it is still the day before.
    ///   - hours: when the centre is open; nil: it does not say.
    ///   - share, within: the service level to reach.
    init(
        _ history: Intervals, weekday: Int, centre: CentreTime, hours: ForecastHours? = nil, stepMinutes: Int,
        share: Double, within seconds: Double
    ) {
        struct Past {
            /// By day.
            var offered: [String: Int] = [:]
            var handle = 0.0, handled = 0.0
        }
        var byTime: [String: Past] = [:], seen: Set<String> = []
        var waited = 0.0, gaveUp = 0.0, totalHandle = 0.0, totalHandled = 0.0
        for row in history.intervals {
            guard let begin = row.begin else { continue }
            let offered = row.offered ?? 0, ended = Double(row.answered + row.lost)
            // Patience is the same on every weekday, and there are never too many who tell of it.
            waited += Double(row.averageWaitMs ?? 0) / 1_000 * ended
            gaveUp += Double(row.lost)
            if let aht = row.ahtMs, row.answered > 0 {
                totalHandle += Double(aht) / 1_000 * Double(row.answered)
                totalHandled += Double(row.answered)
            }
            let centreDay = centre.day(begin)
            guard centreDay.weekday == weekday else { continue }
            let time = centre.clock.timeOfDay(begin), day = centreDay.text
            if hours?.special.contains(day) ?? false { continue }
            // An hour that the clock shows twice is one of the plan.
            byTime[time, default: .init()].offered[day, default: 0] += offered
            if offered > 0 { seen.insert(day) }
            if let aht = row.ahtMs, row.answered > 0 {
                byTime[time]?.handle += Double(aht) / 1_000 * Double(row.answered)
                byTime[time]?.handled += Double(row.answered)
            }
        }
        // A day without any call was a holiday too, whatever the file says, and is not used for working days.
        days = seen.sorted()
        patience = gaveUp > 0 ? max(1, waited / gaveUp) : nil
        guard !days.isEmpty, totalHandled > 0 else { return }
        // In the order of the centre's day: what is before its start comes last.
        let start = centre.clockAtDayStart
        for (time, past) in byTime.sorted(by: { ($0.key < start ? 1 : 0, $0.key) < ($1.key < start ? 1 : 0, $1.key) }) {
            let offered = days.map { past.offered[$0] ?? 0 }, sum = offered.reduce(0, +),
                calls = Double(sum) / Double(days.count)
            guard sum > 0, hours?.isOpen(at: time, minutes: stepMinutes, centre) ?? true else { continue }
            let handle = past.handled > 0 ? past.handle / past.handled : totalHandle / totalHandled
            let load = Load(calls: calls, in: Double(stepMinutes) * 60, handling: handle),
                patience = patience ?? ForecastModel.patienceDefault
            let needed = Staffing.erlangA(load, patience: patience, share: share, within: seconds)
            let expected = ErlangA(load, operators: needed, patience: patience)
            slots.append(
                Slot(
                    time: time, calls: calls, fewest: offered.min() ?? 0, most: offered.max() ?? 0, handleS: handle,
                    erlangs: load.erlangs, operatorsC: Staffing.erlangC(load, share: share, within: seconds),
                    operatorsA: needed,
                    serviceLevel: expected.served(within: seconds), abandoned: expected.abandoned,
                    meanWaitS: expected.meanWait))
        }
    }
}
