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

    package init(seq: Int64, at: Timestamp, by: String?, what: What, spent: Int64? = nil) {
        self.seq = seq
        self.at = at
        self.by = by
        self.what = what
        self.spent = spent
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

    public init(by: String?, what: What, spent: Int64? = nil) {
        self.by = by
        self.what = what
        self.spent = spent
    }
}

extension Call {
    /// In the order of their places in the log.
    public var remarks: [Remark] { written ?? [] }
    public var notes: [String] { remarks.compactMap { if case .note(let text) = $0.what { text } else { nil } } }
    /// The newest: of those that the log had in another order, the one that was given last.
    public var disposition: String? {
        var newest: (at: Timestamp, code: String)?
        for remark in written ?? [] {
            guard case .disposition(let code) = remark.what, newest.map({ $0.at <= remark.at }) ?? true else { continue }
            newest = (remark.at, code)
        }
        return newest?.code
    }
    /// What was noted so far, half-typed words included: what the next operator of the call reads.
    var noted: String? {
        let parts = notes + (noteDraft.map { [$0] } ?? [])
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
    /// One line of the customer's history.
    var summary: String { ((disposition.map { [$0] } ?? []) + notes).joined(separator: " · ") }

    /// Adds what was written; the same again changes nothing.
    package mutating func write(_ remark: Remark) {
        var all = remarks
        guard !all.contains(where: { $0.seq == remark.seq }) else { return }
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
            if case .final(let what) = remark.what {
                effects.append(.history(.remark(Remark(seq: seq, at: event.time, by: remark.by, what: what, spent: remark.spent), of: key)))
            }
            return
        }
        change(number) { call in
            if let by = remark.by { call.note(.acted, of: by, at: event.time) }
            switch remark.what {
            case .draft(let text): call.noteDraft = text
            case .final(let what):
                call.write(Remark(seq: seq, at: event.time, by: remark.by, what: what, spent: remark.spent))
                if case .note = what { call.noteDraft = nil }
            }
        }
        if case .final = remark.what { book(number) }
        guard let call = calls[number], !call.life.isOver else {
            if case .final = remark.what { ended.append(number) }
            return
        }
        showRemarks(of: call, writtenBy: remark.by, at: event.time, effects: &effects)
    }
}
