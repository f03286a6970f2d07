import Glibc
import Logging
import Synchronization
import Testing

@testable import Systemd

@Suite struct JournalTests {
    @Test(arguments: [
        ("call_id", "CALL_ID"), ("queue", "QUEUE"), ("operator", "OPERATOR"), ("seq", "SEQ"),
        ("http.status-code", "HTTP_STATUS_CODE"),
        // The journal drops fields that begin with an underscore or a digit.
        ("_pid", "PID"), ("__x", "X"), ("5xx", "FIELD_5XX"), ("_", "FIELD_"), ("", "FIELD_"), ("名前", "FIELD_"),
        // Nobody's metadata stands in for a field with a meaning of its own.
        ("message", "FIELD_MESSAGE"), ("priority", "FIELD_PRIORITY"), ("_Priority", "FIELD_PRIORITY"),
        ("code_file", "FIELD_CODE_FILE"), ("syslog.identifier", "FIELD_SYSLOG_IDENTIFIER"), ("unit", "FIELD_UNIT"),
        (String(repeating: "a", count: 80), String(repeating: "A", count: 64)),
        ("x=1\nPRIORITY", "X_1_PRIORITY"),
        ("straße", "STRA_E"),
    ])
    func keysBecomeFieldNames(key: String, name: String) {
        #expect(JournalField.name(for: key) == name)
    }

    /// What a logger with this handler hands to the journal.
    private func sent(_ use: (Logger) -> Void) -> [[String]] {
        let entries = Entries()
        use(
            Logger(label: "test") { _ in
                JournalLogHandler(
                    identifier: "screenpopd", level: .trace, metadataProvider: nil,
                    fallback: StderrLogHandler(identifier: "screenpopd"),
                    send: { entry in
                        entries.append(entry.fields)
                        return true
                    })
            })
        return entries.all
    }

    @Test func anEntryHasTheFieldsOfSystemd() {
        let entries = sent {
            $0.warning(
                "late", metadata: ["call_id": "17.15", "queue": "support"], file: "Engine/Engine.swift",
                function: "run()", line: 7)
        }
        #expect(
            entries == [
                [
                    "MESSAGE=late", "PRIORITY=4", "SYSLOG_IDENTIFIER=screenpopd", "CODE_FILE=Engine/Engine.swift",
                    "CODE_LINE=7",
                    "CODE_FUNC=run()", "CALL_ID=17.15", "QUEUE=support",
                ]
            ])
    }

    @Test(arguments: zip(Logger.Level.allCases, ["7", "7", "6", "5", "4", "3", "2"]))
    func levelsAreThoseOfSyslog(level: Logger.Level, priority: String) {
        #expect(sent { $0.log(level: level, "m") }.first?[1] == "PRIORITY=\(priority)")
    }

    @Test func aMessageIsOneLine() {
        #expect(sent { $0.info("a\nb") }.first?.first == "MESSAGE=a\\nb")
    }

    @Test func whatTheJournalRefusesGoesToStandardError() throws {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemFailure("pipe") }
        defer { for end in ends { close(end) } }
        let handler = JournalLogHandler(
            identifier: "screenpopd", level: .info, metadataProvider: nil,
            fallback: StderrLogHandler(
                identifier: "screenpopd", level: .info, metadataProvider: nil, descriptor: ends[1], colours: false),
            send: { _ in false })
        Logger(label: "test") { _ in handler }.info("m", metadata: ["seq": "1"])
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &buffer, buffer.count)
        #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self).hasSuffix(" info screenpopd: m seq=1\n"))
    }

    @Test func theStreamIsRecognisedByDeviceAndInode() throws {
        let descriptor = open("/dev/null", O_WRONLY)
        defer { close(descriptor) }
        var facts = stat()
        fstat(descriptor, &facts)
        let right = "\(facts.st_dev):\(facts.st_ino)"
        #expect(JournalStream.isConnected(descriptor: descriptor, journalStream: right))
        for wrong in [nil, "", ":", "1", "x:y", "\(facts.st_dev):\(facts.st_ino + 1)", "\(right):1"] {
            #expect(!JournalStream.isConnected(descriptor: descriptor, journalStream: wrong))
        }
        #expect(!JournalStream.isConnected(descriptor: -1, journalStream: right))
    }
}

/// Entries caught on their way to the journal.
private final class Entries: Sendable {
    private let entries = Mutex<[[String]]>([])
    func append(_ fields: [String]) { entries.withLock { $0.append(fields) } }
    var all: [[String]] { entries.withLock { $0 } }
}
