import CPostgres
import Glibc

/// Beginning a connection of libpq's.
package enum PostgresConnecting {
    package typealias Begin = (
        UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?, Int32
    ) -> OpaquePointer?

    /// Calls one of libpq's functions that begin a connection. It expands a conninfo in the place of `dbname`.
    package static func begin(_ parameters: [(keyword: String, value: String)], _ begin: Begin) -> OpaquePointer? {
        let keywords = parameters.map { strdup($0.keyword) } + [nil]
        let values = parameters.map { strdup($0.value) } + [nil]
        defer { for text in keywords + values { free(text) } }
        return begin(keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }

    /// Waits until a connection that was begun with `PQconnectStartParams` is there.
    ///
    /// - Returns: whether it is; if not, libpq has the reason.
    package static func finish(_ handle: OpaquePointer, _ deadline: Deadline) throws(WaitFailure) -> Bool {
        var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING {
            try PostgresWait.wait(handle, Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), deadline)
            state = PQconnectPoll(handle)
        }
        return state == PGRES_POLLING_OK
    }
}
