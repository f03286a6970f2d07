/// Names of devices and members.
enum Interface {
    /// `101` of `PJSIP/101` and `SIP/101`, of `Local/101@agents/n`, `hint:101@ext-local` and `Agent:101`; the whole
    /// text when it has no such form.
    static func id(_ interface: String) -> String {
        guard let end = interface.firstIndex(where: { $0 == "/" || $0 == ":" }) else { return interface }
        let rest = interface[interface.index(after: end)...].prefix { $0 != "@" && $0 != "/" }
        return interface.hasPrefix("Local/") ? extensionOf(rest) : String(rest)
    }

    /// FreePBX dials its own extensions as `FMPR-101`, `FMGL-101#`, `RG-600-101`, `LC-101`.
    private static func extensionOf(_ name: Substring) -> String {
        let plain = name.hasSuffix("#") ? name.dropLast() : name
        guard let hyphen = plain.lastIndex(of: "-"), plain[..<hyphen].first?.isLetter == true else {
            return String(plain)
        }
        let last = plain[plain.index(after: hyphen)...]
        return !last.isEmpty && last.allSatisfy(\.isNumber) ? String(last) : String(plain)
    }

    /// Whether a state interface identifies the member: `Custom:…` and the state of a queue are switches, and a Local
    /// channel leads to different phones.
    static func names(_ state: String) -> Bool {
        !["Local/", "Custom:", "Queue:", "MeetMe:", "confbridge:", "park:", "Calendar:", "Presence:"].contains {
            state.hasPrefix($0)
        }
            && state.contains { $0 == "/" || $0 == ":" }
    }

    /// Whether the PBX can dial it: a state interface may be only a state.
    static func canBeDialled(_ interface: String) -> Bool {
        guard let end = interface.firstIndex(where: { $0 == "/" || $0 == ":" }) else { return false }
        return interface[end] == "/"
    }

    /// What is before the last hyphen and behind the slash: `101` of `PJSIP/101-0000002c`.
    static func peer(ofChannel name: String) -> String? {
        let bytes = name.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")),
            slash < hyphen
        else { return nil }
        return String(name[bytes.index(after: slash)..<hyphen])
    }

    static func technology(ofChannel name: String) -> String { 
        String(name[..<(name.utf8.firstIndex(of: UInt8(ascii: "/")) ?? name.endIndex)])
    }

    /// `Local/101@from-queue` of `Local/101@from-queue-00000005;1`.
    static func local(ofChannel name: String) -> String? {
        guard name.hasPrefix("Local/"), let hyphen = name.lastIndex(of: "-") else { return nil }
        return String(name[..<hyphen])
    }
}
