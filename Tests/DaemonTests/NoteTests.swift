import Foundation
import Testing

extension ProcessTests {
    /// Unfinished drafts, notes about customers, and corrected identifications.
    @Suite(.serialized) struct NoteTests {
        /// Two customers, two operators, and after-call work of `limit`.
        static func ready(limit: String = "60s") throws -> (Daemon, Client, HTTP) {
            let daemon = try Daemon(config: "region = \"JP\"\n[queue_defaults]\nwrap_up_limit = \"\(limit)\"\n")
            try daemon.start()
            let http = HTTP(path: daemon.api)
            for name in ["山田 太郎", "Mary Example"] {
                #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"\#(name)"}"#).status == 201)
            }
            let client = try Client(daemon.socket)
            for who in ["101", "102"] {
                #expect(seq(client.ask(#"{"type":"operator.login","operator":"\#(who)"}"#)) != nil)
            }
            return (daemon, client, http)
        }

        static func talk(_ client: Client, _ call: String, from: String = "0312345678") {
            for line in [
                #"{"type":"call.offered","call":"\#(call)","from":"\#(from)","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"\#(call)","queue":"support"}"#,
                #"{"type":"call.answered","call":"\#(call)","operator":"101"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
        }

        static func notes(_ http: HTTP, _ call: String) throws -> [String] {
            let notes = try http.json("/v1/calls/\(call)")["notes"] as? [[String: Any]] ?? []
            return notes.map {
                "\($0["state"] as? String ?? "") \($0["operator"] as? String ?? "-") \($0["text"] as? String ?? "")"
            }
        }

        @Test func aDraftIsANoteHoweverAfterCallWorkEndsAndAfterAKill() throws {
            let (daemon, client, http) = try NoteTests.ready()
            func draft(_ call: String, _ text: String) throws {
                let body = #"{"text":"\#(text)","draft":true,"operator":"101","spent_ms":700}"#
                #expect(try http.ask("POST", "/v1/calls/\(call)/note", body: body).status == 200)
            }
            let ways = [
                "ready": #"{"type":"operator.ready","operator":"101"}"#,
                "pause": #"{"type":"operator.paused","operator":"101"}"#,
                "next": #"{"type":"call.ringing","call":"other","operator":"101"}"#,
                "logout": #"{"type":"operator.logout","operator":"101"}"#,
            ]
            for (way, line) in ways.sorted(by: { $0.key < $1.key }) {
                NoteTests.talk(client, way)
                try draft(way, "typed, \(way)")
                #expect(seq(client.ask(#"{"type":"call.ended","call":"\#(way)"}"#)) != nil)
                #expect(try http.json("/v1/calls/\(way)")["note_draft"] as? String == "typed, \(way)")
                #expect(try NoteTests.notes(http, way) == [])
                #expect(seq(client.ask(line)) != nil)
                #expect(try NoteTests.notes(http, way) == ["unfinished 101 typed, \(way)"])
                if way == "next" { #expect(seq(client.ask(#"{"type":"call.ended","call":"other"}"#)) != nil) }
                for type in ["operator.login", "operator.resumed"] {
                    #expect(seq(client.ask(#"{"type":"\#(type)","operator":"101"}"#)) != nil)
                }
            }
            let found = try #require(try http.json("/v1/operators/101/unfinished")["calls"] as? [[String: Any]])
            #expect(Set(found.compactMap { $0["call"] as? String }) == Set(ways.keys))
            #expect(found.allSatisfy { $0["lack"] as? String == "finish" && $0["note"] as? String == "unfinished" })
            daemon.stop(SIGKILL)
            try daemon.start()
            for way in ways.keys { #expect(try NoteTests.notes(http, way) == ["unfinished 101 typed, \(way)"]) }
            // Finished later, it is one note; another one is beside it.
            for body in [
                #"{"text":"done","whole":true,"operator":"101"}"#, #"{"text":"called back","operator":"102"}"#,
            ] {
                #expect(try http.ask("POST", "/v1/calls/ready/note", body: body).status == 200)
            }
            #expect(try NoteTests.notes(http, "ready") == ["finished 101 done", "finished 102 called back"])
            #expect((try http.json("/v1/operators/101/unfinished")["calls"] as? [Any])?.count == 3)
            #expect(daemon.stop() == .status(0))
        }

        @Test func aDraftIsANoteWhenTheLimitHasPassed() throws {
            let (daemon, client, http) = try NoteTests.ready(limit: "1s")
            NoteTests.talk(client, "limit")
            #expect(
                try http.ask(
                    "POST", "/v1/calls/limit/note", body: #"{"text":"half a wo","draft":true,"operator":"101"}"#
                ).status == 200)
            #expect(try http.ask("POST", "/v1/calls/limit/identify", body: #"{"customer":1}"#).status == 200)
            #expect(seq(client.ask(#"{"type":"call.ended","call":"limit"}"#)) != nil)
            #expect(poll { (try? NoteTests.notes(http, "limit")) == ["unfinished 101 half a wo"] ? true : nil } == true)
            // No further event about the call arrived: time alone turned the draft into a note, and it is in the
            // customer's history.
            let history = try http.json("/v1/customers/1")["history"] as? [[String: Any]]
            #expect(history?.map { $0["summary"] as? String } == ["half a wo"])
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(poll { (try? NoteTests.notes(http, "limit")) == ["unfinished 101 half a wo"] ? true : nil } == true)
            // Nobody types any more, and a call without a word is found as well.
            NoteTests.talk(try Client(daemon.socket), "silent")
            let again = try Client(daemon.socket)
            for line in [#"{"type":"call.ended","call":"silent"}"#, #"{"type":"operator.ready","operator":"101"}"#] {
                #expect(seq(again.ask(line)) != nil)
            }
            let found = try http.json("/v1/operators/101/unfinished")["calls"] as? [[String: Any]]
            #expect(found?.map { "\($0["call"] ?? "") \($0["lack"] ?? "")" } == ["silent note", "limit finish"])
            #expect(daemon.stop() == .status(0))
        }

        @Test func aNumberIsAttachedAndTakenAwayAndTheHistoryFollows() throws {
            let (daemon, client, http) = try NoteTests.ready()
            NoteTests.talk(client, "a1")
            let ids = try ["Mary", "山田"].map { name in
                let name = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
                return try #require(
                    (try http.json("/v1/customers?q=\(name)")["customers"] as? [[String: Any]])?.first?["id"] as? Int)
            }
            func identify(_ body: String) throws -> [String: Any] {
                let answer = try http.ask("POST", "/v1/calls/a1/identify", body: body)
                #expect(answer.status == 200, "\(answer.body)")
                return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
            }
            func phones(_ id: Int) throws -> [String] {
                (try http.json("/v1/customers/\(id)")["phones"] as? [[String: Any]])?.compactMap {
                    $0["e164"] as? String
                } ?? []
            }
            func calls(_ id: Int) throws -> Int {
                (try http.json("/v1/calls?customer=\(id)")["calls"] as? [Any])?.count ?? -1
            }
            #expect(try identify(#"{"customer":\#(ids[0]),"store_number":true}"#)["number_stored"] as? Bool == true)
            #expect(try phones(ids[0]) == ["+81312345678"])
            #expect(try calls(ids[0]) == 1)
            let undone = try identify(#"{"undo":true,"forget_number":true}"#)
            #expect(undone["customer"] is NSNull && undone["number_stored"] as? Bool == false)
            #expect(try phones(ids[0]) == [])
            #expect(try identify(#"{"customer":\#(ids[1]),"store_number":true}"#)["number_stored"] as? Bool == true)
            // Over, and changed once more: the call is one customer's alone.
            #expect(seq(client.ask(#"{"type":"call.ended","call":"a1"}"#)) != nil)
            _ = try identify(#"{"customer":\#(ids[0])}"#)
            #expect(try calls(ids[0]) == 1 && calls(ids[1]) == 0)
            for bad in [
                #"{"customer":\#(ids[0]),"undo":true}"#, #"{"from":"0300000001","store_number":true}"#,
                #"{"customer":\#(ids[0]),"forget_number":true}"#,
            ] {
                #expect(try http.ask("POST", "/v1/calls/a1/identify", body: bad).status == 400)
            }
            let pop = try #require(try http.json("/v1/calls/a1")["number"] as? Int)
            #expect(try http.json("/v1/pops/\(pop).101")["phase"] as? String == "ended")
            #expect(daemon.stop() == .status(0))
        }

        @Test func notesOnACustomerAreInTheOneHistory() throws {
            let (daemon, _, http) = try NoteTests.ready()
            let path = "/v1/customers/1/notes"
            let made = try http.ask("POST", path, body: #"{"text":"moves in May\nnew address then","seconds":12.5}"#)
            #expect(made.status == 201)
            for bad in [
                #"{}"#, #"{"text":" "}"#, #"{"text":"x","seconds":-1}"#, #"{"text":"x","seconds":1e300}"#,
                #"{"text":"x","second":1}"#,
            ] {
                #expect(try http.ask("POST", path, body: bad).status == 400, "\(bad)")
            }
            #expect(try http.ask("POST", "/v1/customers/99/notes", body: #"{"text":"x"}"#).status == 404)
            #expect(try http.ask("POST", path, body: #"{"text":"second"}"#).status == 201)
            func check() throws {
                let notes = try #require(try http.json(path)["items"] as? [[String: Any]])
                #expect(notes.map { $0["text"] as? String } == ["second", "moves in May\nnew address then"])
                #expect(notes.map { $0["seconds"] as? Double } == [nil, 12.5])
                let customer = try http.json("/v1/customers/1")
                #expect(
                    (customer["history"] as? [[String: Any]])?.map { $0["channel"] as? String } == ["note", "note"])
                #expect(customer["last_contact_at"] is NSNull, "a note reaches nobody")
            }
            try check()
            let page = try http.json("\(path)?limit=1")
            let next = try #require(page["next"] as? String)
            #expect(
                (try http.json("\(path)?limit=1&after=\(next)")["items"] as? [[String: Any]])?.first?["text"] as? String
                    == "moves in May\nnew address then")
            daemon.stop(SIGKILL)
            try daemon.start()
            try check()
            #expect(daemon.stop() == .status(0))
        }
    }
}
