import Engine
import Storage

extension WorkConcerned {
    /// Whose work a change of a case concerns: whoever owned or claimed it, or was offered it, before and after. What
    /// nobody owns is counted on every desk, and anybody may pick it next.
    init(_ before: CustomerCase?, _ after: CustomerCase) {
        let both = [before, after].compactMap { $0 }
        if both.contains(where: { $0.closedAt == nil && $0.owner == nil }) {
            self = .everybody
            return
        }
        self = .operators(
            both.reduce(into: []) { all, one in
                let handover = one.details.handover
                all.formUnion([one.owner, one.claim?.by, handover?.to, handover?.from].compactMap { $0 })
            })
    }

    /// Whose work a change of a saved list, or of an entry in it, concerns. A list that is there for all, and one that
    /// nobody is assigned to, are everybody's.
    init(_ lists: [ListSource]) {
        var assigned: Set<String> = []
        for list in lists {
            guard case .saved(let saved) = list, !saved.content.assigned.isEmpty else {
                self = .everybody
                return
            }
            assigned.formUnion(saved.content.assigned)
        }
        self = .operators(assigned)
    }
}
