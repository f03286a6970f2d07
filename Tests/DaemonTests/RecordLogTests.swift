import Foundation
import Synchronization
import Testing

extension ProcessTests {
    /// Every change of a record is in the log before it is answered: killed at any moment, nothing that was answered is
    /// lost, and the files of the records are rebuilt from the log.
    @Suite(.serialized) struct RecordLogTests {
        static func customers(_ daemon: Daemon) throws -> Daemon {
            try daemon.start()
            let file = daemon.folder + "/customers.csv"
            try "external_id,name,phone,tier\nC-1,山田 太郎,090-0000-0001,regular\nC-2,鈴木 花子,090-0000-0002,regular\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            let loaded = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "customers", "import", file],
                errors: daemon.folder + "/imp")
            #expect(loaded.waitForEnd() == .status(0))
            return daemon
        }

        /// What the interface says of the records.
        static func records(_ daemon: Daemon) throws -> [String] {
            let http = HTTP(path: daemon.api)
            return try [
                "/v1/customers?q=C-", "/v1/customers/1/history", "/v1/customers/2/history", "/v1/customers/3/history",
                "/v1/deleted-customers", "/v1/imports", "/v1/cases", "/v1/blocked-numbers", "/v1/accounts",
                "/v1/customers/1/purchases", "/v1/customers/1/contacts", "/v1/customers/1/timeline",
                "/v1/customers/1/contacts/2/history", "/v1/customers/1/notes/3/history", "/v1/customers/1/contracts",
            ].map { try http.ask("GET", $0).body }
        }

        /// The rows of these databases, by database and table: all but the file's own place in the log, and what is
        /// done a moment later of records that were just made: an alert to give, words to put into the index.
        static func rows(_ daemon: Daemon, _ names: [String]) throws -> [String: [String]] {
            var all: [String: [String]] = [:]
            for name in names {
                for (table, rows) in try DatabaseRows.read("\(daemon.state)/\(name)")
                where table != "identity" && table != "status_move" && !table.hasPrefix("search_") {
                    all["\(name) \(table)"] = rows
                }
            }
            return all
        }

        @Test func theFilesOfTheRecordsAreRebuiltFromTheLog() throws {
            let daemon = try Self.customers(try Daemon(config: "region = \"JP\"\n")), http = HTTP(path: daemon.api)
            #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"C-3 Example"}"#).status == 201)
            let edit = try http.ask(
                "PATCH", "/v1/customers/1", body: #"{"tier":"vip"}"#, headers: "If-Match: \"v1\"\r\n")
            #expect(edit.status == 200)
            #expect(try http.ask("DELETE", "/v1/customers/2").status == 204)
            #expect(try http.ask("GET", "/v1/customers/2").status == 404)
            #expect(try http.ask("POST", "/v1/customers/1/restore", body: #"{"version":1}"#).status == 200)
            #expect(try http.ask("POST", "/v1/customers/1/cases", body: #"{"title":"invoice"}"#).status == 201)
            for (path, body) in [
                ("purchases", #"{"product":"Coffee machine","amount":"19.90","currency":"EUR"}"#),
                ("contacts", #"{"channel":"visit","summary":"came by"}"#), ("notes", #"{"text":"moves"}"#),
                ("contracts", #"{"service":"Hosting","expires":"2027-03-31"}"#),
            ] {
                #expect(try http.ask("POST", "/v1/customers/1/\(path)", body: body).status == 201)
            }
            #expect(try http.ask("PATCH", "/v1/customers/1/contacts/2", body: #"{"summary":"left"}"#).status == 200)
            #expect(try http.ask("DELETE", "/v1/customers/1/notes/3").status == 204)
            #expect(try http.ask("PUT", "/v1/blocked-numbers/090-0000-0099").status == 200)
            let account = #"{"role":"operator","name":"A","password":"correct horse"}"#
            #expect(try http.ask("PUT", "/v1/accounts/101", body: account).status == 201)
            let history = try http.json("/v1/customers/1/history")["items"] as? [[String: Any]] ?? []
            #expect(history.map { $0["version"] as? Int } == [3, 2, 1])
            #expect(history.map { $0["through"] as? String } == ["command", "command", "import"])
            let changes = history[1]["changes"] as? [[String: Any]] ?? []
            #expect(changes.map { $0["field"] as? String } == ["tier"])
            #expect(changes.map { $0["to"] as? String } == ["vip"])

            try RecoveryTests.calls(0..<20, daemon)
            // A change of who may sign in is behind the calls in the log.
            #expect(try http.ask("PUT", "/v1/accounts/102", body: account).status == 201)
            let before = try Self.records(daemon), calls = try RecoveryTests.history(daemon)
            #expect(calls.count == 20)
            for moved in [["customers.db"], ["customers.db", "access.db", "accounts.db"]] {
                #expect(daemon.stop() == .status(0))
                let rows = try Self.rows(daemon, moved)
                for name in moved { try RecoveryTests.move(daemon, name, to: daemon.folder + "/away") }
                try daemon.start()
                #expect(daemon.program?.standardError.contains("are rebuilt from the log") == true)
                let now = try Self.records(daemon)
                for (answer, earlier) in zip(now, before) { #expect(answer == earlier, "without \(moved)") }
                #expect(try RecoveryTests.history(daemon) == calls, "without \(moved)")
                #expect(daemon.stop() == .status(0))
                let rebuilt = try Self.rows(daemon, moved)
                #expect(rows.values.contains { $0.count > 1 } && rows.keys == rebuilt.keys)
                for (table, rows) in rows { #expect(rebuilt[table] == rows, "\(table) without \(moved)") }
                try daemon.start()
            }
            #expect(try http.ask("POST", "/v1/customers/2/undelete").status == 200)
            #expect(try http.ask("POST", "/v1/imports/1/undo").status == 200)
            #expect(try http.ask("POST", "/v1/imports/1/undo").status == 409)
            #expect(daemon.stop() == .status(0))
        }

        /// The daemon takes over the state directory of the version before changes were in the log.
        @Test func theStateOfAnEarlierVersionIsTakenOver() throws {
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\nregion = \"JP\"\n")
            try FileManager.default.createDirectory(atPath: daemon.state, withIntermediateDirectories: true)
            let archive = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("OldState/before-changes.tar.gz").path
            let tar = try Program("tar", ["-C", daemon.state, "-xzf", archive], errors: daemon.folder + "/tar")
            #expect(tar.waitForEnd() == .status(0))
            try daemon.start()
            #expect(daemon.program?.standardError.contains("before-migration-1") == true)
            let http = HTTP(path: daemon.api), tcp = HTTP(port: try daemon.port)
            let bearer = "Authorization: Bearer sp_t0ujrJoukc9-ebf3pqXXrFXJ0e6-it4zrjOKEGA4Oxg\r\n"
            #expect(try tcp.ask("GET", "/v1/stats", headers: bearer).status == 200)
            #expect(try tcp.ask("GET", "/v1/stats").status == 401)
            let calls = try RecoveryTests.history(daemon)
            #expect(Set(calls.keys) == ["c1", "c2"])
            #expect(try http.json("/v1/customers/1")["name"] as? String == "山田 太郎")
            let before = try Self.records(daemon)
            // The second start has nothing to migrate, also after a crash, and new calls get new numbers.
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(daemon.program?.standardError.contains("before-migration") == false)
            #expect(try Self.records(daemon) == before)
            try RecoveryTests.calls(70..<71, daemon)
            #expect(try RecoveryTests.history(daemon).count == 3)
            #expect(daemon.stop() == .status(0))
        }

        /// Edits one after the other, and a kill at a random moment of them, several times.
        @Test func noAnsweredEditIsLostByAKill() throws {
            let daemon = try Self.customers(try Daemon(config: "region = \"JP\"\n")), api = daemon.api
            var answered = 0
            for round in 0..<6 {
                let seen = Mutex(answered)
                let writer = Thread {
                    let http = HTTP(path: api)
                    while true {
                        let next = seen.withLock { $0 } + 1
                        let body = #"{"address":"address \#(next)"}"#
                        guard let answer = try? http.ask(
                            "PATCH", "/v1/customers/1", body: body, headers: "If-Match: *\r\n"), answer.status == 200
                        else { return }
                        seen.withLock { $0 = next }
                    }
                }
                writer.start()
                let wanted = answered + Int.random(in: 5...60)
                #expect(poll { seen.withLock { $0 } >= wanted ? true : nil } == true, "round \(round)")
                daemon.stop(SIGKILL)
                #expect(poll { writer.isFinished ? true : nil } == true)
                answered = seen.withLock { $0 }
                // Half of the time the records have to be made again.
                if round % 2 == 1 { try RecoveryTests.move(daemon, "customers.db", to: daemon.folder + "/away") }
                try daemon.start()
                let now = try HTTP(path: api).json("/v1/customers/1")["address"] as? String ?? ""
                let number = try #require(Int(now.split(separator: " ").last ?? ""), "\(now)")
                #expect((answered...answered + 1).contains(number), "\(round): \(answered) answered, \(number) kept")
                answered = number
            }
            #expect(daemon.stop() == .status(0))
        }
    }
}
