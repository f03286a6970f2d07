import Foundation

@testable import Command

let plain = Terminal(isTerminal: false, hasColour: false, width: 60)

/// In Tokyo, whatever the zone of the machine.
let tokyo = CivilClock(timezone: "Asia/Tokyo")

/// SplitMix64. A test prints its seed; `SCREENPOP_SEED` repeats the run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ name: String) {
        state =
            ProcessInfo.processInfo.environment["SCREENPOP_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...UInt64.max)
        print("\(name): SCREENPOP_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
