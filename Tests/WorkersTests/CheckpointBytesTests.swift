import CallCenter
import Foundation
import Testing

@testable import Storage

/// A state is written in pieces, which are read on several threads, and is the same again.
@Suite struct CheckpointBytesTests {
    private static func state(_ calls: Int) throws -> Checkpoint {
        var random = ReadAheadTests.Seeded(state: UInt64(calls))
        let day = ReadAheadTests.day(&random, calls: calls)
        return try ReadAheadTests.Files(day, &random).sequential().checkpoint
    }

    @Test(arguments: [0, 1, 5, 200]) func whatIsWrittenIsReadAgain(calls: Int) throws {
        let state = try Self.state(calls), bytes = try CheckpointBytes.encode(state)
        #expect(bytes.split(separator: 10).count == CheckpointBytes.pieces + 1)
        let again = try CheckpointBytes.decode(bytes)
        #expect(again.differences(from: state) == [])
        #expect(again == state)
    }

    /// As older versions wrote it.
    @Test func aStateInOneLineIsRead() throws {
        let state = try Self.state(50)
        #expect(try CheckpointBytes.decode([UInt8](JSONEncoder().encode(state))) == state)
    }

    @Test func aPieceThatCannotBeReadIsAnError() throws {
        var bytes = try CheckpointBytes.encode(try Self.state(50))
        bytes.removeLast(3)
        #expect(throws: (any Error).self) { try CheckpointBytes.decode(bytes) }
        #expect(throws: (any Error).self) { try CheckpointBytes.decode([]) }
        #expect(throws: (any Error).self) { try CheckpointBytes.decode(Array("{}\n{}".utf8)) }
    }
}
