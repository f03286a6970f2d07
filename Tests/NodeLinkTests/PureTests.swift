import NIOCore
import Testing

@testable import NodeLink

/// What is on the wire, and what the configuration names: values alone.
@Suite struct PureTests {
    // MARK: The first line

    static let purposes: [(Purpose, String)] = [
        (.follow(node: "b", after: 123), #"{"after":123,"for":"follow","node":"b"}"#),
        (.api(isLocal: true), #"{"for":"api","local":true}"#),
        (.api(isLocal: false), #"{"for":"api","local":false}"#),
        (.events(source: "pbx1"), #"{"for":"events","source":"pbx1"}"#),
        (.events(source: nil), #"{"for":"events"}"#),
        (.snapshot(node: "名前"), #"{"for":"snapshot","node":"名前"}"#),
        (
            .leader(Peer(node: "a", address: "10.0.0.1:8791"), epoch: 7),
            #"{"address":"10.0.0.1:8791","epoch":7,"for":"leader","node":"a"}"#
        ),
    ]

    @Test(arguments: purposes) func aPurposeIsALine(purpose: Purpose, line: String) throws {
        #expect(String(decoding: purpose.line, as: UTF8.self) == line + "\n")
        #expect(try Purpose(line: Array(line.utf8)) == purpose)
        // Members of later versions are ignored.
        #expect(try Purpose(line: Array((line.dropLast() + #","later":[1]}"#).utf8)) == purpose)
    }

    @Test(arguments: [
        ("", Purpose.Fault.malformed), ("{}", .malformed), ("[]", .malformed), ("{", .malformed),
        (#"{"for":"fetch"}"#, .unknown), (#"{"for":"follow","node":"b"}"#, .malformed),
        (#"{"for":"follow","node":"b","after":-1}"#, .malformed),
        (#"{"for":"follow","node":"","after":1}"#, .malformed),
        (#"{"for":"follow","node":"b","after":"1"}"#, .malformed), (#"{"for":"api"}"#, .malformed),
        (#"{"for":"leader","node":"a","address":"10.0.0.1:8791","epoch":0}"#, .malformed),
        (#"{"for":"leader","node":"a","address":"10.0.0.1","epoch":7}"#, .malformed),
        (#"{"for":"events","source":""}"#, .malformed), (#"{"for":"snapshot","node":"a\u0000b"}"#, .malformed),
        (#"{"for":"snapshot","node":""# + String(repeating: "n", count: 129) + #""}"#, .malformed),
        (#"{"for":"api","local":true,"x":""# + String(repeating: "x", count: 4_096) + #""}"#, .malformed),
    ] as [(String, Purpose.Fault)]) func whatIsNoPurposeIsRefused(line: String, fault: Purpose.Fault) {
        #expect(throws: fault) { try Purpose(line: Array(line.utf8)) }
    }

    @Test func anAnswerIsALine() {
        for answer in [LinkAnswer.yes, .no("busy"), .no("not_leader", leader: "a")] {
            #expect(LinkAnswer(line: answer.line.dropLast()) == answer)
        }
        #expect(String(decoding: LinkAnswer.yes.line, as: UTF8.self) == "{\"ok\":true}\n")
        for line in ["", "{}", #"{"ok":false}"#, "HTTP/1.1 400 Bad Request"] {
            #expect(LinkAnswer(line: Array(line.utf8)) == nil)
        }
    }

    // MARK: Addresses

    @Test(arguments: [
        ("10.0.0.1:8791", "10.0.0.1", 8_791, true), ("[fe80::1]:1", "fe80::1", 1, true),
        ("db-1.example:65535", "db-1.example", 65_535, false), ("localhost:0", "localhost", 0, false),
    ] as [(String, String, Int, Bool)]) func anAddressIsAHostAndAPort(
        text: String, host: String, port: Int, isLiteral: Bool
    ) throws {
        let address = try HostPort(text)
        #expect(address.host == host && address.port == port)
        #expect((address.literal != nil) == isLiteral)
    }

    @Test(arguments: [
        "", "10.0.0.1", ":80", "a:", "a:x", "a:65536", "a:-1", "fe80::1:80", "[10.0.0.1]:1", "[::1]", "a b:1",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: LinkError.badAddress(text)) { try HostPort(text) }
    }

    // MARK: Frames

    static func frame(_ random: inout some RandomNumberGenerator) -> LinkFrame {
        func number() -> Int64 { Int64.random(in: .min ... .max, using: &random) }
        let count = Int.random(in: 0...3_000, using: &random)
        return LinkFrame(
            first: number(), last: number(), epoch: number(), readAt: number(), changes: number(),
            entries: (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &random) })
    }

    /// Any frames, in pieces of any size, arrive as they were; a piece that is missing is waited for.
    @Test(arguments: UInt64(1)...20) func framesInAnyPieces(seed: UInt64) throws {
        var random = Seeded(seed)
        var sent: [LinkMessage] = [], wire = ByteBuffer()
        for _ in 0..<30 {
            let message: LinkMessage =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .keepalive
                case 1: .waiting
                case 2: .burst(PureTests.frame(&random))
                default: .notice([UInt8](repeating: 5, count: Int.random(in: 0..<50, using: &random)))
                }
            sent.append(message)
            message.write(into: &wire)
        }
        var held = ByteBuffer(), read: [LinkMessage] = []
        while wire.readableBytes > 0 {
            let count = min(wire.readableBytes, Int.random(in: 1...2_000, using: &random))
            let slice = wire.readSlice(length: count)
            var piece = try #require(slice)
            held.writeBuffer(&piece)
            while let message = try LinkMessage.read(from: &held) { read.append(message) }
        }
        #expect(read == sent, "seed \(seed)")
        #expect(held.readableBytes == 0)
    }

    @Test func aFrameThatIsCutIsWaitedFor() throws {
        var random = Seeded(7)
        let frame = PureTests.frame(&random)
        var whole = ByteBuffer()
        LinkMessage.burst(frame).write(into: &whole)
        #expect(whole.readableBytes == frame.byteCount)
        for count in 0..<whole.readableBytes {
            var cut = try #require(whole.getSlice(at: 0, length: count))
            let message = try LinkMessage.read(from: &cut)
            #expect(message == nil)
            #expect(cut.readableBytes == count)
        }
    }

    @Test(arguments: [
        ([0, 0, 0, 0], LinkMessage.Fault.length(0)), ([0x7F, 0xFF, 0xFF, 0xFF], .length(0x7FFF_FFFF)),
        ([4, 0, 0, 1], .length((64 << 20) + 1)), ([0, 0, 0, 5, 9], .kind(9)), ([0, 0, 0, 2, 0], .length(2)),
        ([0, 0, 0, 40, 1], .length(40)),
    ] as [([UInt8], LinkMessage.Fault)]) func whatIsNoFrameIsRefusedAtOnce(bytes: [UInt8], fault: LinkMessage.Fault) {
        var buffer = ByteBuffer(bytes: bytes)
        #expect(throws: fault) { try LinkMessage.read(from: &buffer) }
    }

    // MARK: Names in a snapshot

    @Test(arguments: ["events.db", "a/b/c", "..a", "a..b", ".hidden", "名前"]) func safeNames(name: String) {
        #expect(SnapshotFiles.isSafe(name))
    }

    @Test(arguments: [
        "", ".", "..", "../a", "a/../b", "a/..", "/etc/passwd", "a//b", "a/", "a\u{0}b", "a\nb", "a\\b",
        String(repeating: "n", count: 256), Array(repeating: "d", count: 9).joined(separator: "/"),
    ] as [String]) func namesThatAreRefused(name: String) { #expect(!SnapshotFiles.isSafe(name)) }
}

/// Random numbers by a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
