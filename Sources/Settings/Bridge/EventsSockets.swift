/// Where a bridge finds screenpopd: one socket, or those of several nodes of a cluster in the order of the list.
extension Key {
    /// A path, or a list of paths, of Unix sockets.
    static func socketPaths(_ name: String, _ path: WritableKeyPath<Target, [String]> & Sendable) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            guard case .list = node.value else {
                target[keyPath: path] = [try node.socketPath(try node.text())]
                return
            }
            let paths = try node.list { element throws(SettingsError) in try element.socketPath(try element.text()) }
            guard !paths.isEmpty else {
                throw node.wrong(#"write at least one path, such as "/run/screenpop/events.sock""#)
            }
            target[keyPath: path] = paths
        }
    }
}

extension Node {
    /// A key of the first level with a list of texts, as from a flag that was given several times.
    init(texts: [String], of key: String, place: SettingsError.Place) {
        let nodes = texts.map { Node(value: .text($0), path: [key], place: place) }
        let node = Node(value: .list(nodes), path: [key], place: place)
        self.init(value: .table([Entry(name: key, node: node)]), path: [], place: place)
    }
}
