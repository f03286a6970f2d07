import CallCenter
import Synchronization

/// Who looks at what now: a customer's record, a case, an item of the inbox, a mail being written. A page says it every
/// few seconds while it shows the thing; who stops saying it is gone after a while. Nothing of it is stored.
struct Presence: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case customer
        case `case`
        case inbox
        case callback
    }

    /// What is looked at.
    struct Place: Hashable, Sendable {
        var kind: Kind
        var id: Int64
    }

    /// Somebody who looks at a place.
    struct Onlooker: Equatable, Sendable {
        /// The account or the operator.
        var who: String
        var since: Timestamp
        /// When the page said so last.
        var seen: Timestamp
        /// Writes a mail there.
        var isWriting: Bool
    }

    /// Who has not said it again for so long is gone. Milliseconds; a page says it every ten seconds.
    static let goneAfter: Int64 = 30_000
    /// Places that are remembered; beyond it the one in which nobody looked for longest is forgotten.
    static let placesMax = 4_096
    /// Onlookers of one place that are remembered.
    static let onlookersMax = 32

    private var places: [Place: [Onlooker]] = [:]
    /// When places without onlookers were dropped last.
    private var sweptAt = Timestamp(ms: .min)

    /// For tests.
    var count: Int { places.count }

    /// Somebody looks at a place. Returns the others who do, the first one first.
    mutating func look(_ who: String, at place: Place, isWriting: Bool, now: Timestamp) -> [Onlooker] {
        sweep(now)
        var all = current(place, now)
        if let i = all.firstIndex(where: { $0.who == who }) {
            all[i].seen = now
            all[i].isWriting = isWriting
        } else if all.count < Presence.onlookersMax {
            all.append(Onlooker(who: who, since: now, seen: now, isWriting: isWriting))
        }
        if places[place] == nil, places.count >= Presence.placesMax { dropOldest() }
        places[place] = all
        return all.filter { $0.who != who }
    }

    /// Somebody closed it.
    mutating func leave(_ who: String, _ place: Place) {
        places[place]?.removeAll { $0.who == who }
        if places[place]?.isEmpty ?? false { places[place] = nil }
    }

    private func current(_ place: Place, _ now: Timestamp) -> [Onlooker] {
        (places[place] ?? []).filter { now - $0.seen < Presence.goneAfter }
    }

    private mutating func sweep(_ now: Timestamp) {
        // A clock that is set back sweeps at once.
        guard sweptAt.ms == .min || now < sweptAt || now - sweptAt >= Presence.goneAfter else { return }
        sweptAt = now
        for place in places.keys {
            let left = current(place, now)
            places[place] = left.isEmpty ? nil : left
        }
    }

    private mutating func dropOldest() {
        let oldest = places.min { one, other in
            (one.value.map(\.seen.ms).max() ?? .min) < (other.value.map(\.seen.ms).max() ?? .min)
        }
        if let oldest { places[oldest.key] = nil }
    }
}

/// The same for all requests.
final class PresenceBook: Sendable {
    private let presence = Mutex(Presence())

    func look(_ who: String, at place: Presence.Place, isWriting: Bool, now: Timestamp) -> [Presence.Onlooker] {
        presence.withLock { $0.look(who, at: place, isWriting: isWriting, now: now) }
    }

    func leave(_ who: String, _ place: Presence.Place) { presence.withLock { $0.leave(who, place) } }
}
