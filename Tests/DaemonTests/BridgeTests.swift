import Foundation
import Testing

extension ProcessTests {
    /// The bridge as a process, between a manager that plays a recording and a real daemon.
    @Suite(.serialized) struct BridgeTests {
        /// A manager: takes the login by challenge, says that nothing is alive, then plays a recording's bytes behind
        /// the login, each read at its time. Says on standard output what it was asked. With a certificate and its key
        /// it speaks TLS.
        static let manager = """
            import hashlib, json, socket, ssl, sys, time
            name, speed, secret = sys.argv[1], float(sys.argv[2]), 'loopback only'
            bytes_, index = open(name + '.ami', 'rb').read(), [json.loads(l) for l in open(name + '.idx.jsonl')]
            server = socket.create_server(('127.0.0.1', 0))
            if len(sys.argv) > 4:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[4], sys.argv[5])
                server = context.wrap_socket(server, server_side=True)
            print(server.getsockname()[1], flush=True)
            def answer(c):
                text = b''
                while b'\\r\\n\\r\\n' not in text:
                    more = c.recv(4096)
                    if not more: return None
                    text += more
                asked = [dict(l.split(': ', 1) for l in block.split('\\r\\n')) for block in \
            text.decode().split('\\r\\n\\r\\n') if block]
                for one in asked:
                    print(one['Action'], flush=True)
                    head, end = f"Response: Success\\r\\nActionID: {one['ActionID']}\\r\\n", ''
                    if one['Action'] == 'Challenge': head += 'Challenge: 4711\\r\\n'
                    if one['Action'] == 'Login':
                        if one['Key'] != hashlib.md5(('4711' + secret).encode()).hexdigest():
                            head = head.replace('Success', 'Error') + 'Message: Authentication failed\\r\\n'
                    if one['Action'] in ('QueueStatus', 'Status'): end = f"Event: \
            {one['Action']}Complete\\r\\nActionID: {one['ActionID']}\\r\\nEventList: Complete\\r\\n\\r\\n"
                    c.sendall((head + '\\r\\n' + end).encode())
                return asked[-1]['Action']
            while True:
                try: c, _ = server.accept()
                except OSError as e:
                    print('refused', e, flush=True)
                    continue
                c.sendall(b'Asterisk Call Manager/11.0.0\\r\\n')
                done = answer(c)
                while done not in ('Status', None): done = answer(c)
                if done is None: continue
                prev, start = None, bytes_.index(b'\\r\\n\\r\\n') + 4
                for i in index:
                    if 'len' not in i: continue
                    piece = bytes_[max(start, i['off']):i['off'] + i['len']]
                    if prev is not None: time.sleep(max(0, i['t'] - prev) / speed)
                    prev = i['t']
                    c.sendall(piece)
                print('played', flush=True)
                c.recv(1)
            """
        let files = "/tmp/screenpop bridge \(UInt32.random(in: 0...UInt32.max))"

        func play(_ recording: String, speed: Int = 2, certificate: [String] = []) throws -> (
            program: Program, port: Int
        ) {
            try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
            let program = try Program(
                "python3",
                ["-c", Self.manager, DemoTests.root + "/Tests/Recordings/" + recording, "\(speed)", ""] + certificate,
                errors: files + "/manager")
            return (program, try #require(poll { Int(program.standardOutput.split(separator: "\n").first ?? "") }))
        }

        func bridge(_ port: Int, to daemon: Daemon, secret: String = "loopback only", config: String = "") throws
            -> Program
        {
            try "\(secret)\n".write(toFile: files + "/secret", atomically: true, encoding: .utf8)
            try "spool_dir = \"\(files)/spool\"\n\(config)".write(
                toFile: files + "/bridge.toml", atomically: true, encoding: .utf8)
            return try Program(
                Program.built("screenpop-asterisk"),
                [
                    "--config", files + "/bridge.toml", "--events-socket", daemon.socket, "--ami", "127.0.0.1:\(port)",
                    "--user", "screenpop", "--secret-file",
                    files + "/secret", "--agi", "127.0.0.1:0",
                ], errors: files + "/bridge")
        }

        func calls(_ daemon: Daemon) throws -> [[String: Any]] {
            try #require(try HTTP(path: daemon.api).json("/v1/calls")["calls"] as? [[String: Any]])
        }

        @Test func aCallIsFollowedFromTheManagerToTheFigures() throws {
            defer { try? FileManager.default.removeItem(atPath: files) }
            let (manager, port) = try play("answered"), daemon = try Daemon()
            try daemon.start()
            let bridge = try bridge(port, to: daemon)
            let ended = try poll(within: 30) { try calls(daemon).first { $0["state"] as? String == "ended" } }
            #expect(
                ended?["outcome"] as? String == "answered" && ended?["operator"] as? String == "101",
                "\(bridge.standardError)")
            #expect(
                manager.standardOutput.split(separator: "\n").dropFirst().prefix(4) == [
                    "Challenge", "Login", "QueueStatus", "Status",
                ])
            #expect(bridge.stop() == .status(0))
            #expect(daemon.stop() == .status(0))
        }

        /// The daemon is down when calls arrive, and the bridge is killed while they wait: the spool has all events.
        @Test func nothingIsLostWhileTheDaemonIsAwayAndTheBridgeIsKilled() throws {
            defer { try? FileManager.default.removeItem(atPath: files) }
            let (manager, port) = try play("two-callers-one-agent", speed: 4), daemon = try Daemon()
            let first = try bridge(port, to: daemon)
            #expect(poll(within: 40) { manager.standardOutput.contains("played") ? true : nil } == true)
            #expect(poll { first.standardError.contains("they wait in the spool") ? true : nil } == true)
            // What was played is in the kernel's hands a moment later.
            let spool = files + "/spool",
                settled = poll { () -> Bool? in
                    let names = (try? FileManager.default.subpathsOfDirectory(atPath: spool)) ?? []
                    let text =
                        names.first { $0.hasSuffix("events.ndjson") }.flatMap {
                            try? String(contentsOfFile: spool + "/" + $0, encoding: .utf8)
                        } ?? ""
                    return text.components(separatedBy: #""type":"call.ended""#).count == 3 ? true : nil
                }
            #expect(settled == true)
            #expect(first.stop(SIGKILL) == .signal(SIGKILL))
            manager.stop(SIGKILL)
            try daemon.start()
            let second = try bridge(port, to: daemon)
            let both = try poll(within: 30) { () -> [[String: Any]]? in
                let found = try calls(daemon).filter { $0["state"] as? String == "ended" }
                return found.count == 2 ? found : nil
            }
            #expect(both?.allSatisfy { $0["outcome"] as? String == "answered" } == true, "\(second.standardError)")
            // The time in which nobody looked is marked.
            let centre = try HTTP(path: daemon.api).json("/v1/stats")["centre"] as? [String: Any]
            #expect(centre?["incomplete"] as? Bool == true && centre?["answered"] as? Int == 2)
            #expect(second.stop() == .status(0))
        }

        @Test func theDialplanHasItsAnswerInTime() throws {
            defer { try? FileManager.default.removeItem(atPath: files) }
            let (manager, port) = try play("answered"), daemon = try Daemon()
            try daemon.start()
            let bridge = try bridge(port, to: daemon)
            let agi = try #require(poll { bridge.standardError.firstMatch(of: /FastAGI at 127\.0\.0\.1:(\d+)/)?.1 })
            #expect(poll(within: 30) { bridge.standardError.contains("is followed") ? true : nil } == true)
            let ask = """
                import socket, sys, time
                for call in sys.argv[2:]:
                    began = time.monotonic()
                    s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); f = s.makefile('rwb')
                    s.sendall(f'agi_network_script: route?did=5000&queue=support\\nagi_uniqueid: {call}\\n'.encode()
                        + b'agi_callerid: 09000000001\\nagi_callingpres: 0\\n\\n')
                    while (line := f.readline()):
                        print(line.decode().strip())
                        s.sendall(b'HANGUP\\n200 result=1\\n')
                    print('took', 'long' if time.monotonic() - began > 0.5 else 'well')
                """
            let asked = try Program("python3", ["-c", ask, String(agi), "route.1", "route.1"], errors: files + "/ask")
            #expect(asked.waitForEnd() == .status(0))
            let said = asked.standardOutput.split(separator: "\n")
            let answer = [
                #"SET VARIABLE SCREENPOP_ACTION "queue""#, #"SET VARIABLE SCREENPOP_QUEUE "support""#,
                #"SET VARIABLE SCREENPOP_PRIORITY "0""#, #"SET VARIABLE SCREENPOP_REASON "no_match""#, "took well",
            ]
            // Asked twice, it is offered once and answered twice.
            #expect(said.map(String.init) == answer + answer)
            #expect(try calls(daemon).count { $0["call"] as? String == "route.1" } == 1)
            kill(daemon.pid, SIGSTOP)
            let away = try Program("python3", ["-c", ask, String(agi), "route.2"], errors: files + "/away")
            #expect(away.waitForEnd() == .status(0))
            kill(daemon.pid, SIGCONT)
            manager.stop()
            #expect(
                away.standardOutput.contains(#"SCREENPOP_REASON "no_answer""#)
                    && away.standardOutput.contains("took well"), "\(away.standardOutput)")
            #expect(bridge.stop() == .status(0))
        }

        /// With a certificate of the centre's own it is trusted by that; without, a stranger is not spoken to.
        @Test(
            .enabled(
                if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"),
                "needs openssl to make a certificate"))
        func theManagerIsSpokenToOverTLS() throws {
            defer { try? FileManager.default.removeItem(atPath: files) }
            try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
            let made = try Program(
                "openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pbx.example",
                    "-keyout", files + "/key.pem", "-out", files + "/cert.pem",
                ],
                errors: files + "/openssl")
            #expect(made.waitForEnd() == .status(0))
            let (manager, port) = try play("answered", certificate: [files + "/cert.pem", files + "/key.pem"]),
                daemon = try Daemon()
            try daemon.start()
            let stranger = try bridge(port, to: daemon, config: "tls = true\n")
            #expect(poll { stranger.standardError.contains("CERTIFICATE_VERIFY_FAILED") ? true : nil } == true)
            #expect(stranger.stop() == .status(0))
            #expect(!manager.standardOutput.contains("Challenge"))
            let trusted = try bridge(port, to: daemon, config: "tls = true\ntls_ca_file = \"\(files)/cert.pem\"\n")
            let ended = try poll(within: 30) { try calls(daemon).first { $0["state"] as? String == "ended" } }
            #expect(ended?["outcome"] as? String == "answered", "\(trusted.standardError)")
            #expect(trusted.stop() == .status(0))
        }

        @Test func aWrongSecretIsSaidAndTriedAgain() throws {
            defer { try? FileManager.default.removeItem(atPath: files) }
            let (manager, port) = try play("answered"), daemon = try Daemon()
            try daemon.start()
            let bridge = try bridge(port, to: daemon, secret: "wrong")
            #expect(
                poll { bridge.standardError.contains("the login was refused (Authentication failed)") ? true : nil }
                    == true)
            #expect(poll { manager.standardOutput.components(separatedBy: "Login").count >= 3 ? true : nil } == true)
            #expect(bridge.standardError.components(separatedBy: "was refused").count == 2, "said once")
            #expect(bridge.stop() == .status(0))
            let check = try Program(
                Program.built("screenpop-asterisk"),
                [
                    "check", "--events-socket", daemon.socket, "--events-socket", files + "/none.sock", "--ami",
                    "127.0.0.1:\(port)", "--secret-file",
                    files + "/secret", "--agi", "", "--json",
                ], errors: files + "/check")
            #expect(check.waitForEnd() == .status(1))
            #expect(
                check.standardOutput.contains(#""subject":"manager""#)
                    && check.standardOutput.contains(#"{"subject":"screenpopd","text":"screenpopd takes events"#))
            // Each of the sockets is asked.
            #expect(check.standardOutput.contains("screenpopd does not answer at \(files)/none.sock"))
        }
    }
}
