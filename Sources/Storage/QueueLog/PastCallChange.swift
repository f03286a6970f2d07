import CallCenter

extension RecordChange {
    /// A call of a past day that came with an import.
    struct PastCall: Equatable, Sendable {
        var importID: Int64
        /// Its place in the entry, from 1: the entry's position in the log and this make its number.
        var place: Int64
        /// As the history has it (`CallBytes`), but for the number.
        var record: [UInt8]

        /// Calls of one entry: the numbers between two positions of the log, but the one that is kept for contacts.
        static let placesMax = 4_000

        /// - Parameter seq: the entry's position in the log.
        func number(at seq: Int64) -> Int64 { seq * 4_096 + place }
        var call: Call? { CallBytes.decode(record) }
    }

    /// What an import adds to the figures.
    struct PastFigures: Equatable, Sendable {
        var importID: Int64
        /// Of the import's entries, from 0.
        var part: Int64
        var queues: [Queue] = []
        var operators: [Operator] = []

        struct Queue: Equatable, Sendable {
            var place: Ledger.Place
            var numbers: [Int64]
        }
        struct Operator: Equatable, Sendable {
            var start: Timestamp
            var who: String
            var numbers: [Int64]
        }

        var isEmpty: Bool { queues.isEmpty && operators.isEmpty }

        /// What stands for the time at which figures leave memory: below zero for those that were never in it, one for
        /// each entry of an import.
        var mark: Int64 { PastFigures.marks(of: importID).upperBound - part }

        static func marks(of importID: Int64) -> ClosedRange<Int64> {
            -(importID + 1) * partsMax + 1 ... -importID * partsMax
        }
        private static let partsMax: Int64 = 1 << 24
    }
}

extension PackedWriter {
    mutating func pastCall(_ one: RecordChange.PastCall) {
        signed(one.importID)
        signed(one.place)
        blob(one.record)
    }

    mutating func pastFigures(_ one: RecordChange.PastFigures) {
        signed(one.importID)
        signed(one.part)
        list(one.queues) { out, queue in
            out.signed(queue.place.start.ms)
            for text in [queue.place.queue, queue.place.tier, queue.place.line] { out.text(text) }
            out.list(queue.numbers) { $0.signed($1) }
        }
        list(one.operators) { out, part in
            out.signed(part.start.ms)
            out.text(part.who)
            out.list(part.numbers) { $0.signed($1) }
        }
    }
}

extension PackedReader {
    mutating func pastCall() throws(Malformed) -> RecordChange.PastCall {
        .init(importID: try signed(), place: try signed(), record: try byteList())
    }

    mutating func pastFigures() throws(Malformed) -> RecordChange.PastFigures {
        var found = RecordChange.PastFigures(importID: try signed(), part: try signed())
        found.queues = try list { from throws(Malformed) in
            let start = Timestamp(ms: try from.signed())
            let place = Ledger.Place(
                start: start, queue: try from.text(), tier: try from.text(), line: try from.text())
            return RecordChange.PastFigures.Queue(place: place, numbers: try from.numbers())
        }
        found.operators = try list { from throws(Malformed) in
            RecordChange.PastFigures.Operator(
                start: Timestamp(ms: try from.signed()), who: try from.text(), numbers: try from.numbers())
        }
        return found
    }

    private mutating func numbers() throws(Malformed) -> [Int64] {
        try list { from throws(Malformed) in try from.signed() }
    }
}
