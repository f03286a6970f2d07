import CallCenter
import Glibc

/// What waits for the engine: bounded, with one wake-up for a burst.
///
/// `@unchecked Sendable`: `waiting` and `isClosed` are touched between `pthread_mutex_lock` and `pthread_mutex_unlock` alone; the mutex and
/// the condition have addresses of their own that live as long as the mailbox.
final class Mailbox: @unchecked Sendable {
    enum Letter: Sendable {
        case events(EventBatch)
        case question(@Sendable (inout EngineCore) -> Void)
    }

    /// Bytes of lines that may wait: some hundred thousand events. Connections stop reading beyond.
    static let bytesMax = 64 << 20

    private var waiting: [Letter] = []
    private var bytes = 0
    private var isClosed = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(filled, nil)
    }
    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        filled.deallocate()
    }

    /// False when it is closed or full.
    func put(_ letter: Letter) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isClosed { return false }
        if case .events(let batch) = letter {
            if bytes > 0, bytes + batch.bytes.count > Mailbox.bytesMax { return false }
            bytes += batch.bytes.count
        }
        if waiting.isEmpty { pthread_cond_signal(filled) }
        waiting.append(letter)
        return true
    }

    /// All that waits; empty when `milliseconds` passed without a letter; nil when it is closed and empty.
    func takeAll(within milliseconds: Int) -> [Letter]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if waiting.isEmpty, !isClosed {
            var until = timespec()
            clock_gettime(CLOCK_REALTIME, &until)
            until.tv_nsec += milliseconds * 1_000_000
            until.tv_sec += until.tv_nsec / 1_000_000_000
            until.tv_nsec %= 1_000_000_000
            pthread_cond_timedwait(filled, mutex, &until)
        }
        if waiting.isEmpty, isClosed { return nil }
        var taken: [Letter] = []
        swap(&taken, &waiting)
        bytes = 0
        return taken
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(filled)
        pthread_mutex_unlock(mutex)
    }
}
