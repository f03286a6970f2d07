import Glibc
import Synchronization

/// Sends events until every one was acknowledged, however often the daemon restarts meanwhile: their ids make resending
/// safe.
struct Resender {
    let socket: String
    var showsProgress = false
    /// How long the daemon may be away.
    private static let patience = Duration.seconds(60)
    /// Interval between attempts to reconnect.
    private static let pause = Duration.milliseconds(100)
    /// Events between two progress messages.
    private static let piece = 5_000

    func send(_ lines: [String]) async throws {
        var done = 0, lastSeen = ContinuousClock.now
        while done < lines.count {
            let answered = Answered()
            var failure: (any Error)?
            do {
                _ = try await EventPipe(path: socket).send(lines[done..<min(lines.count, done + Resender.piece)]) {
                    answered.receive($0)
                }
            } catch { failure = error }
            done += answered.count
            if answered.count > 0 { lastSeen = .now }
            if answered.count == 0 || failure != nil {
                guard ContinuousClock.now - lastSeen < Resender.patience else {
                    throw failure as? ClientError
                        ?? ClientError.unreachable(address: socket, reason: "it takes no events")
                }
                try await Task.sleep(for: Resender.pause)
            }
            if showsProgress, isatty(STDERR_FILENO) == 1 {
                complain("\r\(done)/\(lines.count)", end: done == lines.count ? "\n" : "")
            }
        }
    }

    /// How many of the lines need not be sent again.
    private final class Answered: Sendable {
        private let state = Mutex((count: 0, isOver: false))

        var count: Int { state.withLock { $0.count } }

        func receive(_ reply: String) {
            let isRefused = reply.hasPrefix(#"{"ok":false"#),
                goesAgain = isRefused && reply.contains(#""code":"unavailable""#)
            // Events after one that is resent are resent too, in order.
            let counts = state.withLock { state in
                if goesAgain { state.isOver = true }
                if !state.isOver { state.count += 1 }
                return !state.isOver
            }
            if isRefused, counts { complain("screenpop: \(safe(reply))") }
        }
    }
}
