import CallCenter
import Settings

/// A key of the configuration that differs, with both values as the file has them.
public struct RuleChange: Equatable, Sendable, Codable {
    /// `queues.support.short_abandon`
    public var key: String
    /// `–` where one of the two has no such table.
    public var real: String
    /// By the rules that are tried; the same notation.
    public var new: String

    static let none = "–"

    /// The keys by which two sets of rules differ, in the order of the file. Words on screens, `pop.url` and the
    /// languages, are not among them: they decide nothing.
    public static func all(from real: Policy, to new: Policy) -> [RuleChange] {
        let names = Names(real, new)
        return zip(flat(real, names), flat(new, names)).compactMap { before, after in
            before.value == after.value ? nil : RuleChange(key: before.key, real: before.value, new: after.value)
        }
    }

    private struct Names {
        var queues, groups, tiers: [String]

        init(_ a: Policy, _ b: Policy) {
            queues = Set(a.queues.keys).union(b.queues.keys).sorted()
            groups = Set(a.groups.keys).union(b.groups.keys).sorted()
            tiers = Set(a.tiers.keys).union(b.tiers.keys).sorted()
        }
    }

    private static func flat(_ policy: Policy, _ names: Names) -> [(key: String, value: String)] {
        var all: [(key: String, value: String)] = [("interval", duration(policy.grain))]
        all += flat("queue_defaults", policy.queueDefault)
        for name in names.queues { all += flat("queues.\(name)", policy.queue(name)) }
        for name in names.groups {
            let members = policy.groups[name].map { "[\($0.map(quoted).joined(separator: ", "))]" }
            all.append(("groups.\(name).operators", members ?? none))
        }
        for name in names.tiers {
            let tier = policy.tiers[name]
            all.append(("tiers.\(name).rank", tier.map { "\($0.rank)" } ?? none))
            all.append(("tiers.\(name).vip", tier.map { "\($0.vip)" } ?? none))
        }
        let routing = policy.routing, alerts = policy.alerts
        all += [
            ("routing.last_operator_days", "\(routing.lastOperatorDays)"),
            ("routing.last_operator_half_life", duration(routing.affinity.halfLife)),
            ("routing.last_operator_least", "\(routing.affinity.leastWeight)"),
            ("routing.operator_share", "\(routing.affinity.share)"),
            ("routing.complaint_days", "\(routing.affinity.complaintDays)"),
            ("routing.vip_wait_for_operator", duration(routing.vipWaitForOperator)),
            ("routing.reservation", duration(routing.reservation)),
            ("routing.veterans", quoted(routing.veterans ?? "")),
            ("routing.blocked_queue", quoted(routing.blockedQueue ?? "")),
            ("routing.unavailable_boost", "\(routing.unavailableBoost)"),
            ("routing.abandoned_credit", duration(routing.abandonedCredit)),
            ("routing.credit_step", duration(routing.creditStep)),
            ("alerts.off", "[\(alerts.off.map(\.rawValue).sorted().map(quoted).joined(separator: ", "))]"),
            ("alerts.repeat_calls", "\(alerts.repeatCalls)"),
            ("alerts.dormant_after", quoted("\(alerts.dormantDays)d")),
            ("alerts.complaint_days", "\(alerts.complaintDays)"),
            ("pop.vip_seen_within", duration(policy.pop.vipSeenWithin)),
            ("dispositions", dispositions(policy)),
        ]
        return all
    }

    private static func flat(_ table: String, _ queue: QueuePolicy) -> [(key: String, value: String)] {
        [
            ("\(table).service_level_threshold", duration(queue.serviceLevelThreshold)),
            ("\(table).service_level_variant", quoted(queue.serviceLevelVariant.rawValue)),
            ("\(table).short_abandon", duration(queue.shortAbandon)),
            ("\(table).exclude_short_abandons", "\(queue.excludeShortAbandons)"),
            ("\(table).wrap_up_limit", duration(queue.wrapUpLimit)),
            ("\(table).vip_wait_alert", duration(queue.vipWaitAlert)),
        ]
    }

    private static func dispositions(_ policy: Policy) -> String {
        let codes = policy.dispositions.map { quoted($0.code) + ($0.isComplaint ? " (complaint)" : "") }
        return "[\(codes.joined(separator: ", "))]"
    }

    private static func duration(_ ms: Int64) -> String { quoted(DurationText.text(ms)) }
    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
