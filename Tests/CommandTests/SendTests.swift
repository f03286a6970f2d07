import Foundation
import Testing

@testable import Command

@Suite struct SendTests {
    func line(_ arguments: String...) throws -> String? {
        try #require(try Screenpop.parseAsRoot(["send"] + arguments) as? Send).event.line()
    }

    @Test func anEventIsMadeOfOptions() throws {
        #expect(
            try line("--type", "call.ringing", "--call", "a1", "--operator", "101", "--device", "PJSIP/101")
                == #"{"call":"a1","device":"PJSIP/101","operator":"101","type":"call.ringing"}"#)
        #expect(
            try line("--type", "call.dialed", "--call", "a2", "--operator", "101", "--to", "09000000001")
                == #"{"call":"a2","operator":"101","to":"09000000001","type":"call.dialed"}"#)
        for (option, name) in [("--external-id", "external_id"), ("--account", "account"), ("--email", "email")] {
            #expect(
                try line("--type", "call.identified", "--call", "a1", option, "x@example.com")
                    .map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
                    == ["type": "call.identified", "call": "a1", name: "x@example.com"])
        }
        #expect(
            try line("--type", "call.parked", "--call", "a1", "--operator", "101", "--slot", "701")
                == #"{"call":"a1","operator":"101","slot":"701","type":"call.parked"}"#)
        // Numbers are numbers, and queues a list.
        #expect(
            try line("--type", "operator.login", "--operator", "101", "--queues", "support, sales")
                == #"{"operator":"101","queues":["support","sales"],"type":"operator.login"}"#)
        #expect(
            try line("--type", "call.queued", "--call", "a1", "--queue", "support", "--position", "2", "--priority=-1")
                == #"{"call":"a1","position":2,"priority":-1,"queue":"support","type":"call.queued"}"#)
        #expect(try line() == nil)
    }

    @Test(arguments: [["send", "--call", "a1"], ["send", "--type", "ping", #"{"type":"ping"}"#]]) func optionsWithoutATypeAreRefused(
        arguments: [String]
    ) {
        #expect(throws: (any Error).self) { try Screenpop.parseAsRoot(arguments) }
    }

    @Test(arguments: [
        (#"{"ok":true,"seq":1,"ignored":["phse","calls[].stat\u0007e"]}"#, "phse, calls[].stat\u{FFFD}e" as String?),
        (#"{"ok":true,"seq":1}"#, nil), (#"{"ok":true,"seq":1,"call":"ignored"}"#, nil), (#"{"ok":true,"ignored":[]}"#, nil),
        (#"{"ok":false,"error":{"code":"malformed","message":"no"}}"#, nil), ("nonsense \"ignored\"", nil),
    ]) func whatTheDaemonDidNotKnowIsNamed(reply: String, names: String?) {
        let warning = Send.warning(reply, .en)
        #expect((warning != nil) == (names != nil))
        if let names { #expect(warning?.contains(names) == true, "\(warning ?? "")") }
    }
}
