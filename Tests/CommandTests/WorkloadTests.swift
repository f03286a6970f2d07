import Foundation
import Testing

@testable import Command

@Suite struct WorkloadTests {
    static let json = #"""
        {"at":"2026-11-24T03:00:00.000Z","operators":[{"operator":"101","name":"佐藤\u001b[31m","state":"talking",
        "answered":12,"dialed":3,"cases":4,"cases_overdue":1,"promises":2,"promises_due":1,"promises_overdue":0,
        "tasks":7,"tasks_overdue":0,"stalled":1,"progress_at":"2026-11-24T02:00:00.000Z",
        "idle_since":"2026-11-20T03:00:00.000Z","callbacks":2,"mails":1}],
        "unowned":{"cases":5,"cases_overdue":0,"promises":0,"promises_due":0,"promises_overdue":0,
        "tasks":0,"tasks_overdue":0,"stalled":0,"progress_at":null,"idle_since":null}}
        """#

    @Test func aLineSaysHowMuchAndWhatWaits() throws {
        let answer: WorkloadLines = try APIClient.decode(Data(Self.json.utf8))
        #expect(answer.operators[0].work.casesOverdue == 1 && answer.operators[0].work.tasks == 7)
        #expect(answer.unowned.cases == 5)
        let now = try #require(APITime.date("2026-11-24T03:00:00.000Z"))
        func text(_ language: Language) -> String {
            WorkloadBoard(language: language, now: now).table(answer).text(on: plain)
        }
        for part in ["101", "佐藤", "talking", "4 d", "1:00:00", "nobody"] {
            #expect(text(.en).contains(part), "\(text(.en))")
        }
        #expect(text(.ja).contains("4日") && text(.ja).contains("担当なし"))
        #expect(!text(.en).contains("\u{1b}"))
    }

    @Test func whatCannotBeGivenIsRead() throws {
        let json = #"{"owner":"102","assigned":[5],"unchanged":[],"failed":[{"id":6,"status":409,"detail":"closed"}]}"#
        let answer: Cases.Assign.Answer = try APIClient.decode(Data(json.utf8))
        #expect(answer.assigned == [5] && answer.failed.map(\.id) == [6])
        #expect(throws: (any Error).self) { try Cases.Assign.parse(["102"]) }
        #expect(try Cases.Assign.parse(["102", "5", "6"]).ids == [5, 6])
    }

    @Test func claimsOfTheInboxAreVerbs() throws {
        #expect(try Inbox.Claim.parse(["5", "--operator", "101"]).operatorID == "101")
        #expect(try Inbox.Release.parse(["5"]).id == 5)
    }
}
