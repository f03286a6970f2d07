/// A call that went from one operator to another who answered it, and whether its customer had to say it all again.
public struct Handover: Equatable, Sendable {
    /// Who handed it on, and who answered then.
    public var from: String
    /// Who answered then.
    public var to: String
    /// When the other one answered.
    public var at: Timestamp
    /// Somebody said who is calling before, and somebody did so again while the other operator had the call.
    public var isIdentifiedAgain: Bool
    /// The other operator wrote what a note of an operator before says already.
    public var isNoteRewritten: Bool

    /// Whether the customer had to say something again.
    public var isAskedAgain: Bool { isIdentifiedAgain || isNoteRewritten }
}

extension Call {
    /// Identifications that are remembered of one call.
    static let identificationsMax = 32

    /// When the IVR or an operator said who is calling, the first time first; taking it back is none.
    public var identifiedAt: [Timestamp] { identified ?? [] }

    mutating func noteIdentification(at time: Timestamp) {
        // In whatever order they arrive, the same ones stay.
        identified = Array((identifiedAt + [time]).sorted().prefix(Call.identificationsMax))
    }

    /// Its handovers, the first one first: a talk that ended with a transfer, and the next talk of somebody else that
    /// began then or later.
    public var handovers: [Handover] {
        let talks = life.legs.filter { $0.answeredAt != nil }
            .sorted { ($0.answeredAt?.ms ?? 0, $0.operator) < ($1.answeredAt?.ms ?? 0, $1.operator) }
        var found: [(from: String, to: String, at: Timestamp)] = []
        for (n, talk) in talks.enumerated() where talk.end == .transferred {
            guard let ended = talk.endedAt else { continue }
            let next = talks.dropFirst(n + 1).first { other in other.answeredAt.map { $0 >= ended } ?? false }
            if let next, let at = next.answeredAt, next.operator != talk.operator {
                found.append((talk.operator, next.operator, at))
            }
        }
        return found.enumerated().map { n, one in
            // Until the next one has it, and at most until the call ends: whoever corrects a record later asks nobody.
            let until = n + 1 < found.count ? found[n + 1].at : life.endedAt ?? Timestamp(ms: .max)
            let isKnown = identifiedAt.contains { $0 < one.at }
            return Handover(
                from: one.from, to: one.to, at: one.at,
                isIdentifiedAgain: isKnown && identifiedAt.contains { $0 >= one.at && $0 <= until },
                isNoteRewritten: isRewritten(by: one.to, after: one.at))
        }
    }

    /// Whether an operator wrote a note after a moment that repeats one of somebody else's that was there before it.
    private func isRewritten(by who: String, after time: Timestamp) -> Bool {
        let notes = remarks.compactMap { one -> (seq: Int64, by: String?, at: Timestamp, text: String)? in
            guard case .note(let text) = one.what else { return nil }
            return (one.seq, one.by, one.at, text)
        }
        for own in notes where own.by == who && own.at >= time {
            let isRepeat = notes.contains { other in
                other.seq < own.seq && other.by != nil && other.by != who && NoteLikeness.repeats(own.text, other.text)
            }
            if isRepeat { return true }
        }
        return false
    }
}

/// Whether a note says what another says, in about the same words: by pairs of letters that follow each other, which
/// need no spaces between words.
enum NoteLikeness {
    /// Pairs that a note has at least, to be compared: "OK" repeats nothing.
    static let pairsMin = 8
    /// So much of the earlier note is in the later one. Percent.
    static let share = 60

    static func repeats(_ later: String, _ earlier: String) -> Bool {
        let before = pairs(earlier)
        let count = before.values.reduce(0, +)
        guard count >= pairsMin else { return false }
        let after = pairs(later)
        let common = before.reduce(0) { $0 + min($1.value, after[$1.key] ?? 0) }
        return common * 100 >= count * share
    }

    /// How often each pair occurs; spaces, punctuation and the case of letters do not count.
    private static func pairs(_ text: String) -> [[Character]: Int] {
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        var found: [[Character]: Int] = [:]
        for (one, other) in zip(letters, letters.dropFirst()) { found[[one, other], default: 0] += 1 }
        return found
    }
}
