/// A name in which `*` stands for anything: `from-trunk-*`.
struct Glob: Equatable, Sendable {
    private let parts: [Substring]

    init(_ pattern: String) { parts = pattern.split(separator: "*", omittingEmptySubsequences: false) }

    func matches(_ name: String) -> Bool {
        guard parts.count > 1 else { return parts.first.map { name == $0 } ?? name.isEmpty }
        guard name.hasPrefix(parts[0]), name.utf8.count >= parts[0].utf8.count + parts[parts.count - 1].utf8.count
        else { return false }
        var rest = name.dropFirst(parts[0].count)
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}

extension [Glob] {
    func match(_ name: String) -> Bool { contains { $0.matches(name) } }
}

extension Substring {
    /// Where `part` is first; without Foundation.
    fileprivate func firstRange(of part: Substring) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
