/// The kinds of values. Each says what to write when it gets something else.
extension Key {
    /// `"20s"`; kept in milliseconds.
    static func duration(
        _ name: String, _ path: WritableKeyPath<Target, Int64> & Sendable, _ range: ClosedRange<Int64>
    ) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            target[keyPath: path] = try node.duration(range)
        }
    }

    /// `"180d"`; kept in days.
    static func days(_ name: String, _ path: WritableKeyPath<Target, Int> & Sendable, _ range: ClosedRange<Int>) -> Key
    {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            guard case .text(let text) = node.value, let ms = DurationText.milliseconds(text),
                ms % DurationText.day == 0,
                range.contains(Int(ms / DurationText.day))
            else { throw node.wrong(#"write whole days from "\#(range.lowerBound)d" to "\#(range.upperBound)d""#) }
            target[keyPath: path] = Int(ms / DurationText.day)
        }
    }

    static func number(_ name: String, _ path: WritableKeyPath<Target, Int> & Sendable, _ range: ClosedRange<Int>)
        -> Key
    {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            guard case .integer(let number) = node.value, range.contains(number) else {
                throw node.wrong("write a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            target[keyPath: path] = number
        }
    }

    static func yesNo(_ name: String, _ path: WritableKeyPath<Target, Bool> & Sendable) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            guard case .boolean(let yes) = node.value else { throw node.wrong("write true or false") }
            target[keyPath: path] = yes
        }
    }

    /// One of the words of an enumeration.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Target, Choice> & Sendable
    ) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            target[keyPath: path] = try node.choice()
        }
    }

    /// Several of the words of an enumeration.
    static func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Target, Set<Choice>> & Sendable
    ) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            target[keyPath: path] = Set(
                try node.list { element throws(SettingsError) -> Choice in try element.choice() })
        }
    }

    /// A text that a reader of its own turns into what is kept; the reader throws what `Node.wrong` makes.
    static func text<Value>(
        _ name: String, _ path: WritableKeyPath<Target, Value> & Sendable,
        _ reader: @escaping @Sendable (String, Node) throws(SettingsError) -> Value
    ) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            target[keyPath: path] = try reader(try node.text(), node)
        }
    }

    /// Names of operators, users and the like.
    static func names(_ name: String, _ path: WritableKeyPath<Target, [String]> & Sendable, least: Int = 0) -> Key {
        Key(name: name, leaves: [name]) { node, target throws(SettingsError) in
            let names = try node.list { element throws(SettingsError) in try element.name() }
            guard names.count >= least else { throw node.wrong(#"write at least one, such as ["101"]"#) }
            target[keyPath: path] = names
        }
    }
}

extension Node {
    func text() throws(SettingsError) -> String {
        switch value {
        case .text(let text): return text
        case .integer(let number): throw wrong("write a text in quotes: \"\(number)\"")
        default: throw wrong("write a text in quotes")
        }
    }

    /// What the protocol takes as an id: 1 to 128 bytes without control characters.
    func name() throws(SettingsError) -> String {
        let text = try text()
        guard Node.isName(text) else { throw wrong("write a name of 1 to 128 bytes without control characters") }
        return text
    }

    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    func duration(_ range: ClosedRange<Int64>) throws(SettingsError) -> Int64 {
        guard case .text(let text) = value, let ms = DurationText.milliseconds(text) else {
            throw wrong(#"write a duration such as "20s", "5m" or "1h""#)
        }
        guard range.contains(ms) else {
            throw wrong(
                #"write a duration from "\#(DurationText.text(range.lowerBound))" to "#
                    + #""\#(DurationText.text(range.upperBound))""#
            )
        }
        return ms
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>() throws(SettingsError) -> Choice {
        if case .text(let text) = value, let choice = Choice(rawValue: text) { return choice }
        throw wrong("write one of \(Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")
    }

    /// A list in which nothing stands twice.
    func list<Element: Hashable>(
        _ read: (Node) throws(SettingsError) -> Element
    ) throws(SettingsError) -> [Element] {
        guard case .list(let nodes) = value else { throw wrong(#"write a list in brackets, such as ["101", "102"]"#) }
        var elements: [Element] = []
        var seen: Set<Element> = []
        for node in nodes {
            let element = try read(node)
            guard seen.insert(element).inserted else {
                throw SettingsError(
                    node.place, "\(node.subject) has \(Shown.quoted((try? node.text()) ?? "")) twice; leave only one")
            }
            elements.append(element)
        }
        return elements
    }
}
