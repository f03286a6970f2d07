import Glibc

/// The time zone of the machine.
public enum SystemTimezone {
    /// Its IANA name: what `TZ` names, else where `/etc/localtime` leads, else what `/etc/timezone` says; `UTC` when
    /// nothing does.
    public static func name(environment: [String: String] = [:]) -> String {
        name(
            tz: environment["TZ"], localtime: link("/etc/localtime"),
            timezone: try? FileBytes.read("/etc/timezone", sizeMax: 4096))
    }

    static func name(tz: String?, localtime: String?, timezone: [UInt8]?) -> String {
        let candidates: [String?] = [
            tz.map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 },
            localtime.flatMap { path in path.firstRange(of: "/zoneinfo/").map { String(path[$0.upperBound...]) } },
            timezone.map { String(decoding: $0.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self) },
        ]
        return candidates.compactMap { $0 }.first { ZoneDirectory.rules($0) != nil } ?? "UTC"
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
