import CallCenter
import Dispatch
import Foundation
import Synchronization

/// A checkpoint as bytes: lines of JSON, first the state without its calls and operators, then these in pieces.
///
/// JSON is slow to read, and a large centre's state is tens of megabytes of it: every processor reads some of the
/// pieces. Older versions wrote all of it as one line.
public enum CheckpointBytes {
    /// More than there are processors, so that none waits long for another.
    static let pieces = 16

    /// The bytes of a state. Takes seconds for a large centre: not for an event loop.
    public static func encode(_ state: Checkpoint) throws -> [UInt8] {
        var state = state
        let pieces = state.removePieces(pieces), encoder = JSONEncoder()
        var bytes = [UInt8](try encoder.encode(state))
        for piece in pieces {
            bytes.append(UInt8(ascii: "\n"))
            bytes += try encoder.encode(piece)
        }
        return bytes
    }

    /// - Throws: when the bytes are no checkpoint, of this version or an older one.
    public static func decode(_ bytes: [UInt8]) throws -> Checkpoint {
        // The encoder escapes line ends in texts.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let found = Mutex(Found(pieces: Array(repeating: nil, count: lines.count - 1)))
        DispatchQueue.concurrentPerform(iterations: lines.count) { i in
            do {
                let line = Data(lines[i])
                if i == 0 {
                    let state = try JSONDecoder().decode(Checkpoint.self, from: line)
                    found.withLock { $0.state = state }
                } else {
                    let piece = try JSONDecoder().decode(Checkpoint.Piece.self, from: line)
                    found.withLock { $0.pieces[i - 1] = piece }
                }
            } catch { found.withLock { [error] in $0.failure = error } }
        }
        let result = found.withLock { $0 }
        if let failure = result.failure { throw failure }
        guard var state = result.state else { throw CocoaError(.coderReadCorrupt) }
        state.add(result.pieces.compactMap { $0 })
        return state
    }

    private struct Found: Sendable {
        var state: Checkpoint?
        var pieces: [Checkpoint.Piece?]
        var failure: (any Error)?
    }
}
