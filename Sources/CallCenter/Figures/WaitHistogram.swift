/// Waits in the buckets of an HDR histogram: 64 equal steps in each power of two, so that a percentile is at most 1 %
/// off.
///
/// The layout is that of HdrHistogram (Gil Tene, hdrhistogram.org). It is our own because a figure must also go down
/// when a late event changes an outcome, and because most intervals of most queues hold a handful of waits: only the
/// buckets in use are kept.
public struct WaitHistogram: Equatable, Sendable, Codable {
    private static let stepBits = 6

    /// Counts by bucket, in ascending order of buckets.
    private var buckets: [UInt16] = []
    private var counts: [Int32] = []
    /// How many waits there are.
    private(set) var total = 0

    /// No waits.
    init() {}

    /// - Parameter ms: 0 and up; what is below 0 counts as 0.
    static func bucket(of ms: Int64) -> UInt16 {
        let value = UInt64(max(0, ms))
        let steps = UInt64(1) << stepBits
        guard value >= 2 * steps else { return UInt16(value) }
        let exponent = 63 - value.leadingZeroBitCount - stepBits
        return UInt16((UInt64(exponent) << stepBits) + (value >> UInt64(exponent)))
    }

    /// The value in the middle of a bucket.
    static func value(of bucket: UInt16) -> Int64 {
        let steps = Int64(1) << stepBits
        guard Int64(bucket) >= 2 * steps else { return Int64(bucket) }
        let exponent = Int64(bucket) / steps - 1
        let mantissa = Int64(bucket) - exponent * steps
        let low = mantissa << exponent
        return low + (((Int64(1) << exponent) - 1) / 2)
    }

    mutating func add(_ ms: Int64, times: Int32 = 1) {
        let bucket = WaitHistogram.bucket(of: ms)
        let i = position(of: bucket)
        if i < buckets.count, buckets[i] == bucket {
            counts[i] += times
            if counts[i] <= 0 {
                buckets.remove(at: i)
                counts.remove(at: i)
            }
        } else if times > 0 {
            buckets.insert(bucket, at: i)
            counts.insert(times, at: i)
        }
        total += Int(times)
    }

    private func position(of bucket: UInt16) -> Int {
        var low = 0, high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle] < bucket { low = middle + 1 } else { high = middle }
        }
        return low
    }

    static func += (a: inout WaitHistogram, b: WaitHistogram) {
        // The first of a sum: no element is copied.
        if a.buckets.isEmpty {
            (a.buckets, a.counts) = (b.buckets, b.counts)
            a.total += b.total
            return
        }
        for (i, bucket) in b.buckets.enumerated() {
            let at = a.position(of: bucket)
            if at < a.buckets.count, a.buckets[at] == bucket {
                a.counts[at] += b.counts[i]
            } else {
                a.buckets.insert(bucket, at: at)
                a.counts.insert(b.counts[i], at: at)
            }
        }
        a.total += b.total
    }

    /// How many buckets, then each with its count.
    var numbers: [Int64] { [Int64(buckets.count)] + zip(buckets, counts).flatMap { [Int64($0), Int64($1)] } }

    /// Reads what `numbers` wrote, from the front of `rest`; nil for anything else.
    init?(taking rest: inout ArraySlice<Int64>) {
        guard let count = rest.popFirst(), count >= 0, count <= Int64(rest.count / 2) else { return nil }
        for _ in 0..<count {
            guard let bucket = rest.popFirst().flatMap(UInt16.init(exactly:)),
                let times = rest.popFirst().flatMap(Int32.init(exactly:)),
                times > 0, buckets.last.map({ $0 < bucket }) ?? true
            else { return nil }
            buckets.append(bucket)
            counts.append(times)
            total += Int(times)
        }
    }

    /// How many waits are no longer than each of the bounds, which rise; a wait within 1 % of a bound may be on either
    /// side of it.
    public func counts(upTo bounds: [Int64]) -> [Int] {
        var found = [Int](repeating: 0, count: bounds.count)
        for (bucket, count) in zip(buckets, counts) {
            let wait = WaitHistogram.value(of: bucket)
            if let first = bounds.firstIndex(where: { wait <= $0 }) {
                for i in first..<bounds.count { found[i] += Int(count) }
            }
        }
        return found
    }

    /// The wait that `percent` of the waits do not exceed, by the nearest rank; nil when there are none. Milliseconds.
    public func percentile(_ percent: Double) -> Int64? {
        guard total > 0 else { return nil }
        let rank = max(1, Int((percent / 100 * Double(total)).rounded(.up)))
        var seen = 0
        for (i, count) in counts.enumerated() {
            seen += Int(count)
            if seen >= rank { return WaitHistogram.value(of: buckets[i]) }
        }
        return buckets.last.map(WaitHistogram.value)
    }
}

/// The longest waits, so that the longest can also be taken back.
struct LongestWaits: Equatable, Sendable, Codable {
    /// A late event removes one wait at a time: with so many kept, that many corrections in a row leave the maximum
    /// exact.
    private static let kept = 16
    private var waits: [Int64] = []

    var longest: Int64? { waits.first }

    mutating func add(_ ms: Int64) {
        if waits.count == LongestWaits.kept, let last = waits.last, ms <= last { return }
        let i = waits.firstIndex { $0 < ms } ?? waits.count
        waits.insert(ms, at: i)
        if waits.count > LongestWaits.kept { waits.removeLast() }
    }
    mutating func remove(_ ms: Int64) {
        if let i = waits.firstIndex(of: ms) { waits.remove(at: i) }
    }
    /// How many, then each.
    var numbers: [Int64] { [Int64(waits.count)] + waits }

    init() {}

    /// Reads what `numbers` wrote, from the front of `rest`; nil for anything else.
    init?(taking rest: inout ArraySlice<Int64>) {
        guard let count = rest.popFirst(), count >= 0, count <= Int64(min(rest.count, LongestWaits.kept)) else {
            return nil
        }
        for _ in 0..<count { add(rest.removeFirst()) }
    }

    static func += (a: inout LongestWaits, b: LongestWaits) {
        if a.waits.isEmpty { return a = b }
        for wait in b.waits { a.add(wait) }
    }
}
