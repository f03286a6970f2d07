/// Tables: with keys of ours, and with names of the centre's.
extension Key {
    /// `[name]`, with keys of its own.
    static func table<Inner>(_ name: String, _ path: WritableKeyPath<Target, Inner> & Sendable, _ keys: [Key<Inner>])
        -> Key
    {
        Key(name: name, leaves: keys.flatMap(\.leaves).map { "\(name).\($0)" }) { node, target throws(SettingsError) in
            try node.read(into: &target[keyPath: path], keys: keys)
        }
    }

    /// `[name.ANY]`: a table for each of something the centre names.
    ///
    /// - Parameter start: what a table begins with, before its keys are read.
    static func tables<Inner>(
        _ name: String, _ path: WritableKeyPath<Target, [String: Inner]> & Sendable, _ keys: [Key<Inner>],
        isLast: Bool = false,
        start: @escaping @Sendable (Target, String) -> Inner
    ) -> Key {
        let leaves = keys.flatMap(\.leaves).map { "\(name).*.\($0)" }
        return Key(name: name, leaves: leaves, isLast: isLast) { node, target throws(SettingsError) in
            for entry in try node.entries(example: "\(Node.key(node.path)).NAME") {
                guard case .table = entry.node.value else {
                    throw entry.node.wrong("write a table: [\(Node.key(entry.node.path))]")
                }
                var inner = start(target, entry.name)
                try entry.node.read(into: &inner, keys: keys)
                target[keyPath: path][entry.name] = inner
            }
        }
    }

    /// A table of values of one kind under names of the centre's.
    static func map<Value>(
        _ name: String, _ path: WritableKeyPath<Target, [String: Value]> & Sendable,
        _ reader: @escaping @Sendable (String, Node) throws(SettingsError) -> Value
    ) -> Key {
        Key(name: name, leaves: ["\(name).*"]) { node, target throws(SettingsError) in
            for entry in try node.entries(example: Node.key(node.path)) {
                target[keyPath: path][entry.name] = try reader(entry.name, entry.node)
            }
        }
    }
}

extension Node {
    /// The entries of a table whose names are the centre's.
    func entries(example: String) throws(SettingsError) -> [Entry] {
        guard case .table(let entries) = value else { throw wrong("write a table: [\(example)]") }
        for entry in entries where !Node.isName(entry.name) {
            throw SettingsError(
                entry.node.place,
                "\(Node.key(entry.node.path)) is no name; write a name of 1 to 128 bytes without control characters")
        }
        return entries
    }
}
