extension Checkpoint {
    /// Some of the calls and operators of a state: most of a large one. Pieces are encoded and decoded one by one, so
    /// several threads can do it.
    public struct Piece: Sendable, Codable {
        var calls: [Call]
        var operators: [String: Operator]
    }

    /// Moves the calls and operators into pieces of about the same size.
    public mutating func removePieces(_ count: Int) -> [Piece] {
        let calls = calls, names = operators.keys.sorted()
        let pieces = (0..<count).map { i in
            func range(_ all: Int) -> Range<Int> { all * i / count..<all * (i + 1) / count }
            var own: [String: Operator] = [:]
            for name in names[range(names.count)] { own[name] = operators[name] }
            return Piece(calls: Array(calls[range(calls.count)]), operators: own)
        }
        self.calls = []
        operators = [:]
        return pieces
    }

    /// Moves the contents of pieces back, in the same order.
    public mutating func add(_ pieces: [Piece]) {
        for piece in pieces {
            calls += piece.calls
            operators.merge(piece.operators) { _, new in new }
        }
    }
}
