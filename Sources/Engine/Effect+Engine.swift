import CallCenter

extension Effect {
    /// Whether it must be shown at once: a ringing or answered phone, or a screen that shows something outdated.
    var isUrgent: Bool {
        switch self {
        case .pop(let pop, _): pop.phase != .offered
        case .popWithdrawn: true
        case .alert, .operatorChanged, .history: false
        }
    }
}

extension [Effect] {
    /// The entries for the history among the effects.
    var historyEntries: [HistoryEntry] { compactMap { if case .history(let entry) = $0 { entry } else { nil } } }
}
