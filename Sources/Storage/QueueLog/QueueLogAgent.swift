import CallCenter

/// An agent of a queue log: in which queues, and whether paused.
struct QueueLogAgent: Equatable {
    /// The operator.
    var id: String
    var queues: Set<String> = []
    /// Of them, those it is paused in.
    var paused: Set<String> = []
    var isPausedInAll = false

    init(id: String) { self.id = id }

    /// A member who is not paused in every queue still gets calls, and counts as available: as the bridge has it.
    var isPaused: Bool { isPausedInAll || !queues.isEmpty && paused.isSuperset(of: queues) }

    /// `101` of `PJSIP/101`, `Local/101@agents/n` and `Agent/101`, as the bridge names operators; the whole text of a
    /// name.
    static func operatorID(_ agent: String) -> String {
        guard let end = agent.firstIndex(where: { $0 == "/" || $0 == ":" }) else { return agent }
        let rest = agent[agent.index(after: end)...].prefix { $0 != "@" && $0 != "/" }
        guard agent.hasPrefix("Local/") else { return String(rest) }
        // FreePBX dials its own extensions as FMPR-101, LC-101 and the like.
        let plain = rest.hasSuffix("#") ? rest.dropLast() : rest
        guard let hyphen = plain.lastIndex(of: "-"), plain[..<hyphen].first?.isLetter == true else {
            return String(plain)
        }
        let last = plain[plain.index(after: hyphen)...]
        return !last.isEmpty && last.allSatisfy(\.isNumber) ? String(last) : String(plain)
    }
}
