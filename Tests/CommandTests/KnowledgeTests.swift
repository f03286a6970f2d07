import ArgumentParser
import Foundation
import Testing

@testable import Command

@Suite struct KnowledgeTests {
    @Test func aFileIsTheTextAndItsFirstHeadingTheTitle() throws {
        let page = "# 水漏れ \r\n\r\n1. 止める\n2. 呼ぶ\n"
        let values = try KnowledgeAssignments(
            ["queues=support, sales", "owner=", "review=2027-03-31"], ArticleVerb.fields, file: page, as: "body"
        ).values
        #expect(values["title"] == .text("水漏れ") && values["body"] == .text("1. 止める\n2. 呼ぶ\n"))
        #expect(values["queues"] == .texts(["support", "sales"]) && values["owner"] == .null)
        let named = try KnowledgeAssignments(["title=別名"], ArticleVerb.fields, file: page, as: "body").values
        #expect(named["title"] == .text("別名"), "what is said counts")
        // A template's text is as it is.
        let text = try KnowledgeAssignments([], TemplateVerb.fields, file: "# 様", as: "text").values
        #expect(text == ["text": .text("# 様")])
        #expect(try KnowledgeAssignments(["cases=5,7"], IncidentVerb.fields).values["cases"] == .wholes([5, 7]))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(values)) as? [String: Any]
        #expect(json?["queues"] as? [String] == ["support", "sales"] && json?["owner"] is NSNull)
        for wrong in ["title", "colour=red"] {
            #expect(throws: ValidationError.self) { try KnowledgeAssignments([wrong], ArticleVerb.fields) }
        }
        #expect(throws: ValidationError.self) { try KnowledgeAssignments(["cases=x"], IncidentVerb.fields) }
    }

    @Test func aLineSaysWhatItIsFor() throws {
        let json = #"""
            {"id":5,"version":1,"title":"停電","state":"open","opened_at":"2026-11-24T01:00:00.000Z","closed_at":null,
            "cost":"12800","currency":"JPY","queues":["support"],"regions":["+813"],"lines":[],"products":[],"tags":[],
            "updated_at":"2026-11-24T01:00:00.000Z","updated_by":null}
            """#
        let one: KnowledgeLine = try APIClient.decode(Data(json.utf8))
        let cells = IncidentVerb.cells(one, .en, tokyo)
        #expect(cells.contains("support, +813") && cells.contains("12800 JPY") && cells.contains("open"))
    }
}
