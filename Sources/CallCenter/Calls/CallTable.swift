/// The calls in memory, by number.
///
/// They lie in shards, so that a copy of the table is one reference, and a change while a copy exists copies the shard
/// of the changed call alone: whoever lists calls gets a copy from the engine's thread at once and walks it on another
/// thread, and the events that follow pay for no more than what they change.
public struct CallTable: Sequence, Sendable {
    typealias Shard = [Int64: SharedCall]

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

    public func makeIterator() -> some IteratorProtocol<Call> {
        shards.lazy.map(\.values).joined().lazy.map(\.call).makeIterator()
    }

    subscript(number: Int64) -> Call? {
        get { shards[CallTable.shard(of: number)][number]?.call }
        set { shards[CallTable.shard(of: number)][number] = newValue.map { SharedCall($0) } }
    }

    /// The call without a copy of it.
    func shared(_ number: Int64) -> SharedCall? { shards[CallTable.shard(of: number)][number] }

    func place(of number: Int64) -> Place? {
        let shard = CallTable.shard(of: number)
        return shards[shard].index(forKey: number).map { Place(shard: shard, index: $0) }
    }

    /// Changes a call where it is, without copying it out.
    subscript(place: Place) -> Call {
        _read { yield shards[place.shard].values[place.index].call }
        _modify { yield &shards[place.shard].values[place.index].call }
    }

    /// What is in the table while a call is out.
    private static let nobody = SharedCall(
        Call(key: CallKey(source: "", call: ""), number: 0, heard: Timestamp(ms: 0)))

    /// Moves a call out of the table for a change, so that it is changed without a copy. `checkIn` has to follow, and
    /// no call may be added or removed before that.
    mutating func checkOut(_ place: Place) -> SharedCall {
        var call = CallTable.nobody
        swap(&call, &shards[place.shard].values[place.index])
        return call
    }

    /// Puts the call back.
    mutating func checkIn(_ call: consuming SharedCall, at place: Place) {
        shards[place.shard].values[place.index] = call
    }

    mutating func remove(at place: Place) -> SharedCall { shards[place.shard].remove(at: place.index).value }
}
