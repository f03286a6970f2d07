/// `/proc/self/mountinfo`: which file system is mounted where.
public struct MountTable: Sendable {
    private var mounts: [(point: String, kind: String)] = []

    /// Parses the file's text; a line that is not understood is left out.
    public init(_ text: String) {
        for line in text.split(separator: "\n") {
            // 36 35 98:0 /root /point options [tags…] - kind source more
            let parts = line.split(separator: " ")
            guard parts.count > 6, let dash = parts.dropFirst(6).firstIndex(of: "-"), dash + 1 < parts.count
            else { continue }
            mounts.append((MountTable.unescaped(parts[4]), String(parts[dash + 1])))
        }
    }

    /// The kind of file system that a path is on; nil when the table has none for it.
    ///
    /// - Parameter path: absolute, without symbolic links.
    public func kind(of path: String) -> String? {
        var best: (point: String, kind: String)?
        for mount in mounts {
            let isBelow =
                mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/")
            // What is mounted later at the same point hides what was there.
            if isBelow, mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
        }
        return best?.kind
    }

    /// The kernel writes spaces and the like as `\040`.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        let bytes = Array(text.utf8)
        var out: [UInt8] = [], at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\\"), at + 3 < bytes.count,
                let value = UInt8(String(decoding: bytes[at + 1...at + 3], as: UTF8.self), radix: 8)
            {
                out.append(value)
                at += 4
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
