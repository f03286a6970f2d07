/// The time zones of the system: tzdata's files.
enum ZoneDirectory {
    private static let path = "/usr/share/zoneinfo"

    /// The rules of a zone by its IANA name; nil when there is no such zone.
    static func rules(_ name: String) -> ZoneRules? {
        guard isName(name) else { return nil }
        if let bytes = try? FileBytes.read("\(path)/\(name)", sizeMax: 1 << 20), let rules = ZoneRules(tzif: bytes) {
            return rules
        }
        // A machine without tzdata still knows this one.
        return name == "UTC" ? .utc : nil
    }

    /// What to write instead of a name that is none; nil when it is one.
    static func problem(_ name: String) -> String? {
        if rules(name) != nil { return nil }
        let known = names()
        if known.isEmpty { return "the time zones of the system are missing; install tzdata, or write \"UTC\"" }
        // A city alone is a frequent slip.
        let city = lastPart(name).replacing(" ", with: "_")
        let same = known.first { lastPart($0) == city }
        if let near = same ?? Suggestion.nearest(to: name, in: known) { return "did you mean \"\(near)\"?" }
        return #"write an IANA time zone, such as "Asia/Tokyo" or "Europe/Berlin""#
    }

    private static func lastPart(_ name: String) -> String {
        name.lowercased().split(separator: "/").last.map(String.init) ?? ""
    }

    /// Not the copies that count leap seconds, nor what would lead out of the directory.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !["right", "posix", "posixrules", "localtime", "Factory"].contains(parts[0]) else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { isBareKeyByte($0) || $0 == UInt8(ascii: "+") }
        }
    }

    /// The zones of tzdata's own list, whose lines are "country, place, name, remark".
    private static func names() -> [String] {
        guard let bytes = try? FileBytes.read("\(path)/zone.tab", sizeMax: 1 << 20) else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.compactMap { line in
            let columns = line.split(separator: "\t")
            return columns.count >= 3 ? String(columns[2]) : nil
        }
    }
}
