import Storage

/// The events that a webhook has read from the log and not delivered yet, as a value: which one is next, which wait for
/// another attempt, and up to where everything is done.
///
/// Events of one call, or of one customer, have their turn one after the other: an event that waits for another attempt
/// holds back those behind it, and no others.
struct DeliveryQueue: Sendable {
    /// An event and its attempts.
    struct Item: Equatable, Sendable {
        var event: OutwardEvent
        /// Attempts that failed.
        var tries = 0
        /// No attempt before this moment. Milliseconds of a clock that runs evenly.
        var notBefore: Int64 = 0
        var isUnderWay = false
    }

    private struct Place: Hashable, Comparable {
        var seq: Int64
        var part: Int

        init(_ event: OutwardEvent) {
            seq = event.seq
            part = event.part
        }
        static func < (a: Place, b: Place) -> Bool { (a.seq, a.part) < (b.seq, b.part) }
    }

    /// Events that wait, and the bytes of them: more is read when there are fewer.
    static let countMax = 1_000, bytesMax = 4 << 20

    private var items: [Place: Item] = [:]
    /// By `OutwardEvent.order`, in the order of the log.
    private var lanes: [String: [Place]] = [:]
    private var bytes = 0
    /// The position up to which the log was read.
    private(set) var reached: Int64

    init(reached: Int64) { self.reached = reached }

    var count: Int { items.count }
    var isEmpty: Bool { items.isEmpty }
    var hasRoom: Bool { items.count < DeliveryQueue.countMax && bytes < DeliveryQueue.bytesMax }

    /// The position up to which everything was delivered or given up.
    var position: Int64 { items.keys.min().map { $0.seq - 1 } ?? reached }

    /// Adds what was read behind `reached`, in the order of the log.
    mutating func add(_ events: [OutwardEvent], reached: Int64) {
        for event in events {
            let place = Place(event)
            items[place] = Item(event: event)
            lanes[event.order, default: []].append(place)
            bytes += event.json.count
        }
        self.reached = max(self.reached, reached)
    }

    /// The event whose turn it is: the oldest of those that need not wait. It is under way from then on.
    mutating func next(at now: Int64) -> Item? {
        let due = lanes.values.compactMap(\.first).filter { place in
            items[place].map { !$0.isUnderWay && $0.notBefore <= now } ?? false
        }.min()
        guard let due else { return nil }
        items[due]?.isUnderWay = true
        return items[due]
    }

    /// When the next event has its turn; nil when all wait for one that is under way, and when there is none.
    /// Milliseconds.
    var nextDue: Int64? {
        lanes.values.compactMap(\.first).compactMap { place in
            items[place].flatMap { $0.isUnderWay ? nil : $0.notBefore }
        }.min()
    }

    /// It was delivered or given up.
    mutating func remove(_ event: OutwardEvent) {
        let place = Place(event)
        guard let item = items.removeValue(forKey: place) else { return }
        bytes -= item.event.json.count
        lanes[event.order]?.removeAll { $0 == place }
        if lanes[event.order]?.isEmpty == true { lanes[event.order] = nil }
    }

    /// An attempt failed.
    ///
    /// - Parameters:
    ///   - counts: whether it is one of those after which an event is given up.
    ///   - time: no other attempt before. Milliseconds.
    mutating func retry(_ event: OutwardEvent, counts: Bool, notBefore time: Int64) {
        let place = Place(event)
        items[place]?.isUnderWay = false
        items[place]?.notBefore = time
        if counts { items[place]?.tries += 1 }
    }
}
