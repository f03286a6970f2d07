/// One key of the configuration: its name, and how its value gets into a `Target`.
struct Key<Target>: Sendable {
    let name: String
    /// The keys that hold a value: `["region"]`, or `["pop.url", "pop.language"]` for a table. `*` stands for any name.
    let leaves: [String]
    /// Depends on other keys, and is read after them.
    var isLast = false
    let read: @Sendable (Node, inout Target) throws(SettingsError) -> Void
}

extension Node {
    /// Reads a table by its keys.
    ///
    /// - Throws: `SettingsError` for the first value that is wrong in the order of the file, and for a name that no key
    ///   has.
    func read<Target>(into target: inout Target, keys: [Key<Target>]) throws(SettingsError) {
        guard case .table(let entries) = value else { throw wrong("write a table: [\(Node.key(path))]") }
        var last: [(Key<Target>, Node)] = []
        for entry in entries {
            guard let key = keys.first(where: { $0.name == entry.name }) else {
                throw unknown(entry, among: keys.map(\.name))
            }
            if key.isLast { last.append((key, entry.node)) } else { try key.read(entry.node, &target) }
        }
        for (key, node) in last { try key.read(node, &target) }
    }

    private func unknown(_ entry: Entry, among names: [String]) -> SettingsError {
        let advice: String
        if let near = Suggestion.nearest(to: entry.name, in: names) {
            advice = "did you mean \(Shown.quoted(near))?"
        } else if path.isEmpty == false, Settings.keys.contains(where: { $0.name == entry.name }) {
            advice = "write it above the first [table] of the file"
        } else if let elsewhere = Settings.keys.flatMap(\.leaves).first(where: { $0.hasSuffix("." + entry.name) }) {
            advice = "did you mean \(Shown.quoted(elsewhere))?"
        } else {
            advice = "known here: \(names.joined(separator: ", "))"
        }
        return SettingsError(entry.node.place, "unknown key \(Shown.quoted(Node.key(entry.node.path))); \(advice)")
    }
}
