/// The live state without a customer's data, as a replay of the replaced log makes it.
extension Centre {
    /// Erases a customer. Figures stay as they are.
    ///
    /// - Returns: the calls in memory that are the customer's.
    public mutating func erase(_ erasure: Erasure) -> [ErasedCall] {
        var erasure = erasure, found: [ErasedCall] = []
        for number in calls.numbers.sorted() {
            guard let call = calls[number], erasure.isTheirs(call) else { continue }
            found.append(ErasedCall(call))
        }
        erasure.add(found)
        for number in calls.numbers { change(number) { $0.erase(erasure) } }
        callers.rename(erasure.numbers)
        changes += 1
        return found
    }
}

extension Call {
    /// The call without a customer's data. Nothing that is counted changes.
    ///
    /// - Parameter erasure: with the calls that are the customer's.
    public mutating func erase(_ erasure: Erasure) {
        let isTheirs = erasure.calls.contains(number)
        if let from = offered?.from, let found = erasure.pseudonym(from, (byNumber ?? lookup)?.caller) {
            offered?.from = found
            offered?.name = nil
        }
        if let to = dialed?.to, let found = erasure.pseudonym(to, (byNumber ?? lookup)?.caller) { dialed?.to = found }
        if isTheirs { offered?.name = nil }
        lookup = lookup.map(erasure.applied(to:))
        byNumber = byNumber.map(erasure.applied(to:))
        let asked = given
        if let made = decision, asked.last(where: { $0.decision == made })?.answer.customer?.id == erasure.customer {
            decision?.eraseName()
        }
        replaceGiven { one in
            guard one.answer.customer?.id == erasure.customer else { return }
            one.answer.customer?.name = Erasure.text
            one.decision?.eraseName()
        }
        replaceSteps { step in
            guard case .transferred(.number(let to), let kind) = step, let found = erasure.pseudonym(to) else { return }
            step = .transferred(.number(found), kind)
        }
        if isTheirs { eraseTexts() }
        outsideAnswers = outsideAnswers?.map { erasure.isAbout($0) || isTheirs ? $0.erased : $0 }
    }

    private mutating func eraseTexts() {
        typing = typing?.map {
            Draft(seq: $0.seq, at: $0.at, by: $0.by, text: Erasure.text, spent: $0.spent, isWhole: $0.isWhole)
        }
        guard let before = written else { return }
        let blanked = before.map { one in
            guard case .note = one.what else { return one }
            return Remark(
                seq: one.seq, at: one.at, by: one.by, what: .note(Erasure.text), spent: one.spent,
                isUnfinished: one.isUnfinished, isWhole: one.isWhole)
        }
        // A replay has one text in place of all, and one of them contains the other.
        let drafts = (typing ?? []).map(\.note)
        written = blanked.filter { one in !(blanked + drafts).contains { $0.supersedes(one) } }
        if written?.isEmpty == true { written = nil }
    }
}

extension Decision {
    /// The name of the customer who was found.
    fileprivate mutating func eraseName() {
        for i in steps.indices {
            guard case .found(_, let tier, let candidates) = steps[i].finding else { continue }
            steps[i].finding = .found(Erasure.text, tier: tier, candidates: candidates)
        }
    }
}

extension CallerMemory {
    /// Replaces numbers by what stands in their place.
    mutating func rename(_ numbers: [String: String]) {
        for (number, pseudonym) in numbers {
            guard let old = CallerMemory.key(number), let new = CallerMemory.key(pseudonym) else { continue }
            move(old, to: new)
        }
    }
}
