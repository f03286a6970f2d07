/// Names of journal fields.
enum JournalField {
    /// The key of a piece of metadata as a field: `call_id` becomes `CALL_ID`.
    ///
    /// The journal takes A–Z, 0–9 and `_`, at most 64 of them, beginning with a letter. A key that would land on a
    /// field with a meaning of its own gets a prefix: nobody's metadata may stand in for the message or its priority.
    static func name(for key: String) -> String {
        var name = ""
        for scalar in key.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": name += String(scalar).uppercased()
            default: name += "_"
            }
        }
        name = String(name.drop { $0 == "_" })
        let needsPrefix = name.first.map { !("A"..."Z").contains($0) } ?? true
        if needsPrefix || isReserved(name) { name = "FIELD_" + name }
        return String(name.prefix(lengthMax))
    }

    private static let lengthMax = 64

    private static func isReserved(_ name: String) -> Bool {
        switch name {
        case "MESSAGE", "MESSAGE_ID", "PRIORITY", "ERRNO", "TID", "DOCUMENTATION", "INVOCATION_ID": true
        default:
            ["SYSLOG_", "CODE_", "OBJECT_", "COREDUMP_", "USER_UNIT", "UNIT_"].contains { name.hasPrefix($0) }
                || name == "UNIT"
        }
    }
}
