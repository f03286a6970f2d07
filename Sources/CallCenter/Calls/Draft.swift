/// What somebody is typing of a call: one text for each author.
///
/// It becomes a note by itself when its author is done with the call: nobody has to press a button for it to be kept. That is
/// decided by the call alone, so a replay of the log decides the same.
public struct Draft: Equatable, Sendable, Codable {
    /// The place in the log of the event that told the newest of it.
    public let seq: Int64
    /// When it was typed on last.
    public let at: Timestamp
    /// nil when it is somebody who is no operator.
    public let by: String?
    public let text: String
    /// How long it was written on, where the desk measured it. Milliseconds.
    public let spent: Int64?
    /// It is all that its author has typed of the call, so it replaces the note that an earlier draft became.
    let isWhole: Bool

    init(seq: Int64, at: Timestamp, by: String?, text: String, spent: Int64?, isWhole: Bool) {
        self.seq = seq
        self.at = at
        self.by = by
        self.text = text
        self.spent = spent
        self.isWhole = isWhole
    }

    /// The note that it becomes by itself.
    var note: Remark {
        Remark(seq: seq, at: at, by: by, what: .note(text), spent: spent, isUnfinished: true, isWhole: isWhole)
    }
}

extension Call {
    /// What is being typed of it, in the order of the places in the log.
    public var drafts: [Draft] { typing ?? [] }

    /// All that is being typed; nil for nothing.
    public var noteDraft: String? { drafts.isEmpty ? nil : drafts.map(\.text).joined(separator: "\n") }

    /// Takes what an author has typed by now in the place of what that author had typed before.
    mutating func take(_ draft: Draft) {
        typing = drafts.filter { $0.by != draft.by }
        if !draft.text.isEmpty { typing?.append(draft) }
        if typing?.isEmpty == true { typing = nil }
        // The text of a note that was a draft before goes on where it is.
        written?.removeAll { draft.note.supersedes($0) }
        if written?.isEmpty == true { written = nil }
    }

    /// Makes notes of the drafts whose authors are done with the call, or of all. True when there was one.
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

    /// Whether the author's part in the call goes on, after-call work included; for somebody without a part, whether the call does.
    private func isAtWork(_ author: String?) -> Bool {
        var hasPart = false
        for leg in life.legs where leg.operator == author {
            if leg.endedAt == nil || (leg.answeredAt != nil && leg.wrapUp == nil) { return true }
            hasPart = true
        }
        return !hasPart && !life.isOver
    }
}
