import Foundation
import Synchronization
import Testing

extension ProcessTests {
    /// Who asked to be called back, who has taken it on, and when it is over.
    @Suite(.serialized) struct CallbackTests {
        /// Somebody waits in `support` and asks to be called back.
        static func request(_ client: Client, call: String, from: String) {
            for line in [
                #"{"type":"call.offered","call":"\#(call)","from":"\#(from)","to":"+81300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"\#(call)","queue":"support"}"#,
                #"{"type":"call.dequeued","call":"\#(call)","queue":"support","reason":"callback"}"#,
                #"{"type":"call.ended","call":"\#(call)","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
        }

        static func due(_ http: HTTP, _ query: String = "") throws -> [[String: Any]] {
            try #require(try http.json("/v1/callbacks\(query)")["callbacks"] as? [[String: Any]])
        }

        @Test func ofTwoOperatorsWhoTakeItOnAtOnceOneHasIt() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            Self.request(client, call: "r1", from: "09000000001")
            let callback = try #require(try Self.due(http).first)
            #expect(callback["id"] as? String == "819000000001")
            #expect(callback["kind"] as? String == "requested")
            #expect(callback["claimed_by"] is NSNull)

            // Both at once, many times over: the log says who was first.
            let path = daemon.api
            let answers = Answers()
            DispatchQueue.concurrentPerform(iterations: 8) { i in
                let who = i % 2 == 0 ? "101" : "102"
                let answer = try? HTTP(path: path).ask(
                    "POST", "/v1/callbacks/819000000001/claim", body: #"{"operator":"\#(who)"}"#)
                if let answer { answers.add(who, answer.status, answer.body) }
            }
            let holder = try #require(try Self.due(http).first?["claimed_by"] as? String)
            #expect(answers.all.count == 8)
            for (who, status, body) in answers.all {
                #expect(status == (who == holder ? 200 : 409), "\(who): \(status)")
                if status == 409 { #expect(body.contains("Operator \(holder) has had this callback since ")) }
            }
            // It lasts over a crash.
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try Self.due(http).first?["claimed_by"] as? String == holder)
            // As a person types it.
            let released = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "callbacks", "release", "090-0000-0001"],
                errors: daemon.folder + "/r")
            #expect(released.waitForEnd() == .status(0))
            #expect(try Self.due(http).first?["claimed_by"] is NSNull)
            let other = holder == "101" ? "102" : "101"
            let claimed = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "callbacks", "claim", "09000000001", "--operator", other],
                errors: daemon.folder + "/c")
            #expect(claimed.waitForEnd() == .status(0))
            #expect(try Self.due(http).first?["claimed_by"] as? String == other)
            let refused = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "callbacks", "claim", "+819000000001", "--operator", holder],
                errors: daemon.folder + "/f")
            #expect(refused.waitForEnd() == .status(1))
            #expect(refused.standardError.contains("Operator \(other) has had this callback since "))
            #expect(try http.ask("POST", "/v1/callbacks/81999999999/claim", body: #"{"operator":"101"}"#).status == 404)
            #expect(daemon.stop() == .status(0))
        }

        @Test func aCallThatReachesTheCallerEndsItAndOneThatDoesNotIsATry() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            Self.request(client, call: "r1", from: "09000000001")
            func dial(_ call: String, isReached: Bool) {
                _ = client.ask(#"{"type":"call.dialed","call":"\#(call)","operator":"101","to":"09000000001"}"#)
                if isReached { _ = client.ask(#"{"type":"call.answered","call":"\#(call)"}"#) }
                _ = client.ask(
                    #"{"type":"call.ended","call":"\#(call)","cause":"\#(isReached ? "normal" : "no answer")"}"#)
            }
            dial("o1", isReached: false)
            let tried = try #require(try Self.due(http).first)
            let tries = try #require(tried["tries"] as? [[String: Any]])
            #expect(tries.map { $0["call"] as? String } == ["o1"])
            #expect(tries.first?["reached_at"] is NSNull)
            #expect((try http.json("/v1/stats")["centre"] as? [String: Any])?["callbacks_due"] as? Int == 1)
            #expect(try Self.due(http, "?kind=abandoned").isEmpty)
            #expect(try Self.due(http, "?state=done").isEmpty)

            dial("o2", isReached: true)
            #expect(try Self.due(http).isEmpty)
            let done = try #require(try Self.due(http, "?state=done").first)
            #expect((done["tries"] as? [[String: Any]])?.count == 2)
            #expect((done["recall_ms"] as? Int).map { $0 >= 0 } == true)
            #expect(done["kind"] as? String == "requested")
            // Whoever comes too late is told so.
            #expect(
                try http.ask("POST", "/v1/callbacks/819000000001/claim", body: #"{"operator":"101"}"#).status == 404)

            // The same calls by their direction, and by what came of them.
            func calls(_ query: String) throws -> [String] {
                (try http.json("/v1/calls?\(query)")["calls"] as? [[String: Any]] ?? []).compactMap {
                    $0["call"] as? String
                }
            }
            #expect(try calls("direction=outbound") == ["o2", "o1"])
            #expect(try calls("direction=outbound&outcome=reached") == ["o2"])
            #expect(try calls("outcome=not_reached&today=true") == ["o1"])
            #expect(try calls("direction=inbound") == ["r1"])
            #expect(try calls("outcome=callback") == ["r1"])
            #expect(try calls("operator=101&direction=outbound") == ["o2", "o1"])
            #expect(try http.ask("GET", "/v1/calls?direction=sideways").status == 400)
            // The centre's intervals count what was dialed; a queue's have nothing of it.
            func outbound(_ query: String) throws -> [[String: Any]] {
                (try http.json("/v1/intervals\(query)")["intervals"] as? [[String: Any]] ?? []).compactMap {
                    $0["outbound"] as? [String: Any]
                }
            }
            let today = try outbound("")
            #expect(today.reduce(0) { $0 + ($1["dialed"] as? Int ?? 0) } == 2)
            #expect(today.reduce(0) { $0 + ($1["reached"] as? Int ?? 0) } == 1)
            #expect(try outbound("?by=queue").isEmpty)
            #expect(try outbound("?recount=true").reduce(0) { $0 + ($1["dialed"] as? Int ?? 0) } == 2)
            let metrics = try http.ask("GET", "/metrics").body
            for line in [
                #"screenpop_outbound_calls_today{result="dialed"} 2"#,
                #"screenpop_outbound_calls_today{result="reached"} 1"#,
                #"screenpop_operator_outbound_dialed_today{operator="101"} 2"#,
                #"screenpop_operators{state="dialing"} 0"#,
            ] { #expect(metrics.contains(line), "\(line)") }
            let shown = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "--language", "en", "calls", "--direction", "outbound"],
                errors: daemon.folder + "/o")
            #expect(shown.waitForEnd() == .status(0))
            #expect(shown.standardOutput.contains("not reached") && shown.standardOutput.contains("out "))
        }
    }
}

/// What several threads were answered.
final class Answers: Sendable {
    private let kept = Mutex<[(who: String, status: Int, body: String)]>([])

    func add(_ who: String, _ status: Int, _ body: String) { kept.withLock { $0.append((who, status, body)) } }
    var all: [(who: String, status: Int, body: String)] { kept.withLock { $0 } }
}
