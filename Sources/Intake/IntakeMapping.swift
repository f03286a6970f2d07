/// How the requests of one sender become events and contacts.
public struct IntakeMapping: Equatable, Sendable {
    /// One way of reading a request.
    public struct Rule: Equatable, Sendable {
        /// What a request becomes: an event of the protocol, or a contact in a customer's history.
        public enum Kind: String, Equatable, Sendable { case event, contact }

        /// Which requests it is for: each path has one of these texts. `*` stands for any text.
        public var when: [Condition]
        /// What the fields make.
        public var kind: Kind
        /// In the order of the file.
        public var fields: [Filled]

        /// What a request has to have at one path.
        public struct Condition: Equatable, Sendable {
            /// Names with dots between: `message.type`.
            public var path: String
            /// The request's text is one of them; `*` is any text.
            public var texts: [String]

            /// Copies its values.
            public init(path: String, texts: [String]) {
                self.path = path
                self.texts = texts
            }
        }

        /// A field and how it is filled.
        public struct Filled: Equatable, Sendable {
            /// Of an event of the protocol, or of a contact.
            public var name: String
            /// What the field's text is made of.
            public var template: IntakeTemplate
        }

        /// - Throws: what is wrong with a field, and what to write.
        public init(
            when: [Condition], kind: Kind, fields: [(name: String, text: String)]
        ) throws(IntakeTemplate.Wrong) {
            self.when = when
            self.kind = kind
            var filled: [Filled] = []
            for field in fields {
                filled.append(Filled(name: field.name, template: try IntakeTemplate(field.text)))
            }
            self.fields = filled
            try check()
        }

        private func check() throws(IntakeTemplate.Wrong) {
            let known: IntakeFields.Known, what: String
            switch kind {
            case .contact:
                known = IntakeFields.contact
                what = "a contact"
            case .event:
                guard let type = fields.first(where: { $0.name == "type" })?.template, type.isFixed else {
                    throw .init(description: "an event has a type without fields in it, such as \"call.offered\"")
                }
                guard let one = IntakeFields.events[type.text] else {
                    let all = IntakeFields.events.keys.sorted().joined(separator: ", ")
                    throw .init(description: "there is no event \"\(type.text)\"; there are \(all)")
                }
                known = .init(needed: IntakeFields.ofEvery.prefix(1) + one.needed, other: ["id", "time"] + one.other)
                what = type.text
            }
            for field in fields where !known.all.contains(field.name) {
                throw .init(
                    description: "\(what) has no \"\(field.name)\"; it has \(known.all.joined(separator: ", "))")
            }
            for name in known.needed where !fields.contains(where: { $0.name == name }) {
                throw .init(description: "\(what) lacks \"\(name)\"; write which field of the request that is")
            }
        }

        fileprivate var needed: [String] {
            if kind == .contact { return IntakeFields.contact.needed }
            let type = fields.first { $0.name == "type" }?.template.text ?? ""
            return IntakeFields.events[type]?.needed ?? []
        }

        fileprivate func isFor(_ value: IntakeValue) -> Bool {
            when.allSatisfy { condition in
                let path = condition.path.split(separator: ".").map(String.init)
                guard let text = value.at(path)?.plain else { return false }
                return condition.texts.contains { $0 == "*" || $0 == text }
            }
        }
    }

    /// The list in a request with an event or a contact in each element; empty: the request is one.
    public var each: [String] = []
    /// All that are for a request are applied, in this order.
    public var rules: [Rule] = []

    /// A mapping without rules: every request is passed over.
    public init() {}

    /// What a request, or an element of it, becomes.
    public enum Result: Equatable, Sendable {
        /// The fields of an event; they are not checked as one yet.
        case event([Named])
        /// The fields of a contact; they are not checked as one yet.
        case contact([Named])
        /// A rule is for it, and something is missing; in a sentence.
        case failed(String)
        /// No rule is for it.
        case passedOver

        /// A field with its text; what the request does not have is left out.
        public struct Named: Equatable, Sendable {
            /// Of the protocol's or the contact's.
            public var name: String
            /// Its template, filled with the request's texts.
            public var text: String
        }
    }

    /// Maps a request.
    ///
    /// - Returns: at least one result, but none for an empty list.
    public func results(
        of request: IntakeRequest, zone: IntakeZone
    ) throws(IntakeRequest.Unreadable) -> [Result] {
        let whole = try request.fields()
        guard !each.isEmpty else { return results(whole, zone) }
        guard let list = whole.at(each) else {
            throw .init(description: "the request has no \(each.joined(separator: ".")); it has \(has(whole))")
        }
        guard case .list(let elements) = list else { return results(IntakeMapping.within(whole, list), zone) }
        guard elements.count <= IntakeLimits.elementsMax else {
            throw .init(description: "the list has more than \(IntakeLimits.elementsMax) elements; send several")
        }
        return elements.flatMap { results(IntakeMapping.within(whole, $0), zone) }
    }

    /// An element with the request's own fields beside it, where it has no such.
    private static func within(_ whole: IntakeValue, _ element: IntakeValue) -> IntakeValue {
        guard case .object(let outer) = whole, case .object(let inner) = element else { return element }
        return .object(outer.merging(inner) { _, inner in inner })
    }

    private func results(_ value: IntakeValue, _ zone: IntakeZone) -> [Result] {
        let found = rules.filter { $0.isFor(value) }.map { rule -> Result in
            var fields: [Result.Named] = []
            for field in rule.fields {
                guard let text = field.template.filled(value, zone) else { continue }
                fields.append(.init(name: field.name, text: text))
            }
            for name in rule.needed where !fields.contains(where: { $0.name == name }) {
                let template = rule.fields.first { $0.name == name }?.template.text ?? ""
                return .failed("\(name) is \"\(template)\", which the request does not have; it has \(has(value))")
            }
            return rule.kind == .event ? .event(fields) : .contact(fields)
        }
        return found.isEmpty ? [.passedOver] : found
    }

    private func has(_ value: IntakeValue) -> String {
        var names: [String] = []
        if case .object(let members) = value {
            IntakeValue.object(members.filter { $0.key != "header" }).paths(into: &names)
        }
        return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
}
