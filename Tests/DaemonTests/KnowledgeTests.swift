import Foundation
import Testing

extension ProcessTests {
    /// Knowledge and messages, over real sockets, the command line and a crash.
    @Suite(.serialized) struct KnowledgeTests {
        @Test func whatIsWrittenSurvivesACrash() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"山田 太郎"}"#).status == 201)
            #expect(try http.ask("POST", "/v1/articles", body: #"{"title":"水漏れ","body":"止める"}"#).status == 201)
            #expect(try http.ask("PATCH", "/v1/articles/1", body: #"{"answer":"止めました"}"#).status == 200)
            #expect(try http.ask("POST", "/v1/articles/1/feedback", body: #"{"helped":true}"#).status == 200)
            let sent = try http.ask("POST", "/v1/messages", body: #"{"to":"101","text":"お願い","customer":1}"#)
            #expect(sent.status == 200 && sent.body.contains(#""shown":false"#), "\(sent.body)")
            #expect(try http.ask("POST", "/v1/messages/1/read", body: #"{"operator":"101"}"#).status == 200)
            daemon.stop(SIGKILL)
            try daemon.start()
            let article = try http.json("/v1/articles/1")
            #expect(article["answer"] as? String == "止めました" && article["helped"] as? Int == 1)
            let found = try http.json("/v1/articles?q=%E6%B0%B4%E6%BC%8F")["items"] as? [[String: Any]]
            #expect(found?.count == 1, "the index is there again")
            let message = try #require((try http.json("/v1/messages")["items"] as? [[String: Any]])?.first)
            #expect(message["customer_name"] as? String == "山田 太郎")
            #expect((message["read_by"] as? [[String: Any]])?.first?["operator"] as? String == "101")
            #expect(daemon.stop() == .status(0))
        }

        @Test func theCommandLineWritesFindsAndAnswers() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            let customer = try http.ask("POST", "/v1/customers", body: #"{"name":"Taro Example"}"#)
            let id = String(try #require(customer.body.firstMatch(of: /"id":(\d+)/)?.1))
            func run(_ arguments: String..., status: Int32 = 0) throws -> String {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/e")
                let end = program.waitForEnd()
                #expect(end == .status(status), "\(program.standardError)")
                return program.standardOutput + program.standardError
            }
            let file = daemon.folder + "/leak.md"
            try "# Water leaks\n\n1. Switch it off.\n".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try run("articles", "add", "--file", file, "queues=support").contains("written as 1"))
            #expect(try run("articles", "--find", "leak").contains("Water leaks"))
            #expect(try run("articles", "show", "1").contains("1. Switch it off."))
            #expect(try run("articles", "change", "1", "owner=101").contains("version 2"))
            #expect(try run("articles", "delete", "1").contains("undelete 1"))
            #expect(try run("articles", "--deleted").contains("Water leaks"))
            #expect(try run("articles", "undelete", "1").contains("version 4"))
            #expect(try run("articles", "history", "1").contains("owner: — → 101"))
            #expect(try run("articles", "restore", "1", "--version", "1").contains("version 5"))
            #expect(try run("articles", "report").contains("Review is due: 0"))
            #expect(try run("templates", "add", "title=T", "text={{customer.name}}!").contains("written as 2"))
            #expect(try run("templates", "fill", "2", "--customer", id).contains("Taro Example!"))
            #expect(try run("templates", "add", "title=T", "text={{nobody}}", status: 1).contains("no field"))
            #expect(try run("incidents", "add", "title=No light", "regions=+813").contains("written as 3"))
            #expect(try run("incidents").contains("No light"))
            #expect(try run("messages", "send", "101", "Hello", "--customer", "1").contains("sent as 1"))
            #expect(try run("messages", "--customer", "1").contains("Hello"))
            #expect(try run("messages", "read", "1", "--operator", "101").contains("Read by 101"))
            #expect(try run("messages", "answer", "1", "x", "--operator", "101", status: 1).contains("program"))
            #expect(try run("messages", "--json").contains(#""items":["#))
        }
    }
}
