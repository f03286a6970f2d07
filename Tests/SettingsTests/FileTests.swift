@testable import CallCenter
import Testing

@testable import Settings

/// What the keys become, whoever wrote the file and with whatever editor.
@Suite struct FileTests {
    /// The example of configuration.md.
    private static let example = """
        timezone = "Asia/Tokyo"          # IANA name; default the system's
        day_start = "00:00"
        region = "JP"                    # how a number without country code is read

        [queues.support]
        service_level_threshold = "20s"
        service_level_variant = "negative"
        short_abandon = "0s"             # 0 switches it off
        exclude_short_abandons = false
        wrap_up_limit = "30s"
        vip_wait_alert = "30s"

        [groups.veterans]
        operators = ["103", "104"]

        [routing]
        last_operator_days = 30
        vip_wait_for_operator = "20s"
        reservation = "10s"
        veterans = "veterans"

        [tiers.vip]
        rank = 10
        vip = true

        [ingest]
        allow_users = ["asterisk"]       # besides the daemon's own user and root
        [ingest.sources]
        asterisk = "pbx1"                # which source a user's events have when they name none

        [pop]
        url = "https://crm.example/customers/{customer.external_id}?call={call}"
        language = "ja"
        vip_seen_within = "10s"
        """

    @Test func theContractsExampleSaysTheDefaultsAndNames() throws {
        var expected = Settings(timezone: "Asia/Tokyo")
        expected.policy.queues["support"] = QueuePolicy()
        expected.policy.groups["veterans"] = ["103", "104"]
        expected.policy.pop.url = "https://crm.example/customers/{customer.external_id}?call={call}"
        expected.ingest.allowUsers = ["asterisk"]
        expected.ingest.sources = ["asterisk": "pbx1"]
        #expect(try load(FileTests.example) == expected)
    }

    @Test func anEmptyFileMeansTheDefaults() throws {
        for text in ["", "\n", "# nothing\n", "\u{feff}", "[log]\n", "[pop]\n[queues]\n[tiers]\n"] {
            #expect(try load(text) == Settings())
        }
        #expect(try Settings.load(file: "/dev/null", environment: [:], flags: .init()) == Settings())
    }

    @Test func lineEndsAndAByteOrderMarkMakeNoDifference() throws {
        let expected = try load(FileTests.example)
        #expect(try load("\u{feff}" + FileTests.example) == expected)
        #expect(try load(FileTests.example.replacing("\n", with: "\r\n")) == expected)
        #expect(try complaint("\u{feff}# one\r\n\r\nregion = 'jp'\r\n") == #"FILE:3: region is "jp"; write "JP""#)
        #expect(try complaint("# one\r\nregion = jp\r\n") == #"FILE:2: put the text in quotes: region = "jp""#)
    }

    @Test func everyRuleOfTheCoreCanBeConfigured() throws {
        let settings = try load(
            """
            interval = "60m"
            [queue_defaults]
            service_level_threshold = "1m"
            service_level_variant = "short"
            short_abandon = "5s"
            exclude_short_abandons = true
            wrap_up_limit = "0s"
            vip_wait_alert = "1h"
            [queues]
            sales = {}
            [groups]
            first.operators = ["1"]
            [routing]
            last_operator_days = 0
            vip_wait_for_operator = "0s"
            reservation = "1500ms"
            veterans = "first"
            blocked_queue = "sales"
            abandoned_credit = "0s"
            unavailable_boost = 0
            credit_step = "1m"
            [tiers]
            gold = { rank = 20, vip = true }
            regular = { rank = 1 }
            [alerts]
            off = ["dormant_back", "anonymous"]
            repeat_calls = 5
            dormant_after = "365d"
            [pop]
            url = "http://crm.example/?c={call}&n={from}"
            language = "en"
            vip_seen_within = "0s"
            [operator_languages]
            101 = "ja"
            """)
        var queue = QueuePolicy()
        queue.serviceLevelThreshold = 60_000
        queue.serviceLevelVariant = .short
        queue.shortAbandon = 5000
        queue.excludeShortAbandons = true
        queue.wrapUpLimit = 0
        queue.vipWaitAlert = 3_600_000
        var expected = Policy()
        expected.queueDefault = queue
        expected.queues = ["sales": queue]
        expected.groups = ["first": ["1"]]
        expected.routing.lastOperatorDays = 0
        expected.routing.vipWaitForOperator = 0
        expected.routing.reservation = 1500
        expected.routing.veterans = "first"
        expected.routing.blockedQueue = "sales"
        expected.routing.abandonedCredit = 0
        expected.routing.unavailableBoost = 0
        expected.routing.creditStep = 60_000
        expected.tiers["gold"] = TierPolicy(rank: 20, vip: true)
        expected.tiers["regular"] = TierPolicy(rank: 1, vip: false)
        expected.alerts.off = [.dormantBack, .anonymous]
        expected.alerts.repeatCalls = 5
        expected.alerts.dormantDays = 365
        expected.pop.url = "http://crm.example/?c={call}&n={from}"
        expected.pop.language = .en
        expected.pop.vipSeenWithin = 0
        expected.operatorLanguages = ["101": .ja]
        #expect(settings.policy == expected)
        #expect(settings.interval == 60)
        expected.grain = 300_000
        #expect(try load("interval = '5m'").policy.grain == expected.grain)
    }

    @Test func aQueueTakesTheDefaultsWhereverTheyStand() throws {
        let settings = try load(
            "[queues.a]\nshort_abandon = '3s'\n[queue_defaults]\nwrap_up_limit = '90s'\nshort_abandon = '1s'")
        #expect(settings.policy.queue("a").wrapUpLimit == 90_000)
        #expect(settings.policy.queue("a").shortAbandon == 3000)
        #expect(settings.policy.queue("other").shortAbandon == 1000)
    }

    @Test func veteransMayBeMissingOrSwitchedOff() throws {
        #expect(try load("").policy.routing.veterans == "veterans")
        #expect(try load("[routing]\nveterans = ''").policy.routing.veterans == nil)
    }

    @Test func theRestIsRead() throws {
        let settings = try load(
            """
            day_start = "05:30"
            [log]
            level = "trace"
            mask_numbers = false
            [retention]
            events = "400d"
            views = "30d"
            messages = "60d"
            [ingest]
            allow_groups = []
            [customers]
            fields.z_first = "一"
            fields.contract_no = "契約番号"
            [purchases]
            states = ["予約", "納品", "返品"]
            not_counted = ["返品"]
            """)
        #expect(settings.purchases.states == ["予約", "納品", "返品"] && settings.purchases.notCounted == ["返品"])
        #expect(settings.dayStart == 330)
        #expect(settings.log == .init(level: .trace, maskNumbers: false))
        #expect(settings.retention.events == 400 * 86_400_000)
        #expect(settings.retention.views == 30 * 86_400_000 && settings.retention.messages == 60 * 86_400_000)
        #expect(try load("").retention.views == 400 * 86_400_000)
        #expect(settings.ingest.allowGroups.isEmpty)
        #expect(
            settings.customers.fields == [
                .init(name: "z_first", label: "一"), .init(name: "contract_no", label: "契約番号"),
            ])
    }

    @Test func aReloadTellsWhatWaitsForARestart() throws {
        let old = Settings(timezone: "UTC")
        var new = old
        new.policy.pop.language = .en
        new.log.level = .debug
        #expect(old.keysNeedingRestart(for: new).isEmpty)
        new.http.port = 1
        new.paths.apiSocket = "/run/other.sock"
        new.purchases.states = ["sold"]
        #expect(old.keysNeedingRestart(for: new) == ["http", "api_socket", "purchases"])
    }

    @Test func theAddressOfAPopKnowsTheNamesThatTheCoreFillsIn() throws {
        for name in PopURLTemplate.names {
            #expect(
                try load("[pop]\nurl = 'https://crm.example/{\(name)}'").policy.pop.url
                    == "https://crm.example/{\(name)}")
        }
        #expect(PopURLTemplate.names == PopURL.names)
    }
}
