import CPostgres
import Glibc

/// Why nothing is waited for any more. The connection is of no use then.
package enum WaitFailure: Error {
    /// The deadline has passed.
    case late
    /// The connection broke; what libpq says of it is its own message.
    case lost
}

/// Waiting for a connection of libpq's that does not block.
package enum PostgresWait {
    /// Sends what is due. The server may have to be read before it reads more.
    ///
    /// - Parameter deadline: nil waits for as long as the server and the network are there.
    package static func flush(_ handle: OpaquePointer, _ deadline: Deadline?) throws(WaitFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                let seen = try wait(handle, Int16(POLLIN | POLLOUT), deadline)
                if seen & Int16(POLLIN) != 0, PQconsumeInput(handle) != 1 { throw .lost }
            default: throw .lost
            }
        }
    }

    /// The next result, which its owner clears; nil at the end of a statement's results.
    package static func result(_ handle: OpaquePointer, _ deadline: Deadline?) throws(WaitFailure) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(handle, Int16(POLLIN), deadline)
            guard PQconsumeInput(handle) == 1 else { throw .lost }
        }
        return PQgetResult(handle)
    }

    /// Waits until one of these events of poll(2) is there, and returns what is.
    @discardableResult
    package static func wait(
        _ handle: OpaquePointer, _ events: Int16, _ deadline: Deadline?
    ) throws(WaitFailure) -> Int16 {
        var entry = pollfd(fd: PQsocket(handle), events: events, revents: 0)
        // libpq has closed it: poll would wait for ever.
        guard entry.fd >= 0 else { throw .lost }
        while true {
            let left = deadline?.leftMs ?? -1
            switch left == 0 ? 0 : poll(&entry, 1, left) {
            case 0: throw .late
            case 1...: return entry.revents
            default: guard errno == EINTR else { throw .lost }
            }
        }
    }
}
