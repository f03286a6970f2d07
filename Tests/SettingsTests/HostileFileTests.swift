import Foundation
import Testing

@testable import Settings

/// Files that are no configuration: each ends in one sentence, never in a crash, a hang or much memory.
@Suite struct HostileFileTests {
    @Test func aHugeFileIsRefusedUnread() throws {
        let sentence = "FILE: a configuration has at most 1 MiB; give the path of the right file"
        #expect(try complaint([UInt8](repeating: UInt8(ascii: "#"), count: 100 << 20)) == sentence)
        #expect(try complaint([UInt8](repeating: UInt8(ascii: "#"), count: 1 << 20)) == nil)
        #expect(
            throws: SettingsError(
                .file(path: "/dev/zero", line: nil),
                "a configuration has at most 1 MiB; give the path of the right file")
        ) {
            try Settings.load(file: "/dev/zero", environment: [:], flags: .init())
        }
    }

    @Test func whatIsNoTextIsRefused() throws {
        let text = "# fine\nregion = 'JP'\n"
        #expect(
            try complaint(Array(text.utf8) + [0xff, 0xfe])
                == "FILE:3: this line is not UTF-8; save the file as UTF-8 text")
        #expect(
            try complaint(Array(text.utf8) + [0x83, 0x65])
                == "FILE:3: this line is not UTF-8; save the file as UTF-8 text")
        #expect(
            try complaint(text + "\0") == "FILE:3: this is no text (it has a NUL byte); save the file as UTF-8 text")
        #expect(
            try complaint([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0])
                == "FILE:1: this is no text (it has a NUL byte); save the file as UTF-8 text")
    }

    @Test func aDirectoryIsNoFile() throws {
        #expect(
            throws: SettingsError(
                .file(path: "/", line: nil), "this file cannot be read (Is a directory); give the path of a file")
        ) {
            try Settings.load(file: "/", environment: [:], flags: .init())
        }
    }

    @Test(arguments: [100, 10_000, 150_000]) func deepNestingIsRefused(depth: Int) throws {
        let sentence = "FILE:1: this is nested more than 32 deep; write the keys as config/screenpopd.toml has them"
        for text in [
            String(repeating: "a.", count: depth) + "a = 1", "[" + String(repeating: "a.", count: depth) + "a]",
            "a = " + String(repeating: "[", count: depth), "a = " + String(repeating: "{a=", count: depth),
            "a = [" + String(repeating: "{a=[", count: depth),
        ] {
            #expect(try complaint(text) == sentence)
        }
    }

    @Test func manyKeysTakeNoLongTime() throws {
        let fields = (0..<20_000).map { "field_\($0) = \"\($0)\"" }.joined(separator: "\n")
        #expect(try load("[customers.fields]\n" + fields).customers.fields.count == 20_000)
        let doubled = "[customers.fields]\n" + fields + "\nfield_7 = 'again'"
        #expect(
            try complaint(doubled)
                == "FILE:20002: customers.fields.field_7 is given again after line 9; leave only one of the two")
    }

    private static let ends = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "-1e308", "nan", "-inf", "0",
        "-1",
        "\"9223372036854775807d\"", "\"999999999d\"", "\"999999999ms\"", "\"-1s\"", "\"99:99\"", "\"\"",
        "9999-12-31T23:59:59Z", "[9223372036854775807]", "{a = 9223372036854775807}",
    ]

    /// Each value of the shipped file at the ends of what can be written, in the file and in the environment.
    @Test(arguments: ends.indices) func noValueAtItsEndsDoesMoreThanAComplaint(place: Int) throws {
        let value = HostileFileTests.ends[place]
        let lines = try ShippedFile.uncommented().split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        var tried = 0
        // A file is read for each: `make test` tries a third of the lines with this value, `make test-chaos` all.
        let stride = HostileFileTests.isWhole ? 1 : 3
        for (i, line) in lines.enumerated() where !line.hasPrefix("#") && (i + place).isMultiple(of: stride) {
            guard let equals = line.range(of: " = ") else { continue }
            tried += 1
            let text = (lines[..<i] + [line[..<equals.upperBound] + value] + lines[(i + 1)...]).joined(separator: "\n")
            if let said = try complaint(text) { #expect(said.hasPrefix("FILE"), "\(line): \(said)") }
        }
        #expect(tried > 16)
        for name in ["SCREENPOP_HTTP", "SCREENPOP_INTERVAL", "SCREENPOP_DAY_START", "SCREENPOP_RETENTION_EVENTS"] {
            _ = try complaint("", environment: [name: value])
        }
    }

    private static let isWhole = ProcessInfo.processInfo.environment["SCREENPOP_CHAOS_SEEDS"] != nil
    private static let changes = isWhole ? 1_000 : 150

    /// Any change of bytes in the shipped file, all keys uncommented: a value or one sentence, never a crash.
    @Test func noChangeOfBytesDoesMoreThanAComplaint() throws {
        let seed = UInt64.random(in: 0 ..< .max)
        var random = SplitMix(state: seed)
        let text = Array(try ShippedFile.uncommented().utf8)
        for _ in 0..<HostileFileTests.changes {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2:
                    bytes.insert(
                        contentsOf: "\"'[]{}=.\\\n#".utf8.randomElement(using: &random).map { [$0] } ?? [], at: at)
                default: bytes.removeSubrange(at..<min(at + 40, bytes.count))
                }
            }
            if let said = try complaint(bytes) {
                #expect(said.wholeMatch(of: /FILE(:[0-9]+)?: .+/) != nil, "seed \(seed)")
            }
        }
    }
}

/// The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators": repeatable from its seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
