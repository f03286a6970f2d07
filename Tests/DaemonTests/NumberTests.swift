import Foundation
import Testing

extension ProcessTests {
    /// Numbers as PBXs write them, and files as spreadsheets save them, through the programs that users have.
    @Suite(.serialized) struct NumberTests {
        static let customers = """
            external_id,name,phone
            C-1,山田 太郎,090-1234-5678
            C-2,内線,4711
            C-3,新番号,060-1234-5678
            """

        static func ready(_ config: String = "") throws -> (Daemon, Client, HTTP) {
            let daemon = try Daemon(config: "region = \"JP\"\n\(config)[pop]\nlanguage = \"en\"\n")
            try daemon.start()
            try customers.write(toFile: daemon.folder + "/customers.csv", atomically: true, encoding: .utf8)
            #expect(try run(daemon, ["customers", "import", daemon.folder + "/customers.csv"]).end == .status(0))
            return (daemon, try Client(daemon.socket), HTTP(path: daemon.api))
        }

        static func run(_ daemon: Daemon, _ arguments: [String]) throws -> (end: Program.End?, output: String) {
            let program = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api] + arguments, environment: ["LANG": "C.UTF-8"],
                errors: daemon.folder + "/run")
            return (program.waitForEnd(), program.standardOutput)
        }

        @Test func aCallerIsFoundHoweverThePBXWritesTheNumber() throws {
            let (daemon, client, _) = try NumberTests.ready()
            let written =
                [
                    ("090-1234-5678", 1), ("sip:+819012345678@pbx.example;user=phone", 1),
                    (#"\"Taro\" <sip:%2B819012345678@pbx.example>"#, 1),
                    ("tel:+81-90-1234-5678;npdi", 1), ("０９０　１２３４　５６７８", 1), ("18409012345678", 1), ("4711", 2),
                    ("sip:4711@pbx.example", 2), ("06012345678", 3),
                    ("4712", nil), ("20012345", nil), ("anonymous@anonymous.invalid", nil), ("非通知設定", nil),
                ] as [(String, Int?)]
            for (i, (from, customer)) in written.enumerated() {
                let reply = try #require(
                    client.ask(
                        #"{"type":"call.offered","call":"n\#(i)","from":"\#(from)","to":"0312345678","#
                            + #""queue":"support"}"#
                    ))
                #expect(
                    reply.contains(customer.map { #""customer":{"id":\#($0),"# } ?? #""customer":null"#),
                    "\(from): \(reply)")
                if customer == nil, i > 10 { #expect(reply.contains(#""reason":"anonymous""#), "\(from): \(reply)") }
            }
            _ = daemon
        }

        /// What identifies nobody is neither a repeat caller nor somebody to call back.
        @Test func whatIsNoNumberIsNobody() throws {
            let (daemon, client, http) = try NumberTests.ready()
            for from in ["0000000000", "20012345", "4712", "12345678901234567", "09087654321"] {
                var last = ""
                for i in 0..<3 {
                    last =
                        client.ask(
                            #"{"type":"call.offered","call":"\#(from)-\#(i)","from":"\#(from)","to":"0312345678","#
                                + #""queue":"support"}"#
                        ) ?? ""
                    _ = client.ask(#"{"type":"call.queued","call":"\#(from)-\#(i)","queue":"support"}"#)
                    #expect(seq(client.ask(#"{"type":"call.ended","call":"\#(from)-\#(i)","by":"caller"}"#)) != nil)
                }
                #expect(last.contains("repeat_caller") == (from == "09087654321"), "\(last)")
            }
            let callbacks = try #require(try http.json("/v1/callbacks")["callbacks"] as? [[String: Any]])
            #expect(callbacks.compactMap { ($0["from"] as? [String: Any])?["e164"] as? String } == ["+819087654321"])
            _ = daemon
        }

        @Test func aLookUpIsTriedAndTheRulesAreReloaded() throws {
            let (daemon, client, http) = try NumberTests.ready("[numbers]\noutside_prefix = \"0\"\n")
            func look(_ arguments: String...) throws -> String {
                try NumberTests.run(daemon, ["lookup", "try"] + arguments).output
            }
            let known = try look("sip:+819012345678@pbx.example")
            for part in ["+819012345678", "090-1234-5678", "by libphonenumber", "1 山田 太郎"] {
                #expect(known.contains(part), "\(known)")
            }
            #expect(try look("--dialed", "0-090-1234-5678").contains("taken off    0"))
            #expect(try look("060-1234-5678").contains("a record has exactly it"))
            #expect(try look("060-1234-9999").contains("no: it counts for no repeat caller"))
            #expect(try look("No Caller ID").contains("withheld"))
            let answer = try http.json("/v1/lookup?number=06012349999")
            #expect(answer["valid"] as? String == "none")
            #expect(answer["key"] as? String == "+816012349999")
            #expect((answer["number"] as? [String: Any])?["kind"] as? String == "not_a_number")
            #expect(try http.ask("GET", "/v1/lookup").status == 400)
            #expect(try http.json("/v1/lookup?number=+819012345678")["matches"] as? Int == 1)

            try "region = \"JP\"\n[numbers]\nalso_valid = ['^\\+8160\\d{8}$']\n".write(
                toFile: daemon.config, atomically: true, encoding: .utf8)
            kill(daemon.pid, SIGHUP)
            #expect(
                try poll {
                    try http.json("/v1/lookup?number=06012349999")["valid"] as? String == "also_valid" ? true : nil
                } == true)
            // The engine reads by them too.
            for i in 0..<3 {
                _ = client.ask(
                    #"{"type":"call.offered","call":"r\#(i)","from":"060-1234-9999","to":"0312345678","#
                        + #""queue":"support"}"#
                )
            }
            let reply = client.ask(
                #"{"type":"call.offered","call":"r3","from":"+816012349999","to":"0312345678","queue":"support"}"#)
            #expect(reply?.contains("repeat_caller") == true, "\(reply ?? "")")
        }

        @Test func aWrongExpressionStopsTheStart() throws {
            let daemon = try Daemon(config: "[numbers]\nalso_valid = ['(']\n")
            let failed = try daemon.fail()
            #expect(failed.end == .status(78))
            #expect(
                failed.said.contains(":2: numbers.also_valid is \"(\"; that is no regular expression"), "\(failed.said)"
            )
        }

        @Test func filesOfOtherCountriesAndSpreadsheetsComeInRight() throws {
            let (daemon, _, http) = try NumberTests.ready()
            func load(_ bytes: [UInt8], _ more: String...) throws -> (end: Program.End?, output: String) {
                let file = daemon.folder + "/in.csv"
                try Data(bytes).write(to: URL(fileURLWithPath: file))
                return try NumberTests.run(daemon, ["customers", "import", file] + more)
            }
            // Hélène in Windows-1252, 山田太郎 in EUC-JP.
            let western =
                Array("name,phone\nH".utf8) + [0xE9] + Array("l".utf8) + [0xE8] + Array("ne,09055550001\n".utf8)
            #expect(try load(western).output.contains("windows-1252"))
            let japanese =
                Array("name,phone\n".utf8) + [0xBB, 0xB3, 0xC5, 0xC4, 0xC2, 0xC0, 0xCF, 0xBA]
                + Array(",09055550002\n".utf8)
            #expect(try load(japanese).output.contains("euc-jp"))
            #expect(try load(japanese, "--encoding", "euc-jp").output.contains("1 unchanged"))
            let refused = try load(japanese, "--encoding", "klingon")
            #expect(refused.end == .status(1))
            let odd = try load(Array("name,phone\nA,9011110011.0\nB,03-1234-5678(代)\nC,なし\n,,\n".utf8))
            #expect(odd.end == .status(0))
            #expect(odd.output.contains("3 rows: 3 new, 0 changed, 0 unchanged, 0 refused"), "\(odd.output)")
            for (phone, name) in [
                ("09055550001", "Hélène"), ("09055550002", "山田太郎"), ("09011110011", "A"), ("0312345678", "B"),
            ] {
                let found = try #require(try http.json("/v1/customers?phone=\(phone)")["customers"] as? [[String: Any]])
                #expect(found.map { $0["name"] as? String } == [name], "\(phone)")
            }
            // Nothing of it is left on the disk under a name.
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: daemon.state).filter { $0.hasPrefix("import") }
                    == [])
        }

        @Test func whatAKilledImportLeftIsRemovedAtTheStart() throws {
            let daemon = try Daemon()
            try FileManager.default.createDirectory(atPath: daemon.state, withIntermediateDirectories: true)
            try "name\n山田\n".write(toFile: daemon.state + "/import-1.csv", atomically: true, encoding: .utf8)
            try daemon.start()
            #expect(!FileManager.default.fileExists(atPath: daemon.state + "/import-1.csv"))
        }
    }
}
