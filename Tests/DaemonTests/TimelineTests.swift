import Foundation
import Testing

extension ProcessTests {
    /// Calls in both directions, contacts by hand, events of the protocol and notes in one timeline.
    @Suite(.serialized) struct TimelineTests {
        @Test func allChannelsAreInOneListWithinASecond() throws {
            let (daemon, client, http) = try RecordAtOnceTests.ready(wrapUp: "30s")
            let id = 1, path = "/v1/customers/\(id)"
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101","device":"PJSIP/101"}"#)) != nil)
            RecordAtOnceTests.talk("in1", from: "09000000001", client)
            for line in [
                #"{"type":"call.dialed","call":"out1","operator":"101","to":"09000000001"}"#,
                #"{"type":"call.answered","call":"out1"}"#, #"{"type":"call.ended","call":"out1"}"#,
                #"{"type":"touchpoint.recorded","from":"09000000001","channel":"email","summary":"お見積りの件"}"#,
            ] { #expect(seq(client.ask(line)) != nil, "\(line)") }
            let visit = #"{"channel":"visit","summary":"ｺﾋﾟｰ機を見た","operator":"101"}"#
            #expect(try http.ask("POST", path + "/contacts", body: visit).status == 201)
            #expect(try http.ask("POST", path + "/notes", body: #"{"text":"引っ越しは五月"}"#).status == 201)
            func items(_ query: String = "") throws -> [[String: Any]] {
                try http.json(path + "/timeline" + query)["items"] as? [[String: Any]] ?? []
            }
            let all = try poll(within: 1) { try items().count == 5 ? try items() : nil }
            let entries = try #require(all)
            #expect(
                Set(entries.map { "\($0["kind"] ?? "") \($0["channel"] ?? "") \($0["call"] ?? "")" }) == [
                    "call phone in1", "call phone out1", "contact email <null>", "contact visit <null>",
                    "note note <null>",
                ])
            let calls = try items("?channel=phone")
            #expect(Set(calls.compactMap { $0["direction"] as? String }) == ["inbound", "outbound"])
            #expect(calls.allSatisfy { $0["operator"] as? String == "101" })
            for (part, kind) in [("見積", "email"), ("コピー", "visit"), ("五月", "note")] {
                let part = try #require(part.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
                #expect(try items("?q=\(part)").map { $0["channel"] as? String } == [kind])
            }
            // Page by page the same, and the same after a kill.
            func line(_ entry: [String: Any]) -> String { "\(entry["at"] ?? "") \(entry["summary"] ?? "")" }
            let ids = entries.map(line)
            func paged() throws -> [String] {
                var found: [String] = [], after = ""
                for _ in 0..<9 {
                    let page = try http.json(path + "/timeline?limit=2\(after)")
                    found += (page["items"] as? [[String: Any]] ?? []).map(line)
                    guard let next = page["next"] as? String else { break }
                    after = "&after=\(next)"
                }
                return found
            }
            #expect(try paged() == ids)
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try paged() == ids)
            #expect(try http.json(path)["last_contact_at"] as? String != nil)
            #expect(daemon.stop() == .status(0))
        }

        @Test func theCommandLineRecordsAndShowsThem() throws {
            let (daemon, _, http) = try RecordAtOnceTests.ready(wrapUp: "30s")
            func run(_ words: String...) throws -> (end: Program.End?, out: String) {
                let program = try Program(
                    Program.built("screenpop"),
                    ["--api-socket", daemon.api, "--language", "en", "customers"] + words,
                    errors: daemon.folder + "/cli")
                return (program.waitForEnd(), program.standardOutput)
            }
            let ok = Program.End.status(0)
            let bought = ["product=Coffee machine", "quantity=2", "unit_price=6400", "currency=JPY"]
            #expect(try run("purchases", "add", "1", bought[0], bought[1], bought[2], bought[3]).end == ok)
            let leak = try run("contacts", "add", "1", "channel=visit", "duration_ms=60000", "summary=It leaks.")
            #expect(leak.end == ok)
            let contract = try run("contracts", "add", "1", "service=Hosting", "renews=true", "expires=2027-03-31")
            #expect(contract.end == ok)
            #expect(try run("notes", "add", "1", "text=Moves in May", "seconds=2.5").end == ok)
            #expect(try run("purchases", "change", "1", "1", "state=shipped").end == ok)
            let purchases = try run("purchases", "1")
            #expect(purchases.end == ok && purchases.out.contains("12800 JPY") && purchases.out.contains("shipped"))
            #expect(try run("contracts", "list", "1").out.contains("2027-03-31"))
            #expect(try run("contacts", "1").out.contains("It leaks."))
            #expect(try run("notes", "history", "1", "4").out.contains("Moves in May"))
            #expect(try run("notes", "delete", "1", "4").end == ok)
            #expect(try http.ask("GET", "/v1/customers/1/notes/4").status == 404)
            #expect(try run("notes", "restore", "1", "4", "--version", "1").end == ok)
            let timeline = try run("timeline", "1", "--find", "coffee")
            #expect(timeline.end == ok && timeline.out.contains("Coffee machine") && !timeline.out.contains("leaks"))
            for wrong in ["prodct=x", "product"] {
                #expect(try run("purchases", "add", "1", wrong).end == .status(64), "\(wrong)")
            }
            #expect(daemon.stop() == .status(0))
        }
    }
}
