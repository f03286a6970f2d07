import CallCenter

/// A file of holidays, and how far it goes. Behind its last day the centre is thought open on every holiday.
public struct HolidayList: Equatable, Sendable {
    /// Absolute path of the file.
    public var file: String
    /// Its last day, by days since 1970-01-01; nil where it names none.
    public var last: Int64?

    /// Copies its values.
    public init(file: String, last: Int64?) {
        self.file = file
        self.last = last
    }
}

extension WorkClock {
    /// How many days the holidays still go, from the centre's day on: negative when the last one has passed. nil
    /// without a file, or with one that names no day.
    public func holidayDaysLeft(at now: Timestamp) -> Int64? {
        guard let last = holidays?.last, let hours else { return nil }
        return last - hours.date(at: now)
    }
}
