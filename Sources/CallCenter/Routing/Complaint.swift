/// A complaint of a customer: a case in the records, or a call that came out so.
public struct Complaint: Equatable, Sendable, Codable {
    /// When the case was opened, or the call began.
    public var at: Timestamp
    /// The operator whom it is about; nil when it is about nobody.
    public var about: String?

    /// Copies its arguments.
    public init(at: Timestamp, about: String? = nil) {
        self.at = at
        self.about = about
    }
}

/// The newest complaint of a customer, wherever it stands.
struct FoundComplaint: Equatable {
    var at: Timestamp
    /// The disposition of the call that came out so; nil for a case.
    var disposition: String?
}

extension Policy {
    /// Whether calls that come out so are complaints. `complaint` is one in every centre.
    func isComplaint(_ code: String) -> Bool {
        code == "complaint" || dispositions.contains { $0.isComplaint && $0.code == code }
    }
}

extension Candidate {
    /// The newest complaint of the last so many days: a case that is one, or a call with such a disposition.
    ///
    /// - Parameter days: 0: none counts.
    func newestComplaint(within days: Int, by policy: Policy, at now: Timestamp) -> FoundComplaint? {
        guard days > 0 else { return nil }
        let limit = Int64(days) * 86_400_000
        var newest: FoundComplaint?
        for contact in history where contact.isContact && now - contact.at <= limit {
            guard newest.map({ $0.at < contact.at }) ?? true, let code = contact.disposition,
                policy.isComplaint(code)
            else { continue }
            newest = FoundComplaint(at: contact.at, disposition: code)
        }
        for one in complaints ?? [] where now - one.at <= limit {
            // The case of a call is opened during it or after it, and says more than its disposition. At the same
            // moment it is the call itself.
            guard newest.map({ $0.at < one.at }) ?? true else { continue }
            newest = FoundComplaint(at: one.at, disposition: nil)
        }
        return newest
    }

    /// When the customer last complained about an operator; nil when that is longer ago, or never was.
    func complained(about who: String, within days: Int, at now: Timestamp) -> Timestamp? {
        guard days > 0, let complaints else { return nil }
        let limit = Int64(days) * 86_400_000
        return complaints.lazy.filter { $0.about == who && now - $0.at <= limit }.map(\.at).max()
    }
}

extension Words {
    /// When the customer complained, and what says so. Whom it was about is not said: pops are read by everybody.
    func complained(_ found: FoundComplaint, by policy: Policy, at now: Timestamp) -> String {
        let when = ago(now - found.at)
        guard let code = found.disposition else {
            return say("\(when)に苦情（苦情の案件あり）", "Complained \(when) (a case says so)")
        }
        let name = policy.dispositions.first { $0.code == code }?.label(language) ?? code
        return say("\(when)に苦情（応対の結果「\(name)」）", "Complained \(when) (a call came out as “\(name)”)")
    }
}

extension Lookup {
    /// With the complaints that stand in the texts of contacts as facts of their own: an erase takes the texts, and
    /// what the customer's calls were warned of stays as it was in a replay.
    public func withComplaints(by policy: Policy) -> Lookup {
        var lookup = self
        for i in candidates.indices where !candidates[i].history.isEmpty {
            let known = candidates[i].complaints ?? []
            let said = candidates[i].history.lazy.filter { contact in
                contact.disposition.map(policy.isComplaint) ?? false && !known.contains { $0.at == contact.at }
            }.map { Complaint(at: $0.at) }
            guard !said.isEmpty else { continue }
            lookup.candidates[i].complaints = (known + said).sorted { $0.at > $1.at }
        }
        return lookup
    }
}
