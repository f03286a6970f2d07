/// The calls in memory, by number.
///
/// They lie in shards, so that a copy of the table is one reference, and a change while a copy exists copies the shard
/// of the changed call alone: whoever lists calls gets a copy from the engine's thread at once and walks it on another
/// thread, and the events that follow pay for no more than what they change.
public struct CallTable: Sequence, Sendable {
    typealias Shard = [Int64: Call]

    /// Where a call is; valid until a call is added or removed.
    struct Place {
        fileprivate var shard: Int
        fileprivate var index: Shard.Index
    }

    /// 40 calls a shard where 10,000 are in memory. A power of two.
    private static let shardCount = 256
    private static let empty = [Shard](repeating: [:], count: shardCount)

    private var shards = CallTable.empty

    init() {}

    /// The lowest twelve bits of a number tell apart the calls of one snapshot; the others are a log position.
    private static func shard(of number: Int64) -> Int {
        Int(truncatingIfNeeded: (number >> 12) ^ number) & (shardCount - 1)
    }

    /// How many calls are in memory. Adds up the shards.
    var count: Int { shards.reduce(0) { $0 + $1.count } }
    /// Whether no call is in memory.
    var isEmpty: Bool { shards.allSatisfy(\.isEmpty) }
    /// Their own numbers. Walks all of them.
    public var numbers: Set<Int64> { Set(shards.lazy.map(\.keys).joined()) }

    public func makeIterator() -> some IteratorProtocol<Call> { shards.lazy.map(\.values).joined().makeIterator() }

    subscript(number: Int64) -> Call? {
        get { shards[CallTable.shard(of: number)][number] }
        _modify { yield &shards[CallTable.shard(of: number)][number] }
    }

    func place(of number: Int64) -> Place? {
        let shard = CallTable.shard(of: number)
        return shards[shard].index(forKey: number).map { Place(shard: shard, index: $0) }
    }

    /// Changes a call where it is, without copying it out.
    subscript(place: Place) -> Call {
        get { shards[place.shard].values[place.index] }
        _modify { yield &shards[place.shard].values[place.index] }
    }

    mutating func remove(at place: Place) -> Call { shards[place.shard].remove(at: place.index).value }
}
