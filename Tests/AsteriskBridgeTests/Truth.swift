import Foundation

/// What the phones' SIP traces say of a recording: the sentences of its ground truth, `NAME.md`.
struct Truth {
    struct Ring: Equatable {
        var who: String
        var at: Double
        /// nil: not answered.
        var answeredAt: Double?
        /// False for a phone that said busy instead.
        var didRing: Bool
    }
    struct Call {
        var from: String
        var dialled: String
        var at: Double
        var rings: [Ring]
        var end: Double?
        var endedByCaller: Bool
    }

    /// Unix seconds of the scenario's beginning, which all times are counted from.
    var start: Double
    var calls: [Call]

    init(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        start = text.firstMatch(of: /unix ([0-9.]+)\)/).flatMap { Double($0.1) } ?? 0
        calls = text.split(separator: "\n").compactMap { line in
            guard let head = line.firstMatch(of: /^- (\S+) dials (\S+) at ([0-9.]+)/) else { return nil }
            var rings: [Ring] = []
            for part in line.split(separator: ";") {
                guard let ring = part.firstMatch(of: /(?:agent|phone)?(\d+) rings at ([0-9.]+)/) else { continue }
                let answered = part.firstMatch(of: /answers at ([0-9.]+)/).flatMap { Double($0.1) }
                rings.append(
                    Ring(
                        who: String(ring.1), at: Double(ring.2) ?? 0, answeredAt: answered,
                        didRing: !part.contains("486")))
            }
            let end = line.firstMatch(of: /the call ends at ([0-9.]+) by (the caller)?/)
            return Call(
                from: String(head.1), dialled: String(head.2), at: Double(head.3) ?? 0, rings: rings,
                end: end.flatMap { Double($0.1) },
                endedByCaller: end?.2 != nil)
        }
    }
}
