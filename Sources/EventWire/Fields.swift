/// The known attributes of one JSON object: where their values are, and how to decode them.
///
/// Values are decoded when they are read. Attributes that an event's type does not use are only checked to be JSON.
struct Fields: ~Copyable {
    let text: JSONScanner
    /// Where a value of each attribute may be kept; what `present` does not name is not initialised.
    private let values: UnsafeMutablePointer<JSONScanner.Value>
    private var present: UInt64 = 0
    /// An attribute that occurs twice: which value is meant is not known.
    private(set) var repeated: Attribute?
    /// Where the unknown names are: none in almost every event.
    private var strangers: [JSONScanner.Value] = []
    /// The list this object is an element of.
    let list: (of: Attribute, index: Int)?

    /// Reads one object, which must come next, and stops behind it. `depth` objects and arrays are open around it;
    /// `room` has place for `Attribute.count` values and outlives the fields.
    init(
        _ scanner: inout JSONScanner, depth: Int, room: UnsafeMutablePointer<JSONScanner.Value>,
        in list: (of: Attribute, index: Int)? = nil
    ) throws(JSONScanner.Malformed) {
        values = room
        text = scanner
        self.list = list
        try scanner.step(over: UInt8(ascii: "{"), "it does not begin with {")
        scanner.skipSpace()
        if scanner.here == UInt8(ascii: "}") {
            scanner.at &+= 1
            return
        }
        while true {
            let name = try scanner.string()
            scanner.skipSpace()
            try scanner.step(over: UInt8(ascii: ":"), "a colon is expected")
            let value = try scanner.value(depth: depth + 1)
            let attribute = Fields.attribute(name, text)
            if scanner.brokenAt != 0 {
                // Half of a surrogate pair is only accepted in texts that outsiders type.
                guard !name.isBroken, let attribute, attribute.mayBeBroken else {
                    throw JSONScanner.Malformed(what: "\\u escapes half of a surrogate pair", at: scanner.brokenAt)
                }
                scanner.brokenAt = 0
            }
            if let attribute {
                store(value, attribute)
            } else if strangers.count < WireLimits.ignoredMax, !Fields.isOfCloudEvents(name, text) {
                strangers.append(name)
            }
            scanner.skipSpace()
            if scanner.here == UInt8(ascii: ",") {
                scanner.at &+= 1
                scanner.skipSpace()
            } else {
                try scanner.step(over: UInt8(ascii: "}"), "a comma or } is expected")
                return
            }
        }
    }

    @inline(__always)
    private static func attribute(_ name: JSONScanner.Value, _ text: JSONScanner) -> Attribute? {
        if !name.isEscaped { return Attribute.named(by: text, Int(name.start), name.count) }
        var plain = text.text(name)
        return plain.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return nil }
            return Attribute.named(by: JSONScanner(UnsafeRawPointer(base), from: 0, to: bytes.count), 0, bytes.count)
        }
    }

    @inline(__always)
    private mutating func store(_ value: JSONScanner.Value, _ attribute: Attribute) {
        let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: attribute.rawValue)
        if present & bit != 0, repeated == nil { repeated = attribute }
        present |= bit
        (values + attribute.rawValue).initialize(to: value)
    }

    /// Attributes of CloudEvents 1.0 that an event may carry and that mean nothing to us.
    private static func isOfCloudEvents(_ name: JSONScanner.Value, _ text: JSONScanner) -> Bool {
        let start = Int(name.start), count = name.count
        return text.matches(start, count, "specversion") || text.matches(start, count, "datacontenttype")
            || text.matches(start, count, "dataschema") || text.matches(start, count, "subject")
    }

    /// The names that mean nothing to the protocol, each once; cut to the length of an id.
    func unknown(internal allowed: Bool) -> [String] {
        var names: [String] = []
        func note(_ name: String) {
            if !names.contains(name), names.count < WireLimits.ignoredMax { names.append(name) }
        }
        for name in strangers { note(text.text(name).cut(toBytes: WireLimits.idBytesMax)) }
        if !allowed { for own in [Attribute.pop, .text] where has(own) { note(own.name) } }
        return names
    }

    /// Whether the attribute is there, be it null.
    func has(_ attribute: Attribute) -> Bool { present & (1 << UInt64(attribute.rawValue)) != 0 }

    /// The attribute's value; nil when it is absent or null, which mean the same.
    @inline(__always)
    func value(_ attribute: Attribute) -> JSONScanner.Value? {
        guard has(attribute), values[attribute.rawValue].kind != .null else { return nil }
        return values[attribute.rawValue]
    }

    /// The attribute's name as a sender finds it: `calls[3].state`.
    func path(_ attribute: Attribute) -> String {
        guard let list else { return attribute.name }
        return "\(list.of.name)[\(list.index)].\(attribute.name)"
    }

    func missing(_ attribute: Attribute, _ add: String? = nil) -> WireError {
        WireError(
            .missingField, field: path(attribute),
            message: "\(path(attribute)) is missing; add \(add ?? attribute.meaning).")
    }

    /// `rule` completes the sentence that begins with the attribute's name.
    func invalid(_ attribute: Attribute, _ rule: String) -> WireError {
        WireError(.invalidField, field: path(attribute), message: "\(path(attribute)) \(rule).")
    }

    func checkNoneIsRepeated() throws(WireError) {
        if let repeated { throw invalid(repeated, "is given twice; send it once") }
    }
}

extension WireError {
    init(_ flaw: JSONScanner.Malformed) {
        self.init(.malformed, message: "The line is not a JSON object: \(flaw.what) (byte \(flaw.at + 1)).")
    }
}
