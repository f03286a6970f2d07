import Storage

/// The body of a request in which a mask stands for the number that it was shown for. In any other one a mask is
/// refused: it would be written over the number.
protocol ReadsMasks {}

extension NumberMask {
    /// - Throws: 400 for a text with the mask of a number.
    static func refuse(in body: some Collection<UInt8>) throws(Problem) {
        let text = String(decoding: body, as: UTF8.self)
        guard text.contains("•••• ") || text.contains(#"\u2022\u2022\u2022\u2022 "#) else { return }
        throw .bad("A text has •••• in place of a number that you are not shown; leave that text as it is.")
    }

    /// A text as it was shown to somebody who sees no whole numbers.
    ///
    /// - Parameter member: the name by which it was shown; nil for an element of a list.
    static func shown(_ text: String, as member: String?) -> String {
        let head = member.map { "\"\($0)\":\"" } ?? "\"", tail = "\""
        var mask = NumberMask()
        let bytes = mask.feed((head + text + tail).utf8) + mask.feed([UInt8](), isEnd: true)
        return String(decoding: bytes.dropFirst(head.utf8.count).dropLast(tail.utf8.count), as: UTF8.self)
    }
}

extension CustomerFields {
    /// Puts back what was sent as it was shown: texts with a mask in them that are those of `before`.
    ///
    /// - Throws: 400 for a text with a mask that is none of these.
    mutating func unmask(over before: CustomerFields) throws(Problem) {
        func whole(_ text: String, _ known: [String], _ member: String?) throws(Problem) -> String {
            guard text.contains("•••• ") else { return text }
            guard let found = known.first(where: { NumberMask.shown($0, as: member) == text }) else {
                throw .bad(
                    "\(member ?? "A list") has •••• in place of a number that you are not shown; leave it as it is.")
            }
            return found
        }
        name = try whole(name, [before.name], "name")
        for (member, path) in CustomerFields.texts {
            guard let text = self[keyPath: path] else { continue }
            self[keyPath: path] = try whole(text, [before[keyPath: path]].compactMap { $0 }, member)
        }
        for path in CustomerFields.lists {
            for (place, text) in self[keyPath: path].enumerated() {
                self[keyPath: path][place] = try whole(text, before[keyPath: path], nil)
            }
        }
        for (field, text) in custom { custom[field] = try whole(text, [before.custom[field]].compactMap { $0 }, field) }
    }

    private static let texts: [(String, WritableKeyPath<CustomerFields, String?> & Sendable)] = [
        ("kana", \.kana), ("company", \.company), ("email", \.email), ("line_id", \.lineID), ("address", \.address),
        ("owner", \.owner), ("status_reason", \.details.statusReason),
    ]
    private static let lists: [WritableKeyPath<CustomerFields, [String]> & Sendable] = [
        \.tags, \.cautions, \.doNotPair, \.details.emails, \.details.persona, \.details.preferences,
    ]
}
