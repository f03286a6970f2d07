/// One value of the configuration with its origin: a file, the environment, or a flag.
struct Node {
    enum Value {
        case text(String)
        case integer(Int)
        case decimal(Double)
        case boolean(Bool)
        /// A date or a time; no key takes one.
        case moment
        case list([Node])
        /// In the order of the file.
        case table([Entry])
    }

    struct Entry {
        let name: String
        let node: Node
    }

    let value: Value
    /// The key and the tables around it, outermost first; an element of a list has its list's.
    let path: [String]
    let place: SettingsError.Place

    /// What a message calls it: the key as the file would have it, or the variable, or the flag.
    var subject: String {
        switch place {
        case .file: Node.key(path)
        case .environment(let name), .flag(let name): name
        }
    }

    /// The error "KEY is VALUE; ADVICE".
    func wrong(_ advice: String) -> SettingsError { SettingsError(place, "\(subject) is \(shown); \(advice)") }

    /// The child of a table; nil when there is none.
    subscript(name: String) -> Node? {
        guard case .table(let entries) = value else { return nil }
        return entries.first { $0.name == name }?.node
    }

    /// A key as TOML writes it: `queues."sales team".wrap_up_limit`.
    static func key(_ path: [String]) -> String {
        path.map { part in
            let isBare = !part.isEmpty && part.utf8.allSatisfy(isBareKeyByte)
            return isBare ? part : Shown.quoted(part)
        }.joined(separator: ".")
    }

    private var shown: String {
        switch value {
        case .text(let text): Shown.quoted(text)
        case .integer(let number): String(number)
        case .decimal(let number): String(number)
        case .boolean(let yes): String(yes)
        case .moment: "a date or time"
        case .list: "a list"
        case .table: "a table"
        }
    }
}

/// The characters of a bare key (TOML 1.0, "Keys").
func isBareKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
    default: false
    }
}
