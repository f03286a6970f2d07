/// Whole seconds as a PBX writes them, such as `Wait: 12` or `created_epoch 1764201600`.
public enum PBXSeconds {
    /// About three hundred years: a sum of some of them is still far from the ends of `Int64`.
    private static let bound: Int64 = 10_000_000_000_000

    /// In milliseconds; nil where there is no whole number. One beyond three hundred years is taken as that.
    public static func milliseconds(_ text: String?) -> Int64? {
        guard let seconds = text.flatMap(Int64.init) else { return nil }
        return min(max(seconds, -bound / 1_000), bound / 1_000) * 1_000
    }
}
