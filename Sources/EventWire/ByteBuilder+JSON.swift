import CallCenter

/// Writes JSON. Commas come by themselves: a name or value gets one unless what is before it opens or names something,
/// or is no JSON.
///
/// ```
/// out.object { out in
///     out.field("at", time)
///     out.key("queues")
///     out.array { out in for name in names { out.value(name) } }
/// }
/// ```
extension ByteBuilder {
    /// A JSON object; `fields` writes its names and values.
    public mutating func object(_ fields: (inout ByteBuilder) -> Void) {
        open(UInt8(ascii: "{"))
        fields(&self)
        append(UInt8(ascii: "}"))
    }

    /// A JSON array; `elements` writes its values.
    public mutating func array(_ elements: (inout ByteBuilder) -> Void) {
        open(UInt8(ascii: "["))
        elements(&self)
        append(UInt8(ascii: "]"))
    }

    /// A field's name, for a value to follow. It must need no escapes.
    @inline(__always)
    public mutating func key(_ name: StaticString) {
        let commas = commas
        write(atMost: name.utf8CodeUnitCount &+ 4) { JSONText.key(name, $0, commas) }
    }

    /// A name that is data: a queue's, an operator's.
    public mutating func key(text name: String) {
        value(name)
        append(UInt8(ascii: ":"))
    }

    /// `null`, as the value of a name or an element of an array.
    public mutating func null() {
        comma()
        append("null")
    }

    /// `true` or `false`.
    public mutating func value(_ flag: Bool) {
        comma()
        if flag { append("true") } else { append("false") }
    }

    /// A whole number, in decimal.
    public mutating func value(_ number: Int64) {
        comma()
        append(decimal: number)
    }

    /// The same for an `Int`.
    mutating func value(_ number: Int) { value(Int64(number)) }

    /// The shortest digits that read back as the same number. JSON has no infinity and no not-a-number: they are null.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        comma()
        // Most are shares of 0 or 1. The text of -0 is another one than that of 0.
        if number == 1 { return append("1.0") }
        if number == 0, number.sign == .plus { return append("0.0") }
        append(utf8: number.description)
    }

    /// RFC 3339 in UTC.
    public mutating func value(_ time: Timestamp) {
        comma()
        append(UInt8(ascii: "\""))
        append(time)
        append(UInt8(ascii: "\""))
    }

    /// A JSON string: quoted, with the escapes that RFC 8259 section 7 asks for.
    public mutating func value(_ text: String) {
        var text = text
        let commas = commas
        text.withUTF8 { text in
            let escaped = JSONText.escapedCount(text)
            write(atMost: escaped &+ 3) { to in
                let at = JSONText.begin(to, commas)
                if escaped == text.count {
                    if let base = text.baseAddress { (to + at).update(from: base, count: escaped) }
                } else {
                    JSONText.escape(text, to + at)
                }
                to[at &+ escaped] = UInt8(ascii: "\"")
                return at &+ escaped &+ 1
            }
        }
    }

    /// An array of strings, in their order.
    public mutating func value(_ texts: [String]) {
        array { out in for text in texts { out.value(text) } }
    }

    /// JSON that is already written.
    public mutating func value(json: ByteBuilder) {
        comma()
        append(contentsOf: json)
    }

    /// A name with `true` or `false`.
    public mutating func field(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Written at once, as an answer with figures has tens of thousands of them.
    public mutating func field(_ name: StaticString, _ number: Int64?) {
        let commas = commas
        write(atMost: name.utf8CodeUnitCount &+ 4 &+ Decimal.bytesMax) { to in
            let at = JSONText.key(name, to, commas)
            if let number { return at &+ Decimal.write(number, to + at) }
            to[at] = UInt8(ascii: "n")
            to[at &+ 1] = UInt8(ascii: "u")
            to[at &+ 2] = UInt8(ascii: "l")
            to[at &+ 3] = UInt8(ascii: "l")
            return at &+ 4
        }
    }

    /// A name with a whole number; `null` for nil.
    public mutating func field(_ name: StaticString, _ number: Int?) { field(name, number.map(Int64.init)) }

    /// A name with a number, written as `value(_:)` writes a `Double`; `null` for nil.
    public mutating func field(_ name: StaticString, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// A name with a string; `null` for nil.
    public mutating func field(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// A name with an array of strings; `[]` when there are none.
    public mutating func field(_ name: StaticString, _ texts: [String]) {
        key(name)
        value(texts)
    }

    /// A name with a time in RFC 3339, in UTC with milliseconds; `null` for nil.
    public mutating func field(_ name: StaticString, _ time: Timestamp?) {
        key(name)
        if let time { value(time) } else { null() }
    }

    /// Every value ends in a quote, digit, bracket or letter, so the last byte alone tells whether one came before.
    @inline(__always)
    private var commas: Int {
        switch last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "\n"),
            UInt8(ascii: " "):
            0
        default: 1
        }
    }

    @inline(__always)
    private mutating func comma() { if commas > 0 { append(UInt8(ascii: ",")) } }

    @inline(__always)
    private mutating func open(_ bracket: UInt8) {
        comma()
        append(bracket)
    }
}
