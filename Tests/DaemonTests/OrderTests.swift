import Foundation
import Testing

extension ProcessTests {
    /// Orders to the PBX: what is asked over HTTP reaches a bridge that takes orders, and its answer is returned.
    @Suite(.serialized) struct OrderTests {
        /// Asks while `bridge` answers the order that comes of it.
        private func ask(
            _ daemon: Daemon, _ target: String, _ body: String, bridge: Client,
            _ answer: @escaping @Sendable ([String: Any]) -> [String]
        ) async throws -> (status: Int, body: [String: Any], order: String) {
            let api = daemon.api
            let asking = Task.detached { try HTTP(path: api).ask("POST", target, body: body) }
            let order = try #require(bridge.reply())
            let read = try #require(try JSONSerialization.jsonObject(with: Data(order.utf8)) as? [String: Any])
            for line in answer(read) { bridge.send(line + "\n") }
            let answered = try await asking.value
            return (
                answered.status,
                try #require(try JSONSerialization.jsonObject(with: Data(answered.body.utf8)) as? [String: Any]), order
            )
        }

        @Test func aPauseReachesThePBXAndItsWordIsShown() async throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let events = try Client(daemon.socket), bridge = try Client(daemon.socket), socket = daemon.socket
            #expect(
                seq(
                    events.ask(
                        #"{"type":"operator.login","operator":"101","name":"佐藤","device":"PJSIP/101","#
                            + #""queues":["support"],"source":"pbx1"}"#
                    )) == 1)
            // No bridge accepts orders yet: the daemon changes the state on its own.
            let alone = try HTTP(path: daemon.api).ask("POST", "/v1/operators/101/state", body: #"{"state":"paused"}"#)
            #expect(
                alone.status == 200 && alone.body.contains(#""pbx":"not_asked""#)
                    && alone.body.contains(#""state":"paused""#), "\(alone)")
            #expect(bridge.ask(#"{"type":"pbx.takes_orders","source":"pbx1"}"#) == #"{"ok":true}"#)

            let resumed = try await ask(daemon, "/v1/operators/101/state", #"{"state":"resumed"}"#, bridge: bridge) {
                order in
                // The PBX's own event changes the state; the answer to the order alone does not.
                let pbx = try? Client(socket)
                _ = pbx?.ask(#"{"type":"operator.resumed","operator":"101","source":"pbx1"}"#)
                return [#"{"type":"order.done","id":"\#(order["id"] ?? "")"}"#]
            }
            #expect(
                resumed.order.contains(#""type":"order.resume""#)
                    && resumed.order.contains(#""operator":"101","device":"PJSIP/101""#), "\(resumed.order)")
            #expect(
                resumed.status == 200 && resumed.body["state"] as? String == "available"
                    && resumed.body["pbx"] as? String == "confirmed")

            let refused = try await ask(daemon, "/v1/operators/101/state", #"{"state":"logged_out"}"#, bridge: bridge) {
                order in
                // The answer to another order does not end this one.
                [
                    #"{"type":"order.done","id":"nobody's"}"#,
                    #"{"type":"order.refused","id":"\#(order["id"] ?? "")","reason":"Member not dynamic"}"#,
                ]
            }
            #expect(refused.status == 409 && "\(refused.body)".contains("Member not dynamic"), "\(refused)")
            let state = try HTTP(path: daemon.api).ask("GET", "/v1/operators")
            #expect(state.body.contains(#""state":"available""#))

            let dialled = try await ask(daemon, "/v1/operators/101/dial", #"{"to":"（03） 0000-0000"}"#, bridge: bridge) {
                order in
                [#"{"type":"order.done","id":"\#(order["id"] ?? "")"}"#]
            }
            #expect(
                dialled.order.contains(#""type":"order.dial""#) && dialled.order.contains(#""to":"0300000000""#)
                    && dialled.status == 200, "\(dialled)")
        }

        @Test func aBridgeThatGoesAwayLeavesNobodyWaiting() async throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let events = try Client(daemon.socket), api = daemon.api
            _ = events.ask(#"{"type":"operator.login","operator":"101","device":"PJSIP/101","source":"pbx1"}"#)
            var bridge: Client? = try Client(daemon.socket)
            #expect(bridge?.ask(#"{"type":"pbx.takes_orders","source":"pbx1"}"#) == #"{"ok":true}"#)
            let asking = Task.detached {
                try HTTP(path: api).ask("POST", "/v1/operators/101/state", body: #"{"state":"paused"}"#)
            }
            #expect(bridge?.reply()?.contains("order.pause") == true)
            bridge = nil
            let answer = try await asking.value
            #expect(answer.status == 504 && answer.body.contains("did not answer"), "\(answer)")
        }

        @Test(arguments: [
            ("/v1/operators/101/dial", #"{"to":"*47"}"#, 400, "digits"),
            ("/v1/operators/101/dial", #"{"to":""}"#, 400, "digits"),
            ("/v1/operators/102/dial", #"{"to":"0300000000"}"#, 409, "not logged in"),
            ("/v1/operators/101/dial", #"{"to":"0300000000"}"#, 409, "No PBX takes orders"),
            ("/v1/operators/101/state", #"{"state":"gone"}"#, 400, "logged_out"),
            ("/v1/operators/101/state", #"{"state":"paused","device":"X"}"#, 400, "logged_in"),
            ("/v1/operators/101/state", "{\"state\":\"paused\",\"reason\":\"a\\u0007b\"}", 400, "control characters"),
            ("/v1/operators/102/state", #"{"state":"paused"}"#, 409, "not logged in"),
        ]) func whatCannotBeAskedSaysWhy(target: String, body: String, status: Int, words: String) throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let events = try Client(daemon.socket)
            _ = events.ask(#"{"type":"operator.login","operator":"101","device":"PJSIP/101"}"#)
            let answer = try HTTP(path: daemon.api).ask("POST", target, body: body)
            #expect(answer.status == status && answer.body.contains(words), "\(answer)")
        }

        /// Without logins from a PBX, the desk sends them.
        @Test func aLoginWithoutAPBXIsOurWord() throws {
            let daemon = try Daemon()
            try daemon.start()
            defer { daemon.stop() }
            let answer = try HTTP(path: daemon.api).ask(
                "POST", "/v1/operators/105/state",
                body: #"{"state":"logged_in","device":"PJSIP/105","queues":["support"]}"#)
            #expect(
                answer.status == 200 && answer.body.contains(#""state":"available""#)
                    && answer.body.contains(#""pbx":"not_asked""#), "\(answer)")
            let operators = try HTTP(path: daemon.api).ask("GET", "/v1/operators")
            #expect(
                operators.body.contains(#""device":"PJSIP/105""#) && operators.body.contains(#""queues":["support"]"#))
        }
    }
}
