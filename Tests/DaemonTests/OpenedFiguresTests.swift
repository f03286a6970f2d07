import Foundation
import Testing

extension ProcessTests {
    /// Every figure opens to its calls over HTTP, page by page, and its receipt says the same.
    @Suite(.serialized) struct OpenedFiguresTests {
        let daemon: Daemon
        let http: HTTP

        init() throws {
            daemon = try Daemon(
                config:
                    "region = \"JP\"\n[queues.support]\nshort_abandon = \"15s\"\nservice_level_threshold = "
                        + "\"10s\"\nwrap_up_limit = \"20s\"\n"
            )
            try daemon.start()
            http = HTTP(path: daemon.api)
            let simulation = try Program(
                Program.built("screenpop"),
                [
                    "--api-socket", daemon.api, "simulate", "--events-socket", daemon.socket, "--history", "--calls",
                    "300", "--calls-per-hour", "400", "--seed", "7",
                ],
                errors: daemon.folder + "/sim")
            #expect(simulation.waitForEnd(within: 60) == .status(0))
        }

        static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }
        /// Both on boundaries of intervals; the simulation ends about now.
        let from = Self.text(
            Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 900).rounded(.down) * 900 - 2 * 86_400))
        let to = Self.text(
            Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 900).rounded(.down) * 900 + 2 * 86_400))

        /// All lines of a list, by pages of some size.
        func lines(_ query: String, limit: Int) throws -> [[String: Any]] {
            var found: [[String: Any]] = [], after = ""
            repeat {
                let page = try http.json("/v1/calls?\(query)&limit=\(limit)\(after)"),
                    calls = try #require(page["calls"] as? [[String: Any]])
                #expect(calls.count <= limit)
                found += calls
                after = page["next"].flatMap { $0 is NSNull ? nil : "&after=\($0)" } ?? ""
            } while !after.isEmpty
            return found
        }

        func receipt(_ query: String) throws -> [String: Any] {
            try http.json("/v1/stats?receipt=true&from=\(from)&to=\(to)&\(query)")
        }

        static let counts = [
            "offered", "answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown",
            "transfers", "holds",
        ]
        static let others = [
            "asa_ms", "average_wait_ms", "max_wait_ms", "wait_p90_ms", "abandon_rate", "aht_ms", "talk_ms", "hold_ms",
            "wrap_up_ms", "repeat_rate",
        ]

        @Test func everyFigureHasAsManyLinesAsItSaysAndAReceipt() throws {
            let stats = try http.json("/v1/stats?from=\(from)&to=\(to)")
            var scopes: [(query: String, figures: [String: Any])] = [
                ("", try #require(stats["centre"] as? [String: Any]))
            ]
            for (name, word) in [("queues", "queue"), ("tiers", "tier")] {
                for (key, figures) in try #require(stats[name] as? [String: [String: Any]]) {
                    scopes.append(("\(word)=\(key)", figures))
                }
            }
            var opened = 0
            for (query, figures) in scopes {
                for name in Self.counts {
                    let count = try #require(figures[name] as? Int),
                        ids = try lines("figure=\(name)&\(query)&from=\(from)&to=\(to)", limit: 37).compactMap {
                            $0["call"] as? String
                        }
                    #expect(ids.count == count, "\(name) \(query)")
                    let told = try receipt("figure=\(name)&\(query)")
                    #expect(told["value"] as? Int == count && told["calls"] as? [String] == ids, "\(name) \(query)")
                    opened += count
                }
                for name in Self.others {
                    let told = try receipt("figure=\(name)&\(query)&lang=en")
                    #expect(told["value"] as? Double == figures[name] as? Double, "\(name) \(query)")
                    try agree(told)
                }
                let levels = try #require(figures["service_level"] as? [String: Any])
                for variant in ["negative", "ignore", "positive", "answered", "short"] {
                    let told = try receipt("figure=service_level&variant=\(variant)&\(query)")
                    #expect(
                        told["value"] as? Double == levels[variant] as? Double && told["variant"] as? String == variant,
                        "\(variant) \(query)")
                    #expect(told["threshold_ms"] as? Int == levels["threshold_ms"] as? Int)
                    try agree(told)
                }
            }
            #expect(opened > 1_000)
            // An outcome alone is the same list as its figure, and one line at a time loses none.
            let one = try lines("queue=support&outcome=abandoned&from=\(from)&to=\(to)", limit: 1)
            #expect(one.count == (scopes.first { $0.query == "queue=support" }?.figures["abandoned"] as? Int))
            #expect(one.allSatisfy { ($0["visit"] as? [String: Any])?["outcome"] as? String == "abandoned" })
        }

        @Test func theFiguresOfOperatorsAndLinesOpenToo() throws {
            let stats = try http.json("/v1/stats?from=\(from)&to=\(to)"),
                operators = try #require(stats["operators"] as? [String: [String: Any]])
            #expect(operators.count > 10)
            for (id, figures) in operators {
                for name in ["answered", "unanswered", "transfers_out"] {
                    let count = try #require(figures[name] as? Int)
                    #expect(
                        try lines("figure=\(name)&operator=\(id)&from=\(from)&to=\(to)", limit: 50).count == count,
                        "\(name) of \(id)")
                    let told = try receipt("figure=\(name)&operator=\(id)")
                    #expect((told["calls"] as? [String])?.count == count && told["value"] as? Int == count)
                }
                for name in ["occupancy", "average_handle_ms", "talk_ms"] {
                    #expect(
                        try receipt("figure=\(name)&operator=\(id)")["value"] as? Double == figures[name] as? Double,
                        "\(name) of \(id)")
                }
            }
            let rows = try #require(
                try http.json("/v1/intervals?by=line&step=1h&from=\(from)&to=\(to)")["intervals"] as? [[String: Any]])
            #expect(!rows.isEmpty)
            for row in rows {
                let line = try #require(row["line"] as? String), first = try #require(row["from"] as? String),
                    last = try #require(row["to"] as? String)
                for name in ["offered", "answered", "abandoned"] {
                    #expect(
                        try lines("figure=\(name)&line=\(line)&from=\(first)&to=\(last)", limit: 1_000).count == row[
                            name] as? Int, "\(name) \(first)")
                }
            }
            let shown = try Program(
                Program.built("screenpop"),
                [
                    "--api-socket", daemon.api, "--language", "en", "stats", "--receipt", "abandon_rate", "--queue",
                    "support",
                ], errors: daemon.folder + "/r")
            #expect(
                shown.waitForEnd() == .status(0)
                    && shown.standardOutput.contains("abandoned / (offered − short_abandoned − still waiting)"),
                "\(shown.standardOutput)")
            for wrong in [
                "receipt=true", "receipt=true&figure=nonsense",
                "receipt=true&figure=answered&operator=101&queue=support", "receipt=true&figure=offered&lang=fr",
            ] {
                #expect(try http.ask("GET", "/v1/stats?\(wrong)").status == 400, "\(wrong)")
            }
            #expect(try http.ask("GET", "/v1/calls?figure=unanswered").status == 400)
            #expect(try http.ask("GET", "/v1/calls?after=x").status == 400)
        }

        /// Numerator and denominator are the sums of their parts.
        func agree(_ receipt: [String: Any]) throws {
            let parts = try #require(receipt["parts"] as? [[String: Any]])
            for side in ["numerator", "denominator"] {
                let own = parts.filter { $0["of"] as? String == side }
                let sum = own.map { ($0["sign"] as? Int ?? 0) * ($0["ms"] as? Int ?? $0["count"] as? Int ?? 0) }.reduce(
                    0, +)
                if !own.isEmpty { #expect(receipt[side] as? Int == sum, "\(receipt["figure"] ?? "") \(side)") }
                for part in own { #expect((part["calls"] as? [String])?.count == part["count"] as? Int) }
            }
            #expect((receipt["definition"] as? String)?.isEmpty == false)
        }
    }
}
