/// Suggests the name that was meant.
enum Suggestion {
    /// The nearest of the names, when it is near enough to be a slip of the finger; of equals the first.
    static func nearest<S: Sequence>(to name: String, in names: S) -> String? where S.Element == String {
        let name = name.lowercased()
        let limit = max(1, name.count / 3)
        var best: (name: String, distance: Int)?
        for other in names {
            let distance = distance(Array(name), Array(other.lowercased()))
            if distance <= limit, distance < best?.distance ?? .max { best = (other, distance) }
        }
        return best?.name
    }

    /// Letters put in, left out, taken for another, or two beside each other exchanged (optimal string alignment).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        // What is so long is no name of ours, and the table would grow with the product.
        guard a.count <= lengthMax, b.count <= lengthMax else { return .max }
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { least = min(least, before[j - 2] + 1) }
                row.append(least)
            }
            (before, above) = (above, row)
        }
        return above[b.count]
    }

    private static let lengthMax = 64
}
