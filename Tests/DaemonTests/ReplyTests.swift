import Foundation
import Testing

extension ProcessTests {
    /// Mails from a case by a mail program of the machine, and over a crash in its middle.
    @Suite(.serialized) struct ReplyTests {
        /// A mail program that keeps what it gets, and works for as long as the file `slow` is there.
        private static func ready() throws -> Daemon {
            let folder = "/tmp/screenpop-mail-\(UInt32.random(in: 0...UInt32.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let program = folder + "/sendmail"
            let script = """
                #!/bin/sh
                cat >> '\(folder)/got'
                echo "$*" >> '\(folder)/arguments'
                while [ -e '\(folder)/slow' ]; do sleep 0.05; done
                """
            try script.write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let daemon = try Daemon(
                config: """
                    region = "JP"
                    [contacts]
                    own_addresses = ["support@shop.example"]
                    [mail]
                    from = "support@shop.example"
                    program = ["\(program)", "-t", "-i", "-f", "{from}"]
                    """)
            try daemon.start()
            return daemon
        }

        private static func folder(_ daemon: Daemon) throws -> String {
            let config = try String(contentsOfFile: daemon.config, encoding: .utf8)
            return String(try #require(config.firstMatch(of: /"(\/tmp\/screenpop-mail-\d+)\/sendmail"/)).1)
        }

        private static func run(_ daemon: Daemon, _ arguments: String..., status: Int32 = 0) throws -> String {
            let program = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                errors: daemon.folder + "/e")
            let end = program.waitForEnd()
            #expect(end == .status(status), "\(arguments): \(program.standardError)")
            return program.standardOutput + program.standardError
        }

        @Test func aMailIsSentAnsweredAndNeverTwice() throws {
            let daemon = try Self.ready(), http = HTTP(path: daemon.api), folder = try Self.folder(daemon)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func state(_ id: Int) throws -> String? { try http.json("/v1/replies/\(id)")["state"] as? String }
            func sent() -> String { (try? String(contentsOfFile: folder + "/got", encoding: .utf8)) ?? "" }
            let customer = #"{"name":"Hanako Example","email":"hanako@customer.example"}"#
            #expect(try http.ask("POST", "/v1/customers", body: customer).status == 201)
            #expect(try http.ask("POST", "/v1/cases", body: #"{"customer":1,"title":"Leak"}"#).status == 201)
            let said = try Self.run(daemon, "cases", "reply", "1", "--text", "We come at ten.")
            #expect(said.contains("goes to hanako@customer.example"))
            #expect(poll { try? state(1) == "sent" ? true : nil } == true)
            #expect(sent().contains("To: Hanako Example <hanako@customer.example>"), "\(sent())")
            #expect(sent().contains("We come at ten."))
            let arguments = try String(contentsOfFile: folder + "/arguments", encoding: .utf8)
            #expect(arguments == "-t -i -f support@shop.example\n")
            // The customer answers, by the pipe of the mail server.
            let id = try #require(try http.json("/v1/replies/1")["message_id"] as? String)
            let answer = """
                {"message_id":"b@customer.example","from":{"address":"hanako@customer.example"},"subject":"Other",
                "text":"Thanks","references":["\(id)"]}
                """
            let received = try http.ask("POST", "/v1/contacts/mail", body: answer)
            #expect(received.body.contains(#""case":1,"new_case":false"#), "\(received.body)")
            let timeline = try http.ask("GET", "/v1/customers/1/timeline")
            #expect(timeline.body.contains("We come at ten.") && timeline.body.contains("Thanks"))
            // The daemon is killed while the mail program has the second mail.
            #expect(FileManager.default.createFile(atPath: folder + "/slow", contents: nil))
            _ = try Self.run(daemon, "cases", "reply", "1", "--text", "And bring a pump.")
            #expect(poll { sent().contains("pump") && (try? state(2)) == "sending" ? true : nil } == true)
            daemon.stop(SIGKILL)
            try FileManager.default.removeItem(atPath: folder + "/slow")
            try daemon.start()
            #expect(poll { try? state(2) == "unknown" ? true : nil } == true)
            #expect(try Self.run(daemon, "replies", "--state", "unknown").contains("unknown, look"))
            _ = try Self.run(daemon, "cases", "reply", "1", "--text", "The third.")
            #expect(poll { try? state(3) == "sent" ? true : nil } == true)
            #expect(sent().split(separator: "pump").count == 2, "it is not sent again by itself")
            #expect(try Self.run(daemon, "replies", "sent", "2").contains("sent"))
            #expect(try Self.run(daemon, "replies", "show", "2").contains("And bring a pump."))
            #expect(daemon.stop() == .status(0))
        }
    }
}
