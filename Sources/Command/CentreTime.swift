import Foundation

/// The centre's time, from the daemon: its zone, its day, its clock. The machine that runs the verb may be in another
/// zone, and its clock may be wrong.
struct CentreTime: Sendable {
    let clock: CivilClock
    /// The date of the centre's day when the daemon was asked: before `day_start` it is still the day before.
    let today: CivilDay
    /// The tiers whose customers are VIPs, as the centre configured them.
    let vipTiers: Set<String>
    /// What the clock shows when the centre's day begins, `HH:MM`.
    let clockAtDayStart: String
    /// The same. Seconds after midnight.
    private let dayStart: Int
    private let told: Date
    private let asked = ContinuousClock.now

    /// The times in the response of `GET /v1/session`.
    struct Answer: Decodable {
        struct Tier: Decodable { var vip: Bool }
        var timezone, dayStart, today, now: String
        /// Absent in what older daemons say.
        var tiers: [String: Tier]?
    }

    /// - Throws: when the response has no valid date or time.
    init(_ answer: Answer) throws(ClientError) {
        let start = answer.dayStart.split(separator: ":").compactMap { Int($0) }
        guard let today = CivilDay(answer.today), let told = APITime.date(answer.now), start.count == 2 else {
            throw .strange("The daemon does not say what time it is at the centre.")
        }
        clock = CivilClock(timezone: answer.timezone)
        clockAtDayStart = answer.dayStart
        vipTiers = Set((answer.tiers ?? ["vip": .init(vip: true)]).filter(\.value.vip).keys)
        dayStart = start[0] * 3_600 + start[1] * 60
        self.today = today
        self.told = told
    }

    /// The daemon's clock.
    var now: Date { told + TimeInterval((ContinuousClock.now - asked) / .seconds(1)) }

    /// A time that was typed, as the API takes it. A whole day is its start by the centre's `day_start`, or for `isEnd`
    /// the start of the next day.
    ///
    /// - Throws: `ClientError.local` for a text that is no time.
    func moment(_ text: String, isEnd: Bool = false) throws(ClientError) -> String {
        let date: Date?
        switch WrittenTime(text) {
        case .moment(let text): return text
        case .civil(let day, let seconds?): date = clock.date(day, seconds: seconds)
        case .civil(let day, nil): date = clock.date(isEnd ? day.adding(1) : day, seconds: dayStart)
        case nil: date = nil
        }
        guard let date else {
            throw .local("\(text) is no time: write 2026-11-20, '2026-11-20 14:03' or 2026-11-20T14:03:00+09:00.")
        }
        return APITime.text(date)
    }

    /// The centre's day in which a moment lies.
    func day(_ date: Date) -> CivilDay {
        let parts = clock.parts(date)
        let isBefore = ((parts.hour ?? 0) * 60 + (parts.minute ?? 0)) * 60 < dayStart
        return isBefore ? CivilDay(parts).adding(-1) : CivilDay(parts)
    }
}

extension GlobalOptions {
    /// Asks the daemon what time it is at the centre.
    func centreTime() async throws -> CentreTime { try CentreTime(try await client.ask(.init(path: "/v1/session"))) }
}
