/// Walks over JSON text as RFC 8259 has it, checks it and builds nothing.
///
/// The text is UTF-8 (section 8.1), checked where alone it may be other than ASCII: within strings. Depth is bounded
/// and the walk has no recursion, so no text can exhaust the stack.
struct JSONScanner {
    /// Where the text stops being JSON, and why.
    struct Malformed: Error {
        let what: StaticString
        let at: Int
    }

    enum Kind: UInt8 { case string, number, bool, null, object, array }

    /// One value: where it lies and what was seen on the way. A string's bounds are inside its quotes.
    struct Value {
        var kind = Kind.null
        /// A string with escapes, which has to be unescaped before use.
        var isEscaped = false
        /// A string with C0, DEL, C1, U+2028 or U+2029 in it, escaped or not.
        var hasControls = false
        /// A string that escapes half of a surrogate pair: JSON (RFC 8259 section 8.2), and no text.
        var isBroken = false
        /// A number without fraction and exponent.
        var isInteger = false
        var start: Int32 = 0
        var end: Int32 = 0

        var count: Int { Int(end - start) }
    }

    let base: UnsafeRawPointer
    let end: Int
    var at: Int
    /// Where the newest string with half of a surrogate pair is; 0 for none.
    var brokenAt = 0

    @inline(__always) init(_ base: UnsafeRawPointer, from start: Int, to end: Int) {
        self.base = base
        self.at = start
        self.end = end
    }

    @inline(__always) func byte(_ at: Int) -> UInt8 { base.load(fromByteOffset: at, as: UInt8.self) }

    /// The byte at hand; 0 at the end, which is no token's beginning.
    @inline(__always) var here: UInt8 { at < end ? byte(at) : 0 }

    @inline(__always) mutating func skipSpace() {
        while at < end {
            switch byte(at) {
            case 0x20, 0x09, 0x0A, 0x0D: at &+= 1
            default: return
            }
        }
    }

    /// Steps over `token`, which must come next.
    @inline(__always) mutating func step(over token: UInt8, _ what: StaticString) throws(Malformed) {
        guard here == token else { throw Malformed(what: what, at: at) }
        at &+= 1
    }

    /// Any one value, nested ones included; spaces before it are skipped, those after it are not.
    mutating func value(depth: Int) throws(Malformed) -> Value {
        skipSpace()
        switch here {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try container(depth: depth)
        default: return try word()
        }
    }

    /// `true`, `false` or `null`.
    private mutating func word() throws(Malformed) -> Value {
        let start = at
        let kind: Kind
        if consume("true") || consume("false") {
            kind = .bool
        } else if consume("null") {
            kind = .null
        } else {
            throw Malformed(what: "a value is expected", at: at)
        }
        return Value(kind: kind, start: Int32(start), end: Int32(at))
    }

    private mutating func consume(_ word: StaticString) -> Bool {
        guard matches(at, min(end - at, word.utf8CodeUnitCount), word) else { return false }
        at += word.utf8CodeUnitCount
        return true
    }

    /// Whether `count` bytes at `start` spell `word`.
    @inline(__always) func matches(_ start: Int, _ count: Int, _ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        let letters = word.utf8Start
        var i = 0
        while i < count {
            if byte(start &+ i) != letters[i] { return false }
            i &+= 1
        }
        return true
    }

    /// `number = [ minus ] int [ frac ] [ exp ]` (section 6).
    private mutating func number() throws(Malformed) -> Value {
        let start = at
        var isInteger = true
        if here == UInt8(ascii: "-") { at &+= 1 }
        if here == UInt8(ascii: "0") { at &+= 1 } else { try digits() }
        if here == UInt8(ascii: ".") {
            isInteger = false
            at &+= 1
            try digits()
        }
        if here | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            at &+= 1
            if here == UInt8(ascii: "+") || here == UInt8(ascii: "-") { at &+= 1 }
            try digits()
        }
        return Value(kind: .number, isInteger: isInteger, start: Int32(start), end: Int32(at))
    }

    private mutating func digits() throws(Malformed) {
        let start = at
        while here &- UInt8(ascii: "0") < 10 { at &+= 1 }
        if at == start { throw Malformed(what: "a digit is expected", at: at) }
    }

    /// An object or array: one bit a level says which (1 an object), one word holds them all.
    private mutating func container(depth: Int) throws(Malformed) -> Value {
        let start = at
        let kind: Kind = here == UInt8(ascii: "{") ? .object : .array
        let levelsMax = WireLimits.depthMax - depth
        var objects: UInt64 = 0
        var levels = 0
        repeat {
            // At the beginning of a value.
            skipSpace()
            let first = here
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                if levels == levelsMax { throw Malformed(what: "objects and arrays nest more than 64 deep", at: at) }
                let isObject = first == UInt8(ascii: "{")
                objects = objects << 1 | (isObject ? 1 : 0)
                levels += 1
                at += 1
                skipSpace()
                if here == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                    objects >>= 1
                    levels -= 1
                } else {
                    if isObject { try name() }
                    continue
                }
            } else {
                _ = try value(depth: 0)
            }
            // Behind a value: close what ends here, then go on to the next.
            while levels > 0 {
                skipSpace()
                let isObject = objects & 1 == 1
                if here == UInt8(ascii: ",") {
                    at += 1
                    if isObject {
                        skipSpace()
                        try name()
                    }
                    break
                }
                guard here == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw Malformed(what: isObject ? "a comma or } is expected" : "a comma or ] is expected", at: at)
                }
                at += 1
                objects >>= 1
                levels -= 1
            }
        } while levels > 0
        return Value(kind: kind, start: Int32(start), end: Int32(at))
    }

    private mutating func name() throws(Malformed) {
        _ = try string()
        skipSpace()
        try step(over: UInt8(ascii: ":"), "a colon is expected")
    }
}
