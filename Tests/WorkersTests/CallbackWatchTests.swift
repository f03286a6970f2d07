import CallCenter
import Synchronization
import Testing
import Workers

/// Desks are told when who waits to be called back changes, and only then.
@Suite struct CallbackWatchTests {
    @Test func whatChangedIsSaidOnce() async {
        let at = Timestamp(ms: 1_000)
        let one = CallbacksDue(callers: 1, newest: at, oldest: at)
        let other = CallbacksDue(callers: 1, newest: at + 5, oldest: at + 5)
        // nil: the engine does not answer.
        let looks = Mutex<[CallbacksDue?]>([one, one, nil, one, other, other, nil, one])
        let said = Mutex<[Int]>([])
        let watch = Mutex<Task<Void, Never>?>(nil)
        let (ready, begin) = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in ready {}
            await CallbackWatch(every: .zero).follow {
                let (found, isLast) = looks.withLock { looks in
                    (looks.isEmpty ? one : looks.removeFirst(), looks.isEmpty)
                }
                if isLast { watch.withLock { $0?.cancel() } }
                return found
            } changed: {
                let left = looks.withLock(\.count)
                said.withLock { $0.append(left) }
            }
        }
        watch.withLock { $0 = task }
        begin.finish()
        await task.value
        #expect(said.withLock(\.self) == [3, 0])
    }
}
