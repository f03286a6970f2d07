import Foundation
import Testing

@testable import Command

@Suite struct ClusterTests {
    static let nodes = #"""
        {"leader":"a","nodes":[
          {"node":"b","state":"follower","seq":120400,"lag_ms":3},
          {"node":"a","state":"leader","seq":120407,"lag_ms":0},
          {"node":"c","state":"joining","seq":9,"lag_ms":64000},
          {"node":"\u001b[31m","state":"retired","seq":1,"lag_ms":1}]}
        """#

    func lines(_ json: String, _ language: Language) throws -> [String] {
        let answer: ClusterAnswer = try APIClient.decode(Data(json.utf8))
        return ClusterBoard(language: language).text(answer, on: plain).components(separatedBy: "\n")
    }

    @Test func eachNodeHasALine() throws {
        let cells = try lines(Self.nodes, .en).map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            cells == [
                "node role position behind", "\u{FFFD}[31m retired 1 1 ms", "a leader 120407 –",
                "b follower 120400 3 ms", "c joining 9 64000 ms",
            ])
        let japanese = try lines(Self.nodes, .ja)
        #expect(japanese.count == 5)
        #expect(japanese.contains { $0.contains("リーダー") && $0.contains("120407") })
        #expect(japanese.contains { $0.contains("参加中") && $0.contains("64000 ミリ秒") })
    }

    @Test func aFollowerThatIsLateIsSaid() throws {
        let lines = try lines(
            #"{"leader":"a","nodes":[{"node":"b","state":"follower","seq":4,"lag_ms":65000}]}"#, .en)
        #expect(lines.last == "b is 1:05 behind: its screens are late.")
    }

    @Test func thatNobodyLeadsIsSaid() throws {
        let lines = try lines(#"{"leader":null,"nodes":[{"node":"b","state":"follower","seq":4,"lag_ms":900}]}"#, .en)
        #expect(lines.last == "No node leads: nothing can be changed on any of them.")
        #expect(lines.count == 3)
    }
}
