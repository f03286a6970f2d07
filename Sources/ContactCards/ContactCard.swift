/// A card of an address book, as vCard 3.0 and 4.0 (RFC 2426, RFC 6350) have it; 2.1 is read as far as old telephones
/// and exports write it.
public struct ContactCard: Equatable, Sendable {
    /// One line of it.
    public struct Property: Equatable, Sendable {
        /// In capitals, without a group's name: `TEL`.
        public var name: String
        /// Parameters by their names in capitals; what has no name is a `TYPE`, as 2.1 writes it.
        public var parameters: [String: [String]]
        /// As it was written, unfolded and decoded, and still with its escapes.
        public var raw: String

        /// The value as one text.
        public var text: String { VCardText.unescaped(raw[...]) }
        /// The parts of a value that has several: `N`, `ORG`, `ADR`. Each may be a list.
        public var parts: [String] { VCardText.split(raw[...], at: ";").map(VCardText.unescaped) }
        /// The elements of a list: `CATEGORIES`, `NICKNAME`.
        public var elements: [String] { VCardText.split(raw[...], at: ",").map(VCardText.unescaped) }
        /// In small letters.
        public var types: [String] {
            parameters["TYPE", default: []].flatMap { $0.split(separator: ",") }.map { $0.lowercased() }
        }
        /// 1 is the one that is preferred (4.0: `PREF=1`, 3.0: `TYPE=pref`); 101 without a word on it.
        public var preference: Int {
            if let said = parameters["PREF"]?.first.flatMap(Int.init), (1...100).contains(said) { return said }
            return types.contains("pref") ? 1 : 101
        }
    }

    /// One `TEL` with a number.
    public struct Phone: Equatable, Sendable {
        /// As it is written there, without `tel:` and an extension.
        public var number: String
        /// In small letters: `work`, `cell`, `home`, `fax`.
        public var types: [String]
    }

    /// In the order of the card.
    public var properties: [Property]

    /// A card of properties that are read already.
    public init(_ properties: [Property]) { self.properties = properties }

    /// The properties of a name, those that are preferred first.
    public func all(_ name: String) -> [Property] {
        let found = properties.filter { $0.name == name }
        // Sorted by hand: the order of equal ones is that of the card.
        return found.enumerated().sorted { ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset) }
            .map(\.element)
    }

    /// The first text of a property that is not empty.
    public func text(_ name: String) -> String? {
        all(name).lazy.map(\.text).first { !$0.isEmpty }
    }

    /// What people call the contact: `FN`, else the parts of `N`, else the organisation.
    public var name: String? {
        if let text = text("FN") { return text }
        if let parts = all("N").first?.parts {
            let order = [3, 1, 2, 0, 4]
            let text = order.compactMap { parts.indices.contains($0) && !parts[$0].isEmpty ? parts[$0] : nil }
                .joined(separator: " ")
            if !text.isEmpty { return text }
        }
        return all("ORG").first?.parts.first { !$0.isEmpty }
    }

    /// Those with a number, in the order of the card.
    public var phones: [Phone] {
        all("TEL").compactMap { property in
            let number = VCardText.phone(property.text)
            return number.isEmpty ? nil : Phone(number: number, types: property.types)
        }
    }
}
