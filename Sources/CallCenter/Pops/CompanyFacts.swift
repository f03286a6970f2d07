/// What the company of a person has: it counts for the person where the person has none of its own. A part of the
/// look-up, and so of the log.
public struct CompanyFacts: Equatable, Sendable, Codable {
    /// The company's record.
    public var id: Int64
    /// The company's name, as the records have it.
    public var name: String
    /// nil for a company that bought nothing, and agreed to nothing.
    public var dealings: Dealings?
    /// What is open, what is due first at the head.
    public var cases: [OpenCase]

    /// Copies its arguments.
    public init(id: Int64, name: String, dealings: Dealings? = nil, cases: [OpenCase] = []) {
        self.id = id
        self.name = name
        self.dealings = dealings
        self.cases = cases
    }

    /// Whether it adds nothing to what is known of the person.
    public var isEmpty: Bool { dealings == nil && cases.isEmpty }
}

extension Candidate {
    /// What is open: the person's own, and behind it what is open with the person's company.
    public var openCases: [OpenCase] { cases + (company?.cases ?? []) }
}

extension Lookup {
    /// Without what companies have. The history of calls keeps it so: an erased company is in no person's calls.
    public var withoutCompanies: Lookup {
        guard candidates.contains(where: { $0.company != nil }) else { return self }
        var lookup = self
        for i in lookup.candidates.indices { lookup.candidates[i].company = nil }
        return lookup
    }
}
