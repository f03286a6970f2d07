import Glibc
import Testing

@testable import Systemd

/// That a daemon has its sockets at 3 and 4 is tried in a process that systemd starts: StartTests.
@Suite struct ActivatedSocketsTests {
    let folder: TemporaryFolder
    var events: String { "\(folder.path)/events.sock" }
    var api: String { "\(folder.path)/api.sock" }

    init() throws { folder = try TemporaryFolder() }

    private func sort(
        _ passed: [(descriptor: CInt, name: String)], knownPaths: ActivatedSockets.KnownPaths = .init()
    ) throws(ActivatedSocketsError) -> ActivatedSockets {
        defer { for (descriptor, _) in passed { close(descriptor) } }
        return try ActivatedSockets(passed, knownPaths: knownPaths)
    }

    @Test func sortsByName() throws {
        let (one, two, three) = try (
            UnixSocket.listening(on: events), LoopbackSocket.listening(), UnixSocket.listening(on: api)
        )
        // Names count, not paths: the two Unix sockets are swapped on purpose.
        let sockets = try sort([(one, "api"), (two, "http"), (three, "events")])
        #expect(sockets[.api] == [one])
        #expect(sockets[.http] == [two])
        #expect(sockets[.events] == [three])
        #expect(!sockets.isEmpty)
    }

    @Test func keepsSeveralOfOneKind() throws {
        let (one, two) = try (LoopbackSocket.listening(), LoopbackSocket.listening())
        let sockets = try sort([(one, "http"), (two, "http")])
        #expect(sockets[.http] == [one, two])
        #expect(sockets[.events].isEmpty)
    }

    @Test(arguments: ["unknown", "", "screenpop-whatever.socket"])
    func sortsByFamilyAndPathWithoutNames(name: String) throws {
        let (one, two, three) = try (
            UnixSocket.listening(on: events), LoopbackSocket.listening(), UnixSocket.listening(on: api)
        )
        let sockets = try sort([(one, name), (two, name), (three, name)])
        #expect(sockets[.events] == [one])
        #expect(sockets[.http] == [two])
        #expect(sockets[.api] == [three])
    }

    @Test func thePathsOfTheSettingsCountBeforeTheNameOfTheFile() throws {
        let one = try UnixSocket.listening(on: api)
        let two = try UnixSocket.listening(on: "\(folder.path)/one")
        let sockets = try sort(
            [(one, "unknown"), (two, "")], knownPaths: .init(events: api, api: "\(folder.path)/one"))
        #expect(sockets[.events] == [one])
        #expect(sockets[.api] == [two])
    }

    @Test func knowsAbstractNames() throws {
        let name = "@screenpop-test-\(getpid())-events"
        let one = try UnixSocket.listening(on: name)
        #expect(ListeningSocket(descriptor: one)?.address == .unix(path: name))
        #expect(try sort([(one, "")])[.events] == [one])
    }

    @Test func refusesAPathThatFitsNothing() throws {
        let path = "\(folder.path)/two"
        let one = try UnixSocket.listening(on: path)
        #expect(throws: ActivatedSocketsError.unrecognised(descriptor: one, path: path)) {
            try sort([(one, "unknown")])
        }
    }

    @Test func refusesAnUnknownName() throws {
        let one = try LoopbackSocket.listening()
        #expect(throws: ActivatedSocketsError.unknownName(descriptor: one, name: "www")) { try sort([(one, "www")]) }
    }

    @Test func refusesTheWrongFamily() throws {
        let one = try LoopbackSocket.listening()
        #expect(throws: ActivatedSocketsError.wrongFamily(descriptor: one, purpose: .events)) {
            try sort([(one, "events")])
        }
        let two = try UnixSocket.listening(on: events)
        #expect(throws: ActivatedSocketsError.wrongFamily(descriptor: two, purpose: .http)) {
            try sort([(two, "http")])
        }
    }

    @Test func refusesWhatDoesNotListen() throws {
        let datagram = try UnixSocket.bound(to: events, type: SOCK_DGRAM)
        #expect(throws: ActivatedSocketsError.notListening(descriptor: datagram, name: "events")) {
            try sort([(datagram, "events")])
        }
        let idle = try UnixSocket.bound(to: api, type: SOCK_STREAM)
        #expect(throws: ActivatedSocketsError.notListening(descriptor: idle, name: "api")) { try sort([(idle, "api")]) }
        let file = open("/dev/null", O_RDONLY)
        #expect(throws: ActivatedSocketsError.notListening(descriptor: file, name: "http")) {
            try sort([(file, "http")])
        }
    }

    @Test func errorsSayWhatToChange() {
        let error = ActivatedSocketsError.unknownName(descriptor: 3, name: "w\nww")
        #expect(
            error.description
                == "descriptor 3 has the unknown name \"w\\nww\": FileDescriptorName= must be events, http or api")
    }

    @Test func nothingIsPassedToAProcessStartedByHand() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_FDS")
            let byHand = try ActivatedSockets.inherit()
            #expect(byHand.isEmpty)
            // Left over from a parent, and meant for it.
            setenv("LISTEN_PID", "\(getppid())", 1)
            setenv("LISTEN_FDS", "1", 1)
            let ofTheParent = try ActivatedSockets.inherit()
            #expect(ofTheParent.isEmpty)
        }
    }

    @Test func anEnvironmentThatDoesNotFitIsAnError() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "many", 1)
            #expect(throws: ActivatedSocketsError.unreadable(errno: EINVAL)) { try ActivatedSockets.inherit() }
            // It is cleared for every child, and counts once.
            #expect(getenv("LISTEN_FDS") == nil)
            let again = try ActivatedSockets.inherit()
            #expect(again.isEmpty)
        }
    }
}
