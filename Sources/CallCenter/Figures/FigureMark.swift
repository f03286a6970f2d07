/// A reason why the figures of a period may be wrong.
public struct FigureMark: Equatable, Sendable {
    /// What was wrong.
    public enum Kind: Equatable, Sendable {
        /// The link to a PBX was down: what happened meanwhile is not known.
        case linkGap
        /// The clock of a PBX differed from ours: what happened may be counted in another interval.
        case clockSkew(ahead: Int64)
        /// Visits of which nobody saw how they ended.
        case unknownOutcomes(Int)
    }
    /// What was wrong.
    public var kind: Kind
    /// Which PBX; nil where it is not known.
    public var source: String?
    /// When it began; of a clock in daemon time.
    public var from: Timestamp
    /// nil while it lasts.
    public var to: Timestamp?

    /// Its stable word in the API.
    public var word: String {
        switch kind {
        case .linkGap: "link_gap"
        case .clockSkew: "clock_skew"
        case .unknownOutcomes: "unknown_outcomes"
        }
    }

    /// The reason in a sentence.
    public func text(_ language: Language) -> String {
        let words = Words(language), who = source ?? ""
        switch kind {
        case .linkGap:
            return words.say(
                "PBX（\(who)）との接続が切れていた時間を含みます。", "The link to the PBX \(who) was down for some of this time.")
        case .clockSkew(let ahead):
            let seconds = Double(abs(ahead) / 100) / 10
            return words.say(
                "PBX（\(who)）の時計が約\(seconds)秒\(ahead > 0 ? "進んで" : "遅れて")いました。",
                "The clock of the PBX \(who) was about \(seconds) s \(ahead > 0 ? "ahead" : "behind").")
        case .unknownOutcomes(let count):
            return words.say("終わり方が分からない着信が\(count)件あります。", "Nobody saw how \(count) of the visits ended.")
        }
    }

    /// The marks of a time, from what is known of the links and the clocks.
    static func marks(_ gaps: [Centre.LinkGap], _ skews: [ClockSkew], from: Timestamp, to: Timestamp) -> [FigureMark] {
        gaps.filter { $0.from < to && ($0.to ?? to) >= from }.map {
            FigureMark(kind: .linkGap, source: $0.source, from: $0.from, to: $0.to)
        }
            + skews.filter { $0.from < to && ($0.to ?? to) >= from }.map {
                FigureMark(kind: .clockSkew(ahead: $0.ahead), source: $0.source, from: $0.from, to: $0.to)
            }
    }
}

extension Stats.FigureSet {
    /// Sets the marks on the figures of a period.
    mutating func mark(_ marks: [FigureMark], from: Timestamp, to: Timestamp) {
        incomplete = marks.contains { $0.kind == .linkGap }
        self.marks = marks
        if figures.unknown > 0 {
            self.marks.append(FigureMark(kind: .unknownOutcomes(figures.unknown), from: from, to: to))
        }
    }
}
