import Glibc

/// Callers who come at random to operators who serve one at a time, as queueing theory has it.
///
/// All times are seconds. Arrivals are a Poisson process, times of handling and of patience exponential.
public struct Load: Equatable, Sendable {
    /// Callers per second.
    public var arrivals: Double
    /// The mean time an operator needs for a call, after-call work included.
    public var handling: Double

    /// - Parameters:
    ///   - calls: so many callers come
    ///   - seconds: in so long.
    public init(calls: Double, in seconds: Double, handling: Double) {
        arrivals = max(0, calls) / max(1, seconds)
        self.handling = max(0, handling)
    }

    /// The operators who would be busy all the time: A = λ / μ.
    public var erlangs: Double { arrivals * handling }
}

/// Erlang's formula for callers who wait for ever (M/M/N; A. K. Erlang, "Solution of some problems in the theory of
/// probabilities of significance in automatic telephone exchanges", 1917). With fewer operators than erlangs the queue
/// grows without end.
public struct ErlangC: Sendable {
    /// The callers and their handling time.
    public let load: Load
    /// Operators at work; a number below 0 counts as 0.
    public let operators: Int
    /// The share of callers who have to wait.
    public let waiting: Double

    /// Computes at once, in as many steps as there are operators. With no more operators than erlangs, all callers
    /// wait.
    public init(_ load: Load, operators: Int) {
        self.load = load
        self.operators = max(0, operators)
        let a = load.erlangs, n = Double(self.operators)
        guard a > 0 else {
            waiting = self.operators > 0 ? 0 : 1
            return
        }
        guard n > a else {
            waiting = 1
            return
        }
        // Erlang B by its recursion, B(0) = 1, B(n) = A·B(n-1) / (n + A·B(n-1)), in which nothing overflows; then C = B
        // / (1 - ρ(1 - B)).
        var b = 1.0
        for n in 1...self.operators { b = a * b / (Double(n) + a * b) }
        waiting = b / (1 - a / n * (1 - b))
    }

    /// The share of callers who are answered within so many seconds.
    public func served(within seconds: Double) -> Double {
        let spare = Double(operators) - load.erlangs
        guard load.erlangs > 0 else { return operators > 0 ? 1 : 0 }
        guard spare > 0 else { return 0 }
        return 1 - waiting * exp(-spare * seconds / load.handling)
    }

    /// The mean wait of all callers; infinite when the queue grows without end. Seconds.
    public var meanWait: Double {
        let spare = Double(operators) - load.erlangs
        guard load.erlangs > 0 else { return 0 }
        return spare > 0 ? waiting * load.handling / spare : .infinity
    }
}

/// The same for callers who lose patience (M/M/N+M; C. Palm 1957; O. Garnett, A. Mandelbaum, M. Reiman, "Designing a
/// Call Center with Impatient Customers", 2002).
public struct ErlangA: Sendable {
    /// The callers and their handling time.
    public let load: Load
    /// Operators at work; a number below 0 counts as 0.
    public let operators: Int
    /// The mean time after which a caller who waits gives up. Seconds.
    public let patience: Double
    /// The share of callers who have to wait.
    public private(set) var waiting = 0.0
    /// The share of callers who give up.
    public private(set) var abandoned = 0.0
    /// The mean wait of all callers, those who give up included. Seconds.
    public private(set) var meanWait = 0.0
    /// The probability that an arriving caller finds all operators busy and q others waiting, by q.
    private var queues: [Double] = []

    /// Computes at once the states of the chain, up to a weight of 1e-14. `patience` is seconds, at least 0.001.
    public init(_ load: Load, operators: Int, patience: Double) {
        self.load = load
        self.operators = max(0, operators)
        self.patience = max(1e-3, patience)
        guard load.arrivals > 0, load.handling > 0 else { return }
        // A chain of births and deaths: in state k, λ against min(k, N)·μ + max(0, k - N)·θ. Scaled so that the state
        // of N calls weighs 1.
        let n = Double(self.operators), mu = 1 / load.handling, theta = 1 / self.patience
        var below = 0.0, weight = 1.0
        for k in stride(from: self.operators, to: 0, by: -1) {
            weight *= Double(k) * mu / load.arrivals
            below += weight
            if weight < 1e-18 * below { break }
        }
        var above: [Double] = [1], total = 1.0
        weight = 1
        var k = 1.0
        while k < 1e6 {
            weight *= load.arrivals / (n * mu + k * theta)
            above.append(weight)
            total += weight
            if weight < 1e-14 * total, load.arrivals < n * mu + k * theta { break }
            k += 1
        }
        let all = below + total
        queues = above.map { $0 / all }
        waiting = total / all
        let length = zip(queues, 0...).reduce(0) { $0 + $1.0 * Double($1.1) }
        // Little's law, and as many give up as lose patience while they wait.
        meanWait = length / load.arrivals
        abandoned = length * theta / load.arrivals
    }

    /// The share of all callers who are answered, and within so many seconds.
    ///
    /// Who finds q others waiting is served after q + 1 exponential times of the rates c + j·θ, j = 0…q, c = N·μ; then
    /// X = e^(-θV) has the distribution Beta(a, b), a = c / θ, b = q + 1, and the share sought is E[X; X ≥ x], x =
    /// e^(-θT), = a / (a + b) · (1 - I_x(a + 1, b)).
    public func served(within seconds: Double) -> Double {
        guard !queues.isEmpty else { return operators > 0 ? 1 : 0 }
        guard operators > 0 else { return 0 }
        let theta = 1 / patience, c = Double(operators) / load.handling, a = c / theta
        // I_x(a + 1, b) for whole b: x^(a+1) · Σ_{i<b} Γ(a + 1 + i) / (Γ(a + 1) i!) · (1 - x)^i.
        let rest = -expm1(-theta * seconds), power = exp(-(c + theta) * seconds)
        var term = 1.0, sum = 1.0, served = 1 - waiting
        for (q, share) in queues.enumerated() {
            if q > 0 {
                term *= (a + Double(q)) / Double(q) * rest
                sum += term
            }
            let b = Double(q + 1)
            served += share * a / (a + b) * max(0, 1 - power * sum)
        }
        return min(1, served)
    }
}

/// How many operators a load needs.
public enum Staffing {
    /// More than any centre has: a target that no number of operators reaches is not looked for further.
    static let most = 10_000

    /// The fewest operators with whom so large a share of the callers is answered in time, if callers wait for ever.
    public static func erlangC(_ load: Load, share: Double, within seconds: Double) -> Int {
        guard load.erlangs > 0 else { return 0 }
        return fewest(from: Int(load.erlangs)) { ErlangC(load, operators: $0).served(within: seconds) >= share }
    }

    /// The same if they lose patience.
    public static func erlangA(_ load: Load, patience: Double, share: Double, within seconds: Double) -> Int {
        guard load.erlangs > 0 else { return 0 }
        return fewest(from: 1) { ErlangA(load, operators: $0, patience: patience).served(within: seconds) >= share }
    }

    /// The smallest number that is enough, of which each larger one is enough too: doubled, then halved between.
    private static func fewest(from start: Int, _ isEnough: (Int) -> Bool) -> Int {
        var low = max(0, start - 1), high = max(1, start)
        while !isEnough(high) {
            guard high < most else { return most }
            low = high
            high = min(most, high * 2)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if isEnough(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
