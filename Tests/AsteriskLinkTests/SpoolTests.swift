import Foundation
import Testing

@testable import BridgeLink

@Suite struct SpoolTests {
    static func folder() throws -> String {
        let path = "/tmp/screenpop spool \(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func whatIsNotAnsweredIsThereAfterAKill() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let spool = try Spool(directory: folder, bytesMax: 1_000)
            for line in ["one\n", "two\n", "three\n"] { try spool.append(Array(line.utf8)) }
            spool.answer(upTo: 4)
            spool.savePosition()
        }
        // Half a line, as a kill may leave it.
        let file = try #require(FileHandle(forWritingAtPath: folder + "/events.ndjson"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("fo".utf8))
        try file.close()
        let again = try Spool(directory: folder, bytesMax: 1_000)
        #expect(again.answered == 4 && again.end == 14)
        #expect(Self.text(again.read(from: again.answered, most: 3)) == "two\n")
        #expect(Self.text(again.read(from: again.answered, most: 100)) == "two\nthree\n")
        #expect(again.read(from: again.end, most: 100) == [])
    }

    @Test func aPlaceThatCannotBeSendsAllAgain() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do { try Spool(directory: folder, bytesMax: 1_000).append(Array("one\ntwo\n".utf8)) }
        for wrong in ["6\n", "99999\n", "nonsense", ""] {
            try wrong.write(toFile: folder + "/answered", atomically: true, encoding: .utf8)
            #expect(try Spool(directory: folder, bytesMax: 1_000).answered == 0, "\(wrong)")
        }
    }

    @Test func isBoundedAndGivesBackTheRoomOfWhatIsAnswered() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let line = [UInt8](repeating: 0x61, count: 1 << 19) + [10]
        let spool = try Spool(directory: folder, bytesMax: 3 << 19 + 10)
        for _ in 0..<2 { try spool.append(line) }
        #expect(throws: Spool.Failure.full) { for _ in 0..<3 { try spool.append(line) } }
        let end = spool.end
        #expect(end % Int64(line.count) == 0)
        spool.answer(upTo: end)
        #expect(spool.isEmpty && spool.fileBytes == 0)
        try spool.append(Array("new\n".utf8))
        #expect(Self.text(spool.read(from: end, most: 10)) == "new\n")
        #expect(spool.fileBytes == 4)
    }

    /// On a busy day there is always a line on its way: the file must not grow until the night.
    @Test func givesBackRoomAlthoughALineAlwaysWaits() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let line = [UInt8](repeating: 0x61, count: 999) + [10]
        var end: Int64 = 0
        do {
            let spool = try Spool(directory: folder, bytesMax: 10_000)
            var largest: Int64 = 0
            for i in 0..<5_000 {
                try spool.append(i == 4_999 ? Array("last\n".utf8) : line)
                largest = max(largest, spool.fileBytes)
                // All but the newest.
                spool.answer(upTo: spool.end - (i == 4_999 ? 5 : 1_000))
                #expect(!spool.isEmpty)
            }
            #expect(largest <= Spool.answeredMax + 2_000)
            end = spool.end
            #expect(Self.text(spool.read(from: end - 5, most: 100)) == "last\n")
            spool.savePosition()
        }
        let again = try Spool(directory: folder, bytesMax: 10_000)
        #expect(Self.text(again.read(from: again.answered, most: 100)) == "last\n")
    }

    /// A bridge that is killed while the room is given back sends lines again, and each of them whole.
    @Test func aPlaceBehindTheLinesSendsAllAgain() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do { try Spool(directory: folder, bytesMax: 1_000).append(Array("one\ntwo\n".utf8)) }
        // The lines were moved, and the place was not kept yet.
        try "1048580\n".write(toFile: folder + "/answered", atomically: true, encoding: .utf8)
        let again = try Spool(directory: folder, bytesMax: 1_000)
        #expect(Self.text(again.read(from: again.answered, most: 100)) == "one\ntwo\n")
    }

    @Test func twoBridgesDoNotShareOne() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try Spool(directory: folder, bytesMax: 1_000)
        #expect(throws: Spool.Failure.inUse(path: folder)) { _ = try Spool(directory: folder, bytesMax: 1_000) }
        _ = first
        #expect(throws: Spool.Failure.self) { _ = try Spool(directory: "/proc/none", bytesMax: 1_000) }
    }
}
