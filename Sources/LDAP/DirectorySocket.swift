import Dispatch
import Glibc
import Synchronization

/// A directory's address: `ldap://HOST` or `ldaps://HOST`, with a port where it is not the usual one.
struct DirectoryAddress: Equatable {
    var isEncrypted: Bool
    var host: String
    var port: String

    /// nil for what is none.
    init?(_ text: Substring) {
        let lower = text.lowercased()
        guard let scheme = ["ldap://", "ldaps://"].first(where: lower.hasPrefix) else { return nil }
        isEncrypted = scheme == "ldaps://"
        var rest = text.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest.removeLast() }
        port = isEncrypted ? "636" : "389"
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            host = String(rest.prefix { $0 != ":" })
            rest = rest.dropFirst(host.count)
        }
        if rest.hasPrefix(":") {
            port = String(rest.dropFirst())
            guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        } else if !rest.isEmpty {
            return nil
        }
        guard !host.isEmpty, !host.contains("/") else { return nil }
    }
}

/// A connected socket that another thread ends at a moment.
///
/// libldap has no limit for a handshake: on a blocking socket it waits for ever, and on one that is not it spins. So
/// the socket is shut when the time is over, and libldap returns.
final class DirectorySocket: Sendable {
    private struct State {
        /// One of its own for the same socket: libldap closes its own by itself, and that number may be another file's
        /// a moment later.
        var descriptor: Int32
        var isCut = false
    }
    private let state: Mutex<State>
    /// libldap's, which closes it.
    let given: Int32

    var isCut: Bool { state.withLock { $0.isCut } }

    /// Connects to one address after the other until one takes it.
    ///
    /// - Parameter within: milliseconds, without those of the resolver.
    init(_ address: DirectoryAddress, within: Int) throws(DirectoryError) {
        let moment = Moment()
        var hints = addrinfo(), list: UnsafeMutablePointer<addrinfo>?
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let code = getaddrinfo(address.host, address.port, &hints, &list)
        guard code == 0 else { throw .unreachable("\(address.host): \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(list) }
        var next = list, problem = "it has no address", made: Int32?
        while made == nil, let one = next?.pointee {
            let left = within - moment.passed
            guard left > 0 else { throw .timeout }
            let socket = Glibc.socket(one.ai_family, one.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), one.ai_protocol)
            if socket >= 0, DirectorySocket.connect(socket, one, left) {
                made = socket
            } else {
                problem = errno == ETIMEDOUT ? "no connection in time" : String(cString: strerror(errno))
                if socket >= 0 { close(socket) }
            }
            next = one.ai_next
        }
        guard let made else { throw .unreachable("\(address.host): \(problem)") }
        let own = fcntl(made, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else {
            close(made)
            throw .unreachable("no descriptor is free")
        }
        var yes: Int32 = 1
        setsockopt(made, SOL_SOCKET, SO_KEEPALIVE, &yes, socklen_t(MemoryLayout<Int32>.size))
        given = made
        state = Mutex(State(descriptor: own))
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    private static func connect(_ socket: Int32, _ to: addrinfo, _ within: Int) -> Bool {
        let flags = fcntl(socket, F_GETFL)
        guard flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0 else { return false }
        if Glibc.connect(socket, to.ai_addr, to.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return false }
            var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, Int32(clamping: within)) > 0 else {
                errno = ETIMEDOUT
                return false
            }
            var fault: Int32 = 0, length = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &fault, &length) == 0, fault == 0 else {
                errno = fault
                return false
            }
        }
        return fcntl(socket, F_SETFL, flags) == 0
    }

    /// Runs something that uses the socket; after the time the socket is shut.
    func limited<Value>(to milliseconds: Int, _ work: () -> Value) -> Value {
        let timer = DispatchSource.makeTimerSource(queue: .global(qos: .userInitiated))
        timer.schedule(deadline: .now() + .milliseconds(max(1, milliseconds)))
        timer.setEventHandler { [weak self] in self?.cut() }
        timer.resume()
        defer { timer.cancel() }
        return DirectorySocket.withoutPipeSignal(work)
    }

    /// libldap writes to sockets that may be shut: without this the process would end by SIGPIPE. Only this thread's
    /// is held back, and one that came is taken away.
    static func withoutPipeSignal<Value>(_ work: () -> Value) -> Value {
        var pipe = sigset_t(), before = sigset_t(), pending = sigset_t(), none = timespec()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&pending)
        let waitsAlready = sigismember(&pending, SIGPIPE) == 1
        guard pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return work() }
        let value = work()
        if !waitsAlready { while sigtimedwait(&pipe, nil, &none) == -1, errno == EINTR {} }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return value
    }

    func cut() {
        state.withLock { state in
            state.isCut = true
            shutdown(state.descriptor, Int32(SHUT_RDWR))
        }
    }
}

/// Since when something is under way.
struct Moment {
    private let start = ContinuousClock.now
    /// Milliseconds.
    var passed: Int {
        let time = start.duration(to: .now).components
        return Int(time.seconds) * 1_000 + Int(time.attoseconds / 1_000_000_000_000_000)
    }
}
