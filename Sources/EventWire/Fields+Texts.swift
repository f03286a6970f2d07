extension Fields {
    /// A text as it came, "" included.
    @inline(__always)
    func text(_ attribute: Attribute) throws(WireError) -> String? {
        guard let value = value(attribute) else { return nil }
        return try text(value, of: attribute)
    }

    func text(_ value: JSONScanner.Value, of attribute: Attribute) throws(WireError) -> String {
        guard value.kind == .string else { throw invalid(attribute, "must be \(attribute.meaning)") }
        if value.hasControls { throw invalid(attribute, "has a control character in it; leave it out") }
        if value.isBroken { throw invalid(attribute, "has half a surrogate pair in it; leave it out") }
        let result = text.text(value)
        if result.utf8.count > attribute.bytesMax {
            throw invalid(attribute, "is longer than \(attribute.bytesMax) bytes; shorten it")
        }
        return result
    }

    /// A text that may be left out. What a dialplan has no value for it sends as "", so that is the same as nothing.
    @inline(__always)
    func optional(_ attribute: Attribute) throws(WireError) -> String? {
        guard let result = try text(attribute), !result.isEmpty else { return nil }
        return result
    }

    /// A text that a caller or an outsider typed: it never causes a refusal. Control characters become spaces, half of
    /// a surrogate pair becomes U+FFFD, and a text that is too long is cut.
    @inline(__always)
    func typed(_ attribute: Attribute) throws(WireError) -> String? {
        guard let value = value(attribute) else { return nil }
        guard value.kind == .string else { throw invalid(attribute, "must be \(attribute.meaning)") }
        var result = text.text(value)
        if value.hasControls { result = result.withoutControls }
        if value.count > attribute.bytesMax { result = result.cut(toBytes: attribute.bytesMax) }
        return result.isEmpty ? nil : result
    }

    @inline(__always)
    func required(_ attribute: Attribute) throws(WireError) -> String {
        guard let result = try nonempty(attribute) else { throw missing(attribute) }
        return result
    }

    /// An optional text that is an id: it must not be empty, as all events with the id "" would be the same one.
    @inline(__always)
    func nonempty(_ attribute: Attribute) throws(WireError) -> String? {
        guard let result = try text(attribute) else { return nil }
        if result.isEmpty { throw invalid(attribute, "is empty; it must be \(attribute.meaning)") }
        return result
    }

    /// A text of several lines that may be left out.
    func prose(_ attribute: Attribute) throws(WireError) -> String? {
        guard let value = value(attribute) else { return nil }
        guard value.kind == .string else { throw invalid(attribute, "must be \(attribute.meaning)") }
        if value.isBroken { throw invalid(attribute, "has half a surrogate pair in it; leave it out") }
        let result = text.text(value)
        if result.utf8.contains(where: { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F }) {
            throw invalid(attribute, "has a control character in it that is no line end; leave it out")
        }
        if result.utf8.count > attribute.bytesMax {
            throw invalid(attribute, "is longer than \(attribute.bytesMax) bytes; shorten it")
        }
        return result.isEmpty ? nil : result
    }

    /// One of a closed set of words.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ attribute: Attribute) throws(WireError) -> Word? {
        guard let value = value(attribute) else { return nil }
        if value.kind == .string, value.count <= WireLimits.stringBytesMax, let word = Word(rawValue: text.text(value))
        {
            return word
        }
        throw invalid(attribute, "must be \(Fields.words(Word.self))")
    }

    /// `one of caller, operator, system`.
    static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> String {
        "one of " + Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The event's type.
    func type(allowInternal: Bool) throws(WireError) -> EventType {
        guard let value = value(.type) else { throw missing(.type) }
        if value.kind == .string, !value.isEscaped, let type = EventType.named(by: text, Int(value.start), value.count)
        {
            if allowInternal || !type.isInternal { return type }
        }
        guard let name = try nonempty(.type), let type = EventType(rawValue: name), allowInternal || !type.isInternal
        else {
            throw WireError(
                .unknownType, field: path(.type),
                message: "type is none that version 1 of the protocol knows; check its spelling.")
        }
        return type
    }
}
