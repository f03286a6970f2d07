import ChaosDisk
import Foundation
import SQLite
import Testing

@testable import Storage

/// The log on a disk that fills up, fails and loses power (`Tests/ChaosDisk`): whatever happens, what was committed is
/// there, once, at its place.
///
/// `SCREENPOP_CHAOS_SEEDS` says how many seeds are tried: `make test-chaos` tries 10,000. `SCREENPOP_SEED` repeats one.
@Suite(.serialized) struct ChaosTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["SCREENPOP_SEED"].flatMap(UInt64.init) { return [one] }
        return Array(0..<(environment["SCREENPOP_CHAOS_SEEDS"].flatMap(UInt64.init) ?? 100))
    }()
    /// `make test-chaos` fails each operation, `make test` one of four, and each kind of fault another one.
    private static let stride: Int64 = ProcessInfo.processInfo.environment["SCREENPOP_CHAOS_SEEDS"] == nil ? 4 : 1

    init() throws {
        // A connection of any kind first: SQLite is configured before it starts.
        _ = try Connection(path: ":memory:")
        try #require(chaos_disk_register() == 0)
    }

    @Test func nothingCommittedIsLostOnADiskThatFails() throws {
        var crashes = 0, failures = 0
        for seed in ChaosTests.seeds {
            var random = Seeded(seed: seed)
            let machine = try ChaosMachine(name: "seed-\(seed)")
            defer { machine.erase() }
            for _ in 0..<Int.random(in: 5...40, using: &random) {
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<9: machine.write(Int.random(in: 1...8, using: &random), using: &random)
                case 9..<12: machine.writeBeside(Int.random(in: 1...8, using: &random), using: &random)
                case 12: machine.adopt()
                case 13: machine.cut(using: &random)
                case 14..<18: machine.failSoon(using: &random)
                default:
                    try machine.crash(seed: random.next())
                    crashes += 1
                }
            }
            try machine.crash(seed: random.next())
            failures += machine.failures
            if let problem = machine.problem {
                Issue.record("seed \(seed): \(problem)")
                return
            }
        }
        print("\(ChaosTests.seeds.count) seeds: \(crashes) crashes between, \(failures) operations of the log failed")
        // A chaos in which nothing fails tests nothing.
        if ChaosTests.seeds.count >= 100 { #expect(crashes > 50 && failures > 50) }
    }

    /// The same work, and each of its operations on the disk fails once, and from there on.
    @Test(arguments: [CHAOS_WRITE_FULL, CHAOS_WRITE_FAILS, CHAOS_SYNC_FAILS])
    func everyPointOfTheWorkMayFail(_ fault: chaos_fault) throws {
        func work(_ name: String, failing: (fault: chaos_fault, after: Int64, count: Int64)?) throws -> Int64 {
            var random = Seeded(seed: 7)
            let machine = try ChaosMachine(name: name)
            defer { machine.erase() }
            if let failing { machine.fail(failing.fault, after: failing.after, count: failing.count) }
            for step in 0..<8 {
                machine.write(3, using: &random)
                if step == 4 { machine.adopt() }
                if step % 5 == 3 { machine.cut(using: &random) }
                machine.writeBeside(2, using: &random)
            }
            let operations = machine.operations
            try machine.crash(seed: UInt64(failing?.after ?? 0))
            if let problem = machine.problem { Issue.record("\(name): \(problem)") }
            return operations
        }
        let operations = try work("whole-\(fault.rawValue)", failing: nil)
        try #require(operations > 20)
        let first = 1 + Int64(fault.rawValue) % ChaosTests.stride
        for after in Swift.stride(from: first, through: operations, by: Int(ChaosTests.stride)) {
            for count in [1, Int64.max] as [Int64] {
                _ = try work("point-\(fault.rawValue)-\(after)-\(count)", failing: (fault, after, count))
            }
        }
    }
}
