/// How long an operator who spoke with a customer is preferred, and by how much (`[routing]`). All of it is off unless
/// the centre configures it.
public struct AffinityPolicy: Equatable, Sendable, Codable {
    /// After so long a talk counts half. Milliseconds; 0: the newest talk decides alone, whatever its age.
    public var halfLife: Int64 = 0
    /// Who weighs less is not preferred. Percent of a talk of this moment; looked at with a half-life alone.
    public var leastWeight = 25
    /// Of the last `AffinityPolicy.shareOf` talks with a customer, this one included, one operator gets no more while
    /// others are free. Percent; 100 switches it off.
    public var share = 100
    /// A complaint about an operator keeps the customer's calls from them for so long. Days; 0 switches it off.
    public var complaintDays = 0

    /// All of it is off.
    init() {}

    /// The talks of which a share is counted.
    public static let shareOf = 5

    /// How many of the last `shareOf` talks one operator may have; nil: any number.
    var talksMax: Int? { share >= 100 ? nil : max(1, AffinityPolicy.shareOf * share / 100) }

    /// What a talk weighs at an age, in millionths of a talk of this moment: halved with each half-life, and in a
    /// straight line between. Whole numbers, so that every machine computes the same.
    ///
    /// - Parameter age: milliseconds; one that lies ahead counts as of this moment.
    func weight(ofAge age: Int64) -> Int64 {
        guard halfLife > 0 else { return 1_000_000 }
        let age = max(0, age), halvings = age / halfLife
        guard halvings < 20 else { return 0 }
        let full = Int64(1_000_000) >> halvings
        return full - full * (age % halfLife) / (2 * halfLife)
    }
}

extension RoutingPolicy {
    /// How operators who know a customer are preferred; all off where nothing is configured.
    public var affinity: AffinityPolicy {
        get { fairness ?? AffinityPolicy() }
        set { fairness = newValue == AffinityPolicy() ? nil : newValue }
    }
}
