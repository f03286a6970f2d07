import Glibc
import Logging
import Testing

@testable import Systemd

@Suite struct LogLineTests {
    private static let moment = timespec(tv_sec: 1_795_425_153, tv_nsec: 123_999_999)

    private func line(
        _ message: String, level: Logger.Level = .notice, metadata: Logger.Metadata = [:], colours: Bool = false
    ) -> String {
        let event = LogEvent(
            level: level, message: "\(message)", metadata: metadata, source: nil, file: "Engine/Engine.swift",
            function: "run()", line: 7)
        return LogLine.text(
            identifier: "screenpopd", event: event, metadata: LogMetadata.merged([:], nil, event), at: Self.moment,
            colours: colours)
    }

    @Test func readsWell() {
        #expect(
            line("call routed", metadata: ["queue": "support", "call_id": "1732269600.15", "seq": "1042"])
                == "2026-11-23T09:12:33.123Z notice screenpopd: call routed call_id=1732269600.15 queue=support "
                    + "seq=1042\n"
        )
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("山田太郎", "山田太郎"),
        ("山田 太郎", "\"山田 太郎\""),
        ("", "\"\""),
        ("a=b", "\"a=b\""),
        ("say \"hi\"", "\"say \\\"hi\\\"\""),
        ("back\\slash", "back\\\\slash"),
        ("x\" seq=1 y=\"", "\"x\\\" seq=1 y=\\\"\""),
    ])
    func valuesEndWhereTheySeemTo(value: String, printed: String) {
        #expect(line("m", metadata: ["k": "\(value)"]).hasSuffix(" screenpopd: m k=\(printed)\n"))
    }

    @Test(arguments: [
        ("\n2026-11-23T09:12:33.123Z critical screenpopd: forged", "\\n2026"),
        ("\r\u{1b}[2K", "\\r\\u{1b}[2K"),
        ("\u{0}\u{7f}\u{85}\u{9b}", "\\u{0}\\u{7f}\\u{85}\\u{9b}"),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
        ("\u{202e}\u{2066}\u{200f}", "\\u{202e}\\u{2066}\\u{200f}"),
        ("\\n", "\\\\n"),
    ])
    func textFromOutsideStaysInItsLine(text: String, printed: String) {
        for line in [line(text), line("m", metadata: ["name": "\(text)"]), line("m", metadata: ["\(text)": "v"])] {
            #expect(line.contains(printed))
            #expect(line.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            #expect(line.last == "\n")
        }
    }

    @Test func coloursOnlyTheLevel() {
        #expect(
            line("m", level: .error, colours: true)
                == "2026-11-23T09:12:33.123Z \u{1b}[31merror\u{1b}[0m screenpopd: m\n")
        #expect(!line("m", level: .error).contains("\u{1b}"))
    }

    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"),
        (1_709_164_800, 5_000_000, "2024-02-29T00:00:00.005Z"),
        (4_102_444_799, 999_999_999, "2099-12-31T23:59:59.999Z"),
    ])
    func timesAreUTC(seconds: Int, nanoseconds: Int, printed: String) {
        #expect(UTCTimestamp.text(timespec(tv_sec: seconds, tv_nsec: nanoseconds)) == printed)
    }
}
