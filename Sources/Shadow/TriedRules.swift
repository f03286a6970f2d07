import CallCenter
import EventWire
import Settings

/// A configuration file that is to be tried.
public struct TriedRules: Sendable {
    let policy: Policy
    /// IANA name of the centre's time zone.
    public let timezone: String
    /// Absolute path of the daemon's files, which the trial only reads.
    public let stateDirectory: String
    let periods: Periods

    /// Why the file cannot be used: the sentence of `screenpopd --check-config`, and its exit status.
    public struct Wrong: Error, Equatable, Sendable, CustomStringConvertible {
        /// With the place in the file, as the daemon says it.
        public let description: String
        /// Of the exit codes that sysexits.h has.
        public let exitStatus: Int32
    }

    /// Reads the file as the daemon does: the environment's variables beat it, the flag beats both.
    public init(file: String, stateDirectory: String?, environment: [String: String]) throws(Wrong) {
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings.load(file: file, environment: environment, flags: .init(stateDir: stateDirectory))
        } catch { throw Wrong(description: "\(error)", exitStatus: error.exitStatus) }
        guard let periods = Periods(settings) else {
            throw Wrong(
                description: "\(file): the data of the time zone \(settings.timezone) is missing; install tzdata",
                exitStatus: 78)
        }
        policy = settings.policy
        timezone = settings.timezone
        self.stateDirectory = settings.paths.state
        self.periods = periods
    }

    /// What the clock shows when the centre's day begins, `HH:MM`.
    public var dayStart: String { periods.dayStartText }

    /// The date of the centre's day in which a moment lies.
    public func date(at time: Timestamp) -> String { periods.date(at: time) }

    /// The date of the first day that begins at a moment or later.
    public func firstDay(from time: Timestamp) -> String {
        let start = periods.startOfDay(at: time)
        return periods.date(at: start == time ? start : periods.startOfNextDay(after: time))
    }
}
