import Glibc

/// The machine's clock, compared with the server's.
enum WallClock {
    /// Milliseconds since 1970.
    static func nowMs() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// The server's clock in the same unit, for a statement.
    static let server = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"

    /// This machine's clock without the server's. The server's is taken as read in the middle of the round trip, so the
    /// error is at most half of that.
    static func offsetMs(sent: Int64, server: Int64, received: Int64) -> Int64 { sent + (received - sent) / 2 - server }
}
