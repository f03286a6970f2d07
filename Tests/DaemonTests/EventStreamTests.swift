import Foundation
import Testing

extension ProcessTests {
    /// Events for integrators: `GET /v1/events/stream`.
    @Suite(.serialized) struct EventStreamTests {
        struct Frame {
            var id: Int?
            var name: String
            var data: [String: Any]
        }

        /// The whole frames of an answer, without the lengths of its chunks.
        static func frames(_ text: String) -> [Frame] {
            text.replacing(/\r\n[0-9a-f]+\r\n/, with: "").components(separatedBy: "\n\n").compactMap { block in
                var id: Int?, name: String?, data: [String: Any]?
                for line in block.split(separator: "\n") {
                    if let text = line.wholeMatch(of: /id: (\d+)/)?.1 { id = Int(text) }
                    if let text = line.wholeMatch(of: /event: (.+)/)?.1 { name = String(text) }
                    if let text = line.wholeMatch(of: /data: (.+)/)?.1 {
                        data = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                    }
                }
                guard let name, let data else { return nil }
                return Frame(id: id, name: name, data: data)
            }
        }

        private static func read(_ client: Client, until text: String) throws -> [Frame] {
            frames(try client.read(untilFrame: text))
        }

        @Test func everyEventComesOnceFromAnyPositionAndThenLive() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            var last = 0
            for n in 0..<40 { last = try #require(seq(client.ask(DurabilityTests.line(n)))) }
            let stream = try http.stream("/v1/events/stream?after=0")
            let all = try Self.read(stream, until: "\nevent: call.ended\ndata: {\"by\":\"caller\",\"call\":\"c9\"")
            let calls = all.filter { $0.name.hasPrefix("call.") }
            #expect(calls.count == 40 && calls.last?.id == last)
            #expect(calls.compactMap { $0.data["id"] as? String } == (0..<40).map { "e\($0)" })
            #expect(calls.allSatisfy { $0.data["seq"] as? Int == $0.id && $0.data["type"] as? String == $0.name })
            let first = try #require(calls.first)
            #expect(first.data["from"] as? String == "+815010000000" && first.data["queue"] as? String == "support")
            #expect(first.data["read_at"] is String && first.data["time"] is String && first.data["source"] is String)
            // What happens now comes at once.
            let next = try #require(seq(client.ask(#"{"type":"operator.login","operator":"101","name":"A B"}"#)))
            let live = try Self.read(stream, until: "event: operator.login")
            #expect(live.last?.id == next && live.last?.data["name"] as? String == "A B")
            // Where it was, it goes on: the header beats the address.
            let again = try http.stream("/v1/events/stream?after=0", lastID: String(last))
            let rest = try Self.read(again, until: "event: operator.login")
            #expect(rest.map(\.name) == ["operator.login"])
        }

        @Test func onlyTheTypesThatAreAskedForCome() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            for n in 0..<8 { _ = client.ask(DurabilityTests.line(n)) }
            _ = try http.ask("POST", "/v1/customers", body: #"{"name":"Hanako Example"}"#)
            let target = "/v1/events/stream?after=0&type=call.ended,customer.created&type=note.written"
            let stream = try http.stream(target)
            let frames = try Self.read(stream, until: "event: customer.created")
            #expect(frames.map(\.name) == ["call.ended", "call.ended", "customer.created"])
            let customer = try #require(frames.last?.data)
            #expect(customer["customer"] as? Int == 1 && customer["version"] as? Int == 1)
            #expect((customer["record"] as? [String: Any])?["name"] as? String == "Hanako Example")
            #expect(customer["through"] as? String == "command")
            let refused = try http.ask("GET", "/v1/events/stream?type=call.ended,call.enden")
            #expect(refused.status == 400 && refused.body.contains("call.enden"), "\(refused)")
            #expect(try http.ask("GET", "/v1/events/stream?after=x").status == 400)
            let odd = try http.ask("GET", "/v1/events/stream", headers: "Last-Event-ID: 12-3\r\n")
            #expect(odd.status == 400)
        }

        @Test func changesOfRecordsComeAndSecretsNever() throws {
            let daemon = try Daemon(
                config: """
                    [customers.fields]
                    plan = "Plan"
                    [customers.fields.salary]
                    label = "Salary"
                    seen_by = "admin"
                    """)
            try daemon.start()
            defer { daemon.stop() }
            let http = HTTP(path: daemon.api), askers = try RightsTests.askers(daemon)
            _ = try http.ask(
                "POST", "/v1/customers", body: #"{"name":"Hanako Example","custom":{"plan":"A","salary":"9000"}}"#)
            _ = try http.ask("PUT", "/v1/accounts/101", body: #"{"role":"operator","password":"long enough"}"#)
            _ = try http.ask("POST", "/v1/customers/1/notes", body: #"{"text":"Likes blue","seconds":3}"#)
            _ = try http.ask("POST", "/v1/customers/1/purchases", body: #"{"at":"2026-11-20","product":"Lamp"}"#)
            let opened = try http.ask("POST", "/v1/cases", body: #"{"customer":1,"title":"Broken"}"#)
            #expect(opened.status == 201, "\(opened)")
            _ = try http.ask("PATCH", "/v1/cases/1", body: #"{"phase":"closed"}"#)
            func stream(_ asker: RightsTests.Asker) throws -> (frames: [Frame], text: String) {
                let client = try asker.http.connect()
                client.target = "/v1/events/stream?after=0"
                let token = asker.token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                client.send("GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: x\r\n\(token)\r\n")
                let text = try client.read(untilFrame: "event: case.closed")
                return (Self.frames(text), text)
            }
            let admin = try stream(try #require(askers["admin"]))
            let chief = try stream(try #require(askers["supervisor"]))
            #expect(
                admin.frames.map(\.name) == [
                    "customer.created", "note.written", "purchase.recorded", "case.opened", "case.closed",
                ])
            #expect(admin.text.contains("9000") && !chief.text.contains("9000"))
            #expect(!admin.text.contains("long enough") && !admin.text.contains("sp_"))
            let note = try #require(admin.frames.first { $0.name == "note.written" }?.data)
            #expect((note["record"] as? [String: Any])?["text"] as? String == "Likes blue")
            #expect(note["customer"] as? Int == 1 && note["item"] as? Int == 1)
            let closed = try #require(admin.frames.last?.data)
            #expect((closed["record"] as? [String: Any])?["phase"] as? String == "closed")
            // That all of it was given away is in the view log.
            let views = try http.json("/v1/customers/1/views")["items"] as? [[String: Any]] ?? []
            #expect(views.contains { $0["through"] as? String == "export" && $0["everybody"] as? Bool == true })
        }

        @Test func whoWasErasedStaysErased() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            let made = try http.ask(
                "POST", "/v1/customers", body: #"{"name":"Hanako Example","phones":["090-1000-0001"]}"#)
            #expect(made.status == 201)
            _ = try http.ask("POST", "/v1/customers/1/notes", body: #"{"text":"Likes blue"}"#)
            for line in [
                #"{"type":"call.offered","call":"h1","from":"09010000001","to":"0300000000","name":"HANAKO"}"#,
                #"{"type":"call.ended","call":"h1","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            let erased = try http.ask("POST", "/v1/customers/1/erase")
            #expect([200, 202].contains(erased.status), "\(erased)")
            let stream = try http.stream("/v1/events/stream?after=0")
            let text = try stream.read(until: "event: customer.erased")
            for word in ["Hanako", "HANAKO", "09010000001", "+819010000001", "Likes blue"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(text.contains("event: call.offered") && text.contains("event: call.ended"))
        }

        /// What no event says: a clock finds it, and the log has it from then on.
        @Test func casesThatBecomeLateAndVIPsWhoAreNotSeenAreEventsToo() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            defer { daemon.stop() }
            let stream = try http.stream("/v1/events/stream?after=0&type=vip.unseen,case.late")
            let due = #"{"customer":1,"title":"見積","owner":"101","due":"2026-01-05T09:00:00Z"}"#
            #expect(try http.ask("POST", "/v1/cases", body: due).status == 201)
            for line in [
                #"{"type":"call.offered","call":"v1","from":"09000000001","to":"+81300000000","queue":"support"}"#,
                #"{"type":"call.ringing","call":"v1","operator":"101"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            _ = try stream.read(untilFrame: "event: vip.unseen")
            let frames = Self.frames(try stream.read(untilFrame: "event: case.late"))
            let all = Self.frames(try stream.read(untilFrame: "event: vip.unseen"))
            #expect(frames.count == all.count && Set(all.map(\.name)) == ["vip.unseen", "case.late"])
            let late = try #require(all.first { $0.name == "case.late" }?.data)
            #expect(late["case"] as? Int == 1 && late["owner"] as? String == "101" && late["customer"] as? Int == 1)
            #expect(late["due"] as? String == "2026-01-05T09:00:00.000Z")
            let vip = try #require(all.first { $0.name == "vip.unseen" }?.data)
            #expect(vip["call"] as? String == "v1" && vip["operator"] as? String == "101")
            #expect(vip["tier"] as? String == "vip" && vip["customer"] as? Int == 1)
        }

        /// Bounded memory, and nothing lost for whoever reads slowly.
        @Test func aSlowReaderGetsEverythingAndHoldsNothingUp() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            let slow = try http.stream("/v1/events/stream?after=0")
            for start in stride(from: 0, to: 20_000, by: 400) {
                client.send((start..<start + 400).map(DurabilityTests.line).joined(separator: "\n") + "\n")
                for _ in 0..<400 { #expect(client.reply() != nil) }
            }
            let frames = Self.frames(try slow.read(until: #""call":"c4999","id":"e19999""#) + "\n\n")
            #expect(frames.count >= 19_999)
            let ids = frames.compactMap(\.id)
            #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        }
    }
}
