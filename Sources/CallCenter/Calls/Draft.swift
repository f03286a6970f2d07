/// A text that somebody is typing about a call: one for each author.
///
/// When the author's part in the call ends, the draft becomes a note, without any button. That depends on the call
/// alone, so a replay of the log decides the same.
public struct Draft: Equatable, Sendable, Codable {
    /// The log position of the event that reported the newest of it.
    public let seq: Int64
    /// Time of the last change.
    public let at: Timestamp
    /// The author; nil for somebody who is no operator.
    public let by: String?
    /// The newest text; never empty.
    let text: String
    /// Typing time as the desk measured it; nil without a measurement. Milliseconds.
    public let spent: Int64?
    /// Contains everything that its author typed about the call, so it replaces the note that an earlier draft became.
    let isWhole: Bool

    init(seq: Int64, at: Timestamp, by: String?, text: String, spent: Int64?, isWhole: Bool) {
        self.seq = seq
        self.at = at
        self.by = by
        self.text = text
        self.spent = spent
        self.isWhole = isWhole
    }

    /// The note that the draft becomes when its author's part in the call ends.
    var note: Remark {
        Remark(seq: seq, at: at, by: by, what: .note(text), spent: spent, isUnfinished: true, isWhole: isWhole)
    }
}

extension Call {
    /// The current drafts, in the order of their log positions.
    public var drafts: [Draft] { typing ?? [] }

    /// The texts of all drafts; nil when there are none.
    public var noteDraft: String? { drafts.isEmpty ? nil : drafts.map(\.text).joined(separator: "\n") }

    /// Replaces the author's earlier draft.
    mutating func replaceDraft(_ draft: Draft) {
        typing = drafts.filter { $0.by != draft.by }
        if !draft.text.isEmpty { typing?.append(draft) }
        if typing?.isEmpty == true { typing = nil }
        // The note that the earlier draft became is replaced by this draft.
        written?.removeAll { draft.note.supersedes($0) }
        if written?.isEmpty == true { written = nil }
    }

    /// Turns drafts of authors whose part in the call has ended, or all drafts, into notes. True when there was one.
    @discardableResult
    mutating func settleDrafts(all: Bool = false) -> Bool {
        guard let before = typing else { return false }
        let done = before.filter { all || !isAtWork($0.by) }
        if done.isEmpty { return false }
        for draft in done { write(draft.note) }
        let left = before.filter { !all && isAtWork($0.by) }
        typing = left.isEmpty ? nil : left
        return true
    }

    /// Whether the author's part in the call is still going on, after-call work included. For an author without a part:
    /// whether the call is open.
    private func isAtWork(_ author: String?) -> Bool {
        var hasPart = false
        for leg in life.legs where leg.operator == author {
            if leg.endedAt == nil || (leg.answeredAt != nil && leg.wrapUp == nil) { return true }
            hasPart = true
        }
        return !hasPart && !life.isOver
    }
}
