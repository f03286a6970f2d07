import CallCenter
import Foundation
import Intake
import Testing

@testable import Settings

/// config/screenpopd.toml, as it is shipped and as somebody may change it.
enum ShippedFile {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("config/screenpopd.toml").path

    static func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// With every key in force: those begin directly behind the "#", sentences after a space.
    static func uncommented() throws -> String {
        try text().split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0.count > 1 ? $0.dropFirst() : $0 }
            .joined(separator: "\n")
    }
}

@Suite struct ShippedFileTests {
    @Test func asShippedItChangesNothing() throws {
        #expect(try Settings.load(file: ShippedFile.path, environment: [:], flags: .init()) == Settings())
    }

    @Test func withEveryKeyInForceItIsRightAndShowsTheDefaults() throws {
        var expected = Settings(timezone: "Asia/Tokyo")
        expected.policy.queues = ["support": .init()]
        expected.alarms.policy.queues = ["support": .init()]
        expected.policy.groups = ["veterans": ["103", "104"]]
        expected.policy.operatorLanguages = ["101": .en]
        expected.ingest.sources = ["asterisk": "pbx1"]
        expected.policy.dispositions = [
            .init(code: "complaint", label: .init(ja: "苦情", en: "Complaint"), isComplaint: true)
        ]
        var plan = Settings.CustomField(name: "plan", label: "プラン")
        plan.type = .choice
        plan.choices = ["基本", "安心"]
        expected.policy.card.rules = [
            .init(
                has: "コーヒーメーカー", lacks: "保守", say: .init(ja: "保守契約のご提案", en: "Offer a maintenance contract"))
        ]
        expected.cluster = .init()
        expected.cluster?.database = "postgresql://screenpop@db1,db2,db3/screenpop?target_session_attrs=read-write"
        expected.cluster?.node = "a"
        expected.cluster?.address = ListenAddress(host: "10.0.0.1", port: 8791)
        expected.cluster?.peers = [
            ListenAddress(host: "10.0.0.2", port: 8791), ListenAddress(host: "10.0.0.3", port: 8791),
        ]
        expected.cluster?.secretFile = "/etc/screenpop/cluster-secret"
        expected.tls = .init()
        expected.tls?.certificate = "/etc/screenpop/tls/fullchain.pem"
        expected.tls?.key = "/etc/screenpop/tls/privkey.pem"
        expected.customers.fields = [.init(name: "contract_no", label: "契約番号"), plan]
        expected.policy.card.labels = [
            "contract_no": .init(ja: "契約番号", en: "契約番号"), "plan": .init(ja: "プラン", en: "プラン"),
        ]
        expected.escalations = [
            EscalationRule(
                name: "late", condition: .noProgress, after: 86_400_000, kind: .case, phase: "調査", priority: .high,
                owner: "900", alarm: true, webhook: true)
        ]
        var webhook = Settings.Webhook()
        webhook.name = "crm"
        webhook.url = "https://crm.example/hooks/screenpop"
        expected.webhooks = [webhook]
        let lookup = "[[lookup]]\nname = \"crm\"\npreset = \"hubspot\"\nvalues = { portal = \"12345678\" }\n"
            + "secret_file = \"/etc/screenpop/lookup-crm\"\nlabel = \"\""
        expected.lookups = try load(lookup).lookups
        expected.policy.outside = [OutsideSource(name: "crm", label: "crm")]
        let nineToSix = OpeningHours.Span(from: 540, to: 1_080)
        expected.hours.week = [[OpeningHours.Span]](repeating: [nineToSix], count: 5) + [[], []]
        let preset = "[intake.sipgate]\npreset = \"sipgate\"\ntoken_file = \"/t\""
        var sipgate = try #require(try load(preset).intakes["sipgate"])
        sipgate.tokenFile = "/etc/screenpop/intake-sipgate"
        sipgate.signatureFile = "/etc/screenpop/intake-sipgate-key"
        sipgate.timezone = "Asia/Tokyo"
        sipgate.url = "https://pbx.example/v1/intake/sipgate?token=…"
        sipgate.reply = try IntakeTemplate("")
        sipgate.replyType = "text/plain"
        expected.intakes = ["sipgate": sipgate]
        #expect(try load(ShippedFile.uncommented()) == expected)
    }

    /// Each key alone, so that none of them is only right beside another; the two that name something get it.
    @Test func eachKeyAloneIsRight() throws {
        var table = ""
        for line in try ShippedFile.uncommented().split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("[") {
                table = String(line)
            } else if table == "[cluster]" {
                // All but peers, or none.
                #expect(try complaint("\(table)\n\(line)")?.contains("needs database, node, address") == true)
            } else if table == "[tls]", line.hasPrefix("certificate") || line.hasPrefix("key") {
                #expect(try complaint("\(table)\n\(line)")?.contains("needs certificate and key") == true)
            } else if !line.hasPrefix("veterans") {
                let needed = [
                    "[tiers.vip]": ["rank = 1"], "[[dispositions]]": ["code = \"complaint\""],
                    "[[card.rule]]": ["has = \"a\"", "lacks = \"b\""],
                    "[[escalation]]": ["name = \"late\"", "alarm = true"],
                    "[intake.sipgate]": ["preset = \"sipgate\"", "token_file = \"/t\""],
                    "[[lookup]]": [
                        "name = \"crm\"", "preset = \"hubspot\"", "values = { portal = \"1\" }",
                        "secret_file = \"/s\"",
                    ],
                    "[[webhook]]": ["name = \"crm\"", "url = \"https://crm.example/\""],
                ]
                let others = needed[table, default: []].filter { one in
                    one.prefix { $0 != " " } != line.prefix { $0 != " " }
                }
                #expect(try complaint(([table] + others + [String(line)]).joined(separator: "\n")) == nil)
            }
        }
    }

    @Test func itHasEveryKeyThatTheDaemonKnows() throws {
        let lines = try KeyLines(ShippedFile.uncommented(), path: "").lines.keys
        for leaf in Settings.keys.flatMap(\.leaves) {
            let parts = leaf.split(separator: ".").map(String.init)
            let isThere = lines.contains { line in
                line.count == parts.count && zip(parts, line).allSatisfy { $0 == "*" || $0 == $1 }
            }
            #expect(isThere, "\(leaf) is missing")
        }
    }

    @Test func everyKeyIsExplained() throws {
        let lines = try ShippedFile.text().split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated()
        where line.hasPrefix("#") && line.contains(" = ") && !line.hasPrefix("# ") {
            let isInQueueTable =
                lines[..<index].last { $0.hasPrefix("#[") || $0.hasPrefix("[") }.map {
                    $0.hasPrefix("#[queues.") || $0.hasPrefix("#[alarms.queues.")
                } == true
            #expect(isInQueueTable || lines[index - 1].hasPrefix("# "), "line \(index + 1) has no explanation")
        }
    }
}
