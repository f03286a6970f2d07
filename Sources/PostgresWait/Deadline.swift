/// A moment after which an answer is not waited for.
///
/// A server that is stopped keeps its connections, so only an own clock finds it.
package struct Deadline: Sendable {
    private let at: ContinuousClock.Instant

    package static func within(_ limit: Duration) -> Deadline { Deadline(at: .now + limit) }

    /// For poll(2): whole milliseconds, rounded up; 0 when it has passed.
    package var leftMs: Int32 {
        let left = ContinuousClock.now.duration(to: at)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
