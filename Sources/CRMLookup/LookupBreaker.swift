/// Stops asking a CRM that fails: after so many failures in a row nobody is asked for a while, then one request tries
/// whether it is there again.
public struct LookupBreaker: Equatable, Sendable {
    /// Whether a CRM is asked now.
    public enum State: String, Equatable, Sendable {
        /// Everybody is asked for: the usual state.
        case closed
        /// Nobody is asked.
        case open
        /// One request is trying.
        case trying
    }

    let failuresMax: Int
    /// Milliseconds.
    public let pause: Int64
    private var failures = 0
    private var openUntil: Int64?
    private var isTrying = false

    /// `failuresMax` is taken as 1 at least; `pause` is milliseconds.
    public init(failuresMax: Int, pause: Int64) {
        self.failuresMax = max(1, failuresMax)
        self.pause = pause
    }

    /// `now` is milliseconds of the clock that `begin` and `failed` are given.
    public func state(at now: Int64) -> State {
        if isTrying { return .trying }
        guard let openUntil else { return .closed }
        return now < openUntil ? .open : .trying
    }

    /// Whether a request may be made now. One that may has to say how it ended.
    public mutating func begin(at now: Int64) -> Bool {
        guard let openUntil else { return true }
        guard now >= openUntil, !isTrying else { return false }
        isTrying = true
        return true
    }

    /// A request that `begin` allowed was answered: the next failures count from 1.
    public mutating func succeeded() {
        failures = 0
        openUntil = nil
        isTrying = false
    }

    /// A request that `begin` allowed failed. Milliseconds.
    public mutating func failed(at now: Int64) {
        failures += 1
        isTrying = false
        if failures >= failuresMax { openUntil = now + pause }
    }
}
