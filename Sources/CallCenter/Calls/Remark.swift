/// A note or disposition that a person wrote about a call, during it or after it.
public struct Remark: Equatable, Sendable, Codable {
    /// What was written.
    public enum What: Equatable, Sendable, Codable {
        /// A text in the author's words.
        case note(String)
        /// The result of the call, one of the codes that the centre configures.
        case disposition(String)
    }
    /// The log position of the event that reported it; it identifies the remark.
    public let seq: Int64
    /// When it was written. Event time.
    public let at: Timestamp
    /// The operator who wrote it; nil when it was somebody else.
    public let by: String?
    /// What was written.
    public let what: What
    /// How long it was written on, where the desk measured it. Milliseconds.
    public let spent: Int64?
    /// A draft that became a note without its author having finished it.
    public let isUnfinished: Bool
    /// Contains everything that its author typed about the call: it replaces the unfinished note of the same author,
    /// whatever its text.
    package let isWhole: Bool

    package init(
        seq: Int64, at: Timestamp, by: String?, what: What, spent: Int64? = nil, isUnfinished: Bool = false,
        isWhole: Bool = false
    ) {
        self.seq = seq
        self.at = at
        self.by = by
        self.what = what
        self.spent = spent
        self.isUnfinished = isUnfinished
        self.isWhole = isWhole
    }

    /// Whether it replaces an unfinished note. Without `isWhole` only if it contains all of that text, so that no text
    /// is lost.
    func supersedes(_ other: Remark) -> Bool {
        guard other.isUnfinished, other.by == by, seq > other.seq else { return false }
        guard case .note(let text) = what, case .note(let old) = other.what else { return false }
        return isWhole || text.contains(old)
    }
}

/// An event of the desk about a note, draft or disposition of a call.
public struct RemarkEvent: Equatable, Sendable {
    /// What the desk sends.
    public enum What: Equatable, Sendable {
        /// The text so far; nil when it was discarded.
        case draft(String?)
        /// A note or disposition that is finished.
        case final(Remark.What)
    }
    /// Who wrote it, by operator id; nil for somebody who is no operator.
    public var by: String?
    /// What the desk sends.
    public var what: What
    /// How long it was written on. Milliseconds.
    public var spent: Int64?
    /// The text is everything that its author typed about the call.
    public var isWhole: Bool

    /// Copies its arguments.
    public init(by: String?, what: What, spent: Int64? = nil, isWhole: Bool = false) {
        self.by = by
        self.what = what
        self.spent = spent
        self.isWhole = isWhole
    }
}

/// A text about a call, as it is shown.
public struct Writing: Equatable, Sendable, Codable {
    /// Whether its author has finished it.
    public enum State: String, Equatable, Sendable, Codable {
        /// A draft.
        case draft
        /// A draft that became a note without being finished.
        case unfinished
        /// A note that its author finished.
        case finished
    }
    /// The log position of the event that reported it.
    public let seq: Int64
    /// When it was written; of a draft, when it changed last. Event time.
    public let at: Timestamp
    /// The operator who wrote it; nil when it was somebody else.
    public let by: String?
    /// The text in the author's words.
    public let text: String
    /// How long it was written on, where the desk measured it. Milliseconds.
    public let spent: Int64?
    /// Whether its author has finished it.
    public let state: State
}

extension Call {
    /// In the order of their log positions.
    public var remarks: [Remark] { written ?? [] }
    /// The texts of its notes, in the order of their log positions; drafts are not among them.
    public var notes: [String] { remarks.compactMap { if case .note(let text) = $0.what { text } else { nil } } }
    /// The newest disposition; of equal times, the one with the highest log position.
    public var disposition: String? {
        var newest: (at: Timestamp, code: String)?
        for remark in written ?? [] {
            guard case .disposition(let code) = remark.what, newest.map({ $0.at <= remark.at }) ?? true else {
                continue
            }
            newest = (remark.at, code)
        }
        return newest?.code
    }

    /// Its notes and what is being typed, in the order of their log positions.
    public var writings: [Writing] {
        guard written != nil || typing != nil else { return [] }
        let notes = remarks.compactMap { one -> Writing? in
            guard case .note(let text) = one.what else { return nil }
            return Writing(
                seq: one.seq, at: one.at, by: one.by, text: text, spent: one.spent,
                state: one.isUnfinished ? .unfinished : .finished)
        }
        let typed = drafts.map {
            Writing(seq: $0.seq, at: $0.at, by: $0.by, text: $0.text, spent: $0.spent, state: .draft)
        }
        return (notes + typed).sorted { $0.seq < $1.seq }
    }

    /// All notes and drafts so far: what the next operator of the call reads.
    var noted: String? {
        let parts = notes + drafts.map(\.text)
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
    /// One line of the customer's history.
    var summary: String { ((disposition.map { [$0] } ?? []) + notes).joined(separator: " · ") }

    /// Adds a remark. Adding it twice changes nothing, and an unfinished note that was replaced does not come back.
    package mutating func write(_ remark: Remark) {
        var all = remarks
        guard !all.contains(where: { $0.seq == remark.seq || $0.supersedes(remark) }) else { return }
        all.removeAll { remark.supersedes($0) }
        all.append(remark)
        all.sort { $0.seq < $1.seq }
        written = all
    }
}

extension Centre {
    mutating func apply(_ remark: RemarkEvent, to id: String, _ event: Event, seq: Int64, effects: inout [Effect]) {
        let key = CallKey(source: event.source, call: id)
        guard let number = number(of: key) else {
            // The call has left memory: the remark goes to the history, where the call is.
            if let kept = remark.kept(at: event.time, seq: seq) { effects.append(.history(.remark(kept, of: key))) }
            return
        }
        var isChanged = false
        change(number) { call in
            let before = call.written
            defer { isChanged = call.written != before }
            if let by = remark.by { call.note(.acted, of: by, at: event.time) }
            if case .draft(let text) = remark.what {
                call.replaceDraft(
                    Draft(
                        seq: seq, at: event.time, by: remark.by, text: text ?? "", spent: remark.spent,
                        isWhole: remark.isWhole))
                call.settleDrafts()
            } else if let kept = remark.kept(at: event.time, seq: seq) {
                call.write(kept)
                // A note ends its author's draft.
                if case .note = kept.what { call.typing?.removeAll { $0.by == remark.by } }
                if call.typing?.isEmpty == true { call.typing = nil }
            }
        }
        if isChanged { book(number) }
        guard let call = calls[number], !call.life.isOver else {
            if isChanged { ended.append(number) }
            return
        }
        showRemarks(of: call, writtenBy: remark.by, at: event.time, effects: &effects)
    }
}

extension RemarkEvent {
    /// The remark that is stored when the call is over; nil for a discarded draft.
    fileprivate func kept(at time: Timestamp, seq: Int64) -> Remark? {
        switch what {
        case .draft(let text?):
            Draft(seq: seq, at: time, by: by, text: text, spent: spent, isWhole: isWhole).note
        case .draft(nil): nil
        case .final(let what): Remark(seq: seq, at: time, by: by, what: what, spent: spent, isWhole: isWhole)
        }
    }
}
