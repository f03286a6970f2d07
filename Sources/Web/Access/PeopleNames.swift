import CallCenter
import Engine
import EventWire
import Storage

/// What operators are called: as the PBX's login says, or else as their account does.
struct PeopleNames: Sendable {
    let engine: Engine
    let accounts: AccountStore

    /// The names of those who have one.
    func of(_ ids: some Sequence<String?>) async -> [String: String] {
        let wanted = Set(ids.compactMap { $0 })
        if wanted.isEmpty { return [:] }
        var names = await engine.ask { centre, _ in centre.operators.compactMapValues(\.name) } ?? [:]
        names = names.filter { wanted.contains($0.key) }
        for id in wanted where names[id] == nil { names[id] = accounts.account(id)?.name }
        return names
    }
}

extension Dictionary<String, String> {
    /// Writes names by id, in the order of the ids.
    func writeNames(into out: inout ByteBuilder) {
        out.object { out in
            for (id, name) in sorted(by: { $0.key < $1.key }) {
                out.key(text: id)
                out.value(name)
            }
        }
    }
}
