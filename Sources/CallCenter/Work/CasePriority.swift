/// How pressing a case is, the least first.
public enum CasePriority: Int64, Equatable, Comparable, Sendable, Codable, CaseIterable {
    /// May wait until nothing else is to be done.
    case low = 1
    /// What one has that nobody gave a priority.
    case normal = 2
    /// Before the others.
    case high = 3
    /// At once: first in the list of work.
    case urgent = 4

    /// What the interface calls it.
    public var word: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        case .urgent: "urgent"
        }
    }

    /// nil for a word that is none of them.
    public init?(word: String) {
        guard let found = CasePriority.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
    }

    public static func < (one: CasePriority, other: CasePriority) -> Bool { one.rawValue < other.rawValue }

    /// One step more pressing; the most pressing stays as it is.
    public var raised: CasePriority { CasePriority(rawValue: rawValue + 1) ?? self }
}
