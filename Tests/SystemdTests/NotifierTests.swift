import Glibc
import Systemd
import Testing

/// In processes of their own, since the environment belongs to the whole process.
@Suite struct NotifierTests {
    @Test func saysWhatTheServiceManagerExpects() async {
        await #expect(processExitsWith: .success) {
            let manager = try DatagramReceiver()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let notifier = Notifier()
            #expect(notifier.isActive)

            notifier.ready()
            try manager.expect("READY=1")
            notifier.status("replayed 12 events")
            try manager.expect("STATUS=replayed 12 events")
            notifier.watchdog()
            try manager.expect("WATCHDOG=1")
            notifier.extendTimeout(.milliseconds(1_500))
            try manager.expect("EXTEND_TIMEOUT_USEC=1500000")
            notifier.stopping()
            try manager.expect("STOPPING=1")
        }
    }

    @Test func reloadingCarriesTheMonotonicTime() async {
        await #expect(processExitsWith: .success) {
            let manager = try DatagramReceiver()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let before = DatagramReceiver.monotonicMicroseconds()
            Notifier().reloading()
            let after = DatagramReceiver.monotonicMicroseconds()

            let lines = try manager.receive().split(separator: "\n")
            #expect(lines.first == "RELOADING=1")
            let last = try #require(lines.last)
            let time = try #require(UInt64(last.dropFirst("MONOTONIC_USEC=".count)))
            #expect((before...after).contains(time))
        }
    }

    @Test func aStatusCannotSmuggleAField() async {
        await #expect(processExitsWith: .success) {
            let manager = try DatagramReceiver()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            Notifier().status("bad\nREADY=1")
            try manager.expect("STATUS=bad\\nREADY=1")
        }
    }

    @Test func isSilentWithoutAServiceManager() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            let notifier = Notifier()
            #expect(!notifier.isActive)
            #expect(notifier.watchdogInterval == nil)
            notifier.ready()
            notifier.reloading()
            notifier.watchdog()
        }
    }

    @Test func knowsTheWatchdogInterval() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(Notifier().watchdogInterval == .seconds(30))
            // Meant for another process: not ours to feed.
            setenv("WATCHDOG_PID", "\(getppid())", 1)
            #expect(Notifier().watchdogInterval == nil)
        }
    }
}
