import CallCenter
import Foundation
import Testing

@testable import EventWire

/// 2026-01-31T00:00:00Z: when all lines of these tests are read.
let readAt = Timestamp(ms: 1_769_817_600_000)

func decode(_ bytes: [UInt8], allowInternal: Bool = false) throws(WireError) -> DecodedEvent {
    var result: Result<DecodedEvent, WireError>?
    bytes.withUnsafeBytes { line in
        result = Result { () throws(WireError) in
            try EventDecoder.decode(line, defaultSource: "default", readAt: readAt, allowInternal: allowInternal)
        }
    }
    return try result!.get()
}

func decode(_ line: String, allowInternal: Bool = false) throws(WireError) -> DecodedEvent {
    try decode(Array(line.utf8), allowInternal: allowInternal)
}

/// What is wrong with a line; nil when nothing is.
func flaw(_ line: String) -> WireError? {
    do throws(WireError) { _ = try decode(line) } catch { return error }
    return nil
}

/// SplitMix64. A test prints its seed; `SCREENPOP_SEED` repeats the run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    let seed: UInt64

    init(_ name: String) {
        seed =
            ProcessInfo.processInfo.environment["SCREENPOP_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...UInt64.max)
        state = seed
        print("\(name): SCREENPOP_SEED=\(seed)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func written(_ write: (inout ByteBuilder) -> Void) -> String {
    var out = ByteBuilder()
    write(&out)
    return out.text
}

/// Parses with somebody else's parser.
func parsed(_ json: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(json.utf8), options: [.fragmentsAllowed])
}
