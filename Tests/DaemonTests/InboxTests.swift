import Foundation
import Testing

extension ProcessTests {
    /// Mails as a mail server hands them on, to a running daemon, one that is away, and over a crash.
    @Suite(.serialized) struct InboxTests {
        static let mails = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("MailTests/Messages").path

        /// Runs a program with a file as its standard input.
        private static func run(
            _ daemon: Daemon, _ arguments: String, input: String? = nil, status: Int32 = 0
        ) throws -> String {
            let command = "'\(try Program.built("screenpop"))' --api-socket '\(daemon.api)' --language en \(arguments)"
            let from = input.map { " < '\(mails)/\($0).eml'" } ?? ""
            let program = try Program("/bin/sh", ["-c", "exec \(command)\(from)"], errors: daemon.folder + "/e")
            let end = program.waitForEnd()
            #expect(end == .status(status), "\(arguments): \(program.standardError)")
            return program.standardOutput + program.standardError
        }

        @Test func mailsAreRecordedOrWaitInTheInbox() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            let made = try http.ask(
                "POST", "/v1/customers", body: #"{"name":"Taro Example","email":"taro@customer.example"}"#)
            #expect(made.status == 201, "\(made.body)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(made.body.utf8)) as? [String: Any])
            let taro = try #require(json["id"] as? Int)
            let first = try Self.run(daemon, "contact mail", input: "reply-with-thread")
            #expect(first.contains("customer \(taro), case 1"))
            #expect(try Self.run(daemon, "contact mail", input: "reply-with-thread").contains("recorded before"))
            #expect(try Self.run(daemon, "contact mail", input: "reply-without-thread").contains("case 1"))
            #expect(try Self.run(daemon, "contact mail", input: "iso-2022-jp").contains("in the inbox: 1"))
            #expect(try Self.run(daemon, "contact mail", input: "out-of-office").contains("customer \(taro)"))
            #expect(try Self.run(daemon, "contact mail --show", input: "shift-jis").contains("髙橋様"))
            #expect(try Self.run(daemon, "inbox").contains("水漏れの件"))
            #expect(try Self.run(daemon, "inbox show 1").contains("コーヒーメーカー"))
            #expect(try Self.run(daemon, "inbox create 1 '山田 花子'").contains("customer \(taro + 1)"))
            #expect(try Self.run(daemon, "inbox attach 1 \(taro)", status: 1).contains("attached"))
            #expect(try Self.run(daemon, "inbox").contains("nothing"))
            // Acknowledged is kept.
            daemon.stop(SIGKILL)
            try daemon.start()
            let contacts = try #require(try http.json("/v1/customers/\(taro)/contacts")["items"] as? [[String: Any]])
            #expect(contacts.count == 3)
            let record = try http.json("/v1/customers/\(taro + 1)")
            #expect(record["email"] as? String == "hanako@customer.example")
            #expect(try Self.run(daemon, "inbox reopen 1").contains("in the inbox again"))
            #expect(try Self.run(daemon, "inbox dismiss 1").contains("dismissed"))
            #expect(daemon.stop() == .status(0))
        }

        @Test func aMailServerTriesAgainWhileTheDaemonIsAway() throws {
            let (daemon, _, _) = try EndToEndTests.ready()
            #expect(daemon.stop() == .status(0))
            let away = try Self.run(daemon, "contact mail", input: "no-message-id", status: 75)
            #expect(away.contains("does not answer"))
            try daemon.start()
            #expect(try Self.run(daemon, "contact mail", input: "no-message-id").contains("in the inbox"))
            let empty = try Self.run(daemon, "contact mail < /dev/null", status: 65)
            #expect(empty.contains("no mail"))
            #expect(daemon.stop() == .status(0))
        }
    }
}
