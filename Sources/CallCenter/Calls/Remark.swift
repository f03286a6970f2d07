/// What a person wrote of a call, while it lasted or after it.
public struct Remark: Equatable, Sendable, Codable {
    public enum What: Equatable, Sendable, Codable {
        case note(String)
        /// How the call came out, in a word of the centre's own.
        case disposition(String)
    }
    /// The place in the log of the event that told it: its own for good.
    public let seq: Int64
    public let at: Timestamp
    /// The operator who wrote it; nil when it was somebody else.
    public let by: String?
    public let what: What
    /// How long it was written on, where the desk measured it. Milliseconds.
    public let spent: Int64?
    /// A draft that became a note by itself: its author has not finished it.
    public let isUnfinished: Bool
    /// It is all that its author has typed of the call: it replaces what is unfinished of the same author, whatever
    /// that says.
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

    /// Whether it takes the place of an unfinished note. Without `isWhole` only if it has all of that text, so that
    /// none is lost.
    func supersedes(_ other: Remark) -> Bool {
        guard other.isUnfinished, other.by == by, seq > other.seq else { return false }
        guard case .note(let text) = what, case .note(let old) = other.what else { return false }
        return isWhole || text.contains(old)
    }
}

/// What the desk tells of what is written of a call.
public struct RemarkEvent: Equatable, Sendable {
    public enum What: Equatable, Sendable {
        /// As far as it is typed; nil when it was thrown away.
        case draft(String?)
        case final(Remark.What)
    }
    public var by: String?
    public var what: What
    /// How long it was written on. Milliseconds.
    public var spent: Int64?
    /// The text is all that its author has typed of the call.
    public var isWhole: Bool

    public init(by: String?, what: What, spent: Int64? = nil, isWhole: Bool = false) {
        self.by = by
        self.what = what
        self.spent = spent
        self.isWhole = isWhole
    }
}

/// A text that somebody wrote of a call, as it is shown.
public struct Writing: Equatable, Sendable, Codable {
    public enum State: String, Equatable, Sendable, Codable {
        /// It is being typed.
        case draft
        /// It became a note by itself.
        case unfinished
        case finished
    }
    /// The place in the log of the event that told it.
    public let seq: Int64
    public let at: Timestamp
    /// The operator who wrote it; nil when it was somebody else.
    public let by: String?
    public let text: String
    /// How long it was written on, where the desk measured it. Milliseconds.
    public let spent: Int64?
    public let state: State
}

extension Call {
    /// In the order of their places in the log.
    public var remarks: [Remark] { written ?? [] }
    public var notes: [String] { remarks.compactMap { if case .note(let text) = $0.what { text } else { nil } } }
    /// The newest: of those that the log had in another order, the one that was given last.
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

    /// Its notes and what is being typed, in the order of their places in the log.
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

    /// What was noted so far, half-typed words included: what the next operator of the call reads.
    var noted: String? {
        let parts = notes + drafts.map(\.text)
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
    /// One line of the customer's history.
    var summary: String { ((disposition.map { [$0] } ?? []) + notes).joined(separator: " · ") }

    /// Adds what was written; the same again changes nothing, and an unfinished note that was replaced meanwhile does
    /// not come back.
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
        guard let number = index[key] else {
            // A call that left memory long ago: it is in the history, and so is what is written of it.
            if let kept = remark.kept(at: event.time, seq: seq) { effects.append(.history(.remark(kept, of: key))) }
            return
        }
        var isChanged = false
        change(number) { call in
            let before = call.written
            defer { isChanged = call.written != before }
            if let by = remark.by { call.note(.acted, of: by, at: event.time) }
            if case .draft(let text) = remark.what {
                call.take(
                    Draft(
                        seq: seq, at: event.time, by: remark.by, text: text ?? "", spent: remark.spent,
                        isWhole: remark.isWhole))
                call.settleDrafts()
            } else if let kept = remark.kept(at: event.time, seq: seq) {
                call.write(kept)
                // A note ends what its author was typing.
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
    /// What stays of it once the call is over; nil for a draft that was thrown away.
    fileprivate func kept(at time: Timestamp, seq: Int64) -> Remark? {
        switch what {
        case .draft(let text?):
            Draft(seq: seq, at: time, by: by, text: text, spent: spent, isWhole: isWhole).note
        case .draft(nil): nil
        case .final(let what): Remark(seq: seq, at: time, by: by, what: what, spent: spent, isWhole: isWhole)
        }
    }
}
