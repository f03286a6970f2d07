import Foundation
import Testing

extension ProcessTests {
    /// HTTPS of a daemon, asked by the command line.
    @Suite(.serialized) struct TLSProcessTests {
        private func certificate(_ name: String, in folder: String) throws -> String {
            let made = try Program(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "30", "-keyout",
                    "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
                ], errors: folder + "/openssl")
            try #require(made.waitForEnd() == .status(0))
            return "\(folder)/\(name).pem"
        }

        private func config(_ folder: String) -> String {
            """
            [tls]
            listen = "127.0.0.1:0"
            certificate = "\(folder)/used.pem"
            key = "\(folder)/used.key"
            """
        }

        @Test func theCommandLineAsksOverTLSAndAReloadReadsTheCertificate() throws {
            let daemon = try Daemon()
            let first = try certificate("used", in: daemon.folder)
            let second = try certificate("next", in: daemon.folder)
            try config(daemon.folder).write(toFile: daemon.config, atomically: true, encoding: .utf8)
            try daemon.start()
            defer { daemon.stop() }
            let said = daemon.program?.standardError ?? ""
            let port = try #require(said.firstMatch(of: /HTTPS at 127\.0\.0\.1:(\d+)/)?.1)
            let made = try HTTP(path: daemon.api).ask("POST", "/v1/tokens", body: #"{"role":"admin","name":"cli"}"#)
            let token = try #require(made.body.firstMatch(of: /"token":"([^"]+)"/)?.1)
            func screenpop(_ host: String, _ arguments: [String] = []) throws -> (end: Program.End?, said: String) {
                let program = try Program(
                    Program.built("screenpop"), ["status", "--url", "https://\(host):\(port)"] + arguments,
                    environment: ["SCREENPOP_TOKEN": String(token), "LANG": "C"], errors: daemon.folder + "/cli")
                return (program.waitForEnd(), program.standardError)
            }
            for host in ["localhost", "127.0.0.1"] {
                let asked = try screenpop(host, ["--cacert", first])
                #expect(asked.end == .status(0), "\(asked)")
            }
            let untrusted = try screenpop("localhost")
            #expect(untrusted.end == .status(69) && untrusted.said.contains("--cacert"), "\(untrusted)")
            let noFile = try screenpop("localhost", ["--cacert", "/nowhere.pem"])
            #expect(noFile.end == .status(64) && noFile.said.contains("/nowhere.pem"), "\(noFile)")
            // Another certificate in its place, and SIGHUP.
            for end in ["key", "pem"] {
                let to = "\(daemon.folder)/used.\(end)"
                try FileManager.default.copyItem(atPath: to, toPath: to + ".old")
                try FileManager.default.removeItem(atPath: to)
                try FileManager.default.copyItem(atPath: "\(daemon.folder)/next.\(end)", toPath: to)
            }
            kill(daemon.pid, SIGHUP)
            let isNew: Bool? = try poll(within: 10) {
                try screenpop("localhost", ["--cacert", second]).end == .status(0) ? true : nil
            }
            #expect(isNew == true)
            #expect(try screenpop("localhost", ["--cacert", first + ".old"]).end == .status(69))
        }

        @Test func aWrongFileIsAWrongConfiguration() throws {
            let daemon = try Daemon()
            try config(daemon.folder).write(toFile: daemon.config, atomically: true, encoding: .utf8)
            let failed = try daemon.fail()
            #expect(failed.end == .status(78))
            #expect(failed.said.contains("[tls]") && failed.said.contains("used.pem is not there"), "\(failed.said)")
        }
    }
}
