import Foundation
import Testing

extension ProcessTests {
    /// The daemon's day and the command line's are the centre's, at every hour, wherever the machines are and whatever
    /// their clocks show.
    @Suite(.serialized) struct HoursTests {
        /// An hour of UTC for the daemon, and the zone of the machine that asks it. In Tokyo the day changes at 15:00.
        static let hours = [
            ("00:10", "America/Los_Angeles"), ("06:30", "Pacific/Auckland"), ("12:00", "UTC"),
            ("14:50", "Pacific/Auckland"), ("15:10", "America/Los_Angeles"), ("22:00", "UTC"),
        ]

        /// What a program is started with so that its clock shows that time of today, UTC.
        ///
        /// - Parameter link: where to put a link to the library: LD_PRELOAD takes no path with a space.
        static func clock(at time: String, link: String) throws -> [String: String] {
            let parts = time.split(separator: ":").compactMap { Int($0) }
            // The tests may run by a shifted clock themselves.
            let own = ProcessInfo.processInfo.environment["SCREENPOP_CLOCK_SHIFT"].flatMap(Int.init) ?? 0
            let now = Int(Date().timeIntervalSince1970)
            let shift = own + (parts[0] * 60 + parts[1]) * 60 - now % 86_400
            let library = Program.built("libClockShift.so")
            try #require(FileManager.default.fileExists(atPath: library))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: library)
            return ["LD_PRELOAD": link, "SCREENPOP_CLOCK_SHIFT": String(shift)]
        }

        @Test(arguments: hours) func theDayIsTheCentres(hour: String, zone: String) throws {
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\nregion = \"JP\"\n")
            let link = "/tmp/screenpop-clock-\(UInt32.random(in: 0...UInt32.max)).so"
            defer { try? FileManager.default.removeItem(atPath: link) }
            try daemon.start(environment: try Self.clock(at: hour, link: link))
            defer { daemon.stop() }
            let client = try Client(daemon.socket)
            for line in [
                #"{"type":"call.offered","call":"h1","from":"09000000001","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"h1","queue":"support"}"#,
                #"{"type":"call.ended","call":"h1","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }

            let session = try HTTP(path: daemon.api).json("/v1/session")
            let written = try #require(session["now"] as? String)
            let now = try Date(written, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            #expect(now.formatted(.iso8601).contains("T\(hour.prefix(2))"), "the daemon's clock is the shifted one")
            let japan = now + 9 * 3_600, format = Date.ISO8601FormatStyle().year().month().day()
            let today = japan.formatted(format), tomorrow = (japan + 86_400).formatted(format)
            #expect(session["today"] as? String == today)
            #expect(session["day_start"] as? String == "00:00")

            // The machine that asks is in another zone, and its clock is the real one.
            func ask(_ arguments: String...) throws -> String { try ask(arguments) }
            func ask(_ arguments: [String]) throws -> String {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    environment: ["TZ": zone], errors: daemon.folder + "/cli")
                #expect(program.waitForEnd() == .status(0), "\(arguments): \(program.standardError)")
                return program.standardOutput
            }
            let stats = try ask("stats")
            #expect(stats.hasPrefix("\(today) ") && stats.contains("since \(today) 00:00:00  Asia/Tokyo"), "\(stats)")
            let time = japan.formatted(Date.ISO8601FormatStyle().time(includingFractionalSeconds: false))
            let minute = "\(today) \(time.prefix(2)):"
            for period in [["--today"], ["--from", today], ["--from", today, "--to", today]] {
                let calls = try ask(["calls"] + period)
                #expect(calls.contains("h1") && calls.contains(minute), "\(period): \(calls)")
            }
            #expect(try ask("calls", "--from", tomorrow).contains("No such calls"))
            #expect(try ask("explain", "h1").contains("\(minute)"))
            #expect(try ask("report", "--from", today, "--step", "1d").contains("\(today)  "))
            #expect(try ask("forecast", "--json").contains(#""day":"\#(tomorrow)""#))
            #expect(try ask("status").contains("started        \(today)"))
        }
    }
}
