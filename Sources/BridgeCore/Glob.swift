/// A name in which `*` stands for anything: `from-trunk-*`.
public struct Glob: Equatable, Sendable {
    /// The bytes between the stars.
    private let parts: [[UInt8]]

    /// Other characters than `*` stand for themselves.
    public init(_ pattern: String) {
        parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the whole name fits. Compared byte by byte, so that case counts.
    public func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { matches($0) }
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = parts[0], last = parts[parts.count - 1]
        guard parts.count > 1 else { return name.elementsEqual(first) }
        guard name.count >= first.count + last.count, name.starts(with: first),
            name.suffix(last.count).elementsEqual(last)
        else { return false }
        // What lies between is looked for from left to right, each part as early as it can be.
        var rest = name[first.count..<(name.count - last.count)]
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            while rest.count >= part.count, !rest.starts(with: part) { rest = rest.dropFirst() }
            guard rest.count >= part.count else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }
}

extension [Glob] {
    /// Whether one of them matches the whole name.
    public func match(_ name: String) -> Bool { contains { $0.matches(name) } }
}
