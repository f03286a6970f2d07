import TOMLKit

/// A TOML document as nodes that know their lines. The only place that knows the TOML library.
enum TOMLDocument {
    /// - Returns: the root table.
    static func parse(_ file: ConfigFile) throws(SettingsError) -> Node {
        let lines = try KeyLines(file.text, path: file.path)
        let table: TOMLTable
        do { table = try TOMLTable(string: file.text) } catch { throw syntaxError(error, in: file) }
        return Reader(file: file.path, lines: lines.lines).node(table, [], line: [])
    }

    private static func syntaxError(_ error: any Error, in file: ConfigFile) -> SettingsError {
        guard let error = error as? TOMLParseError else {
            return SettingsError(
                .file(path: file.path, line: nil), "this is not TOML; compare it with config/screenpopd.toml")
        }
        return SyntaxAdvice.error(
            in: file.text, path: file.path, line: max(1, error.source.begin.line), complaint: error.description)
    }

    private struct Reader {
        let file: String
        let lines: [[String]: Int]

        /// - Parameter line: by what its line is known; for a table in a list that is more than its path.
        func node(_ table: TOMLTable, _ path: [String], line here: [String]) -> Node {
            let entries = table.keys.compactMap { name -> Node.Entry? in
                guard let value = table[name] else { return nil }
                return Node.Entry(name: name, node: node(value, path + [name], line: here + [name]))
            }
            return Node(value: .table(entries.sorted { line($0) < line($1) }), path: path, place: place(here))
        }

        /// - Parameter line: by what its line is known; for an element of a list that is more than its path.
        private func node(_ value: any TOMLValueConvertible, _ path: [String], line: [String]) -> Node {
            func node(_ value: Node.Value) -> Node { Node(value: value, path: path, place: place(line)) }
            switch value.type {
            case .table: return value.table.map { self.node($0, path, line: line) } ?? node(.table([]))
            case .array:
                var elements: [Node] = []
                for (index, element) in (value.array ?? []).enumerated() {
                    elements.append(self.node(element, path, line: line + [String(index)]))
                }
                return node(.list(elements))
            case .string: return node(.text(value.string ?? ""))
            case .int: return node(.integer(value.int ?? 0))
            case .double: return node(.decimal(value.double ?? 0))
            case .bool: return node(.boolean(value.bool ?? false))
            case .date, .time, .dateTime: return node(.moment)
            }
        }

        private func place(_ key: [String]) -> SettingsError.Place {
            // Something the scan did not understand stands at least behind what is around it.
            var key = key
            while !key.isEmpty {
                if let line = lines[key] { return .file(path: file, line: line) }
                key.removeLast()
            }
            return .file(path: file, line: nil)
        }

        private func line(_ entry: Node.Entry) -> Int {
            if case .file(_, let line?) = entry.node.place { line } else { 0 }
        }
    }
}
