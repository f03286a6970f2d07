import CallCenter

/// The keys of the rules that the core decides by.
extension QueuePolicy {
    static let keys: [Key<QueuePolicy>] = [
        .duration("service_level_threshold", \.serviceLevelThreshold, DurationText.second...DurationText.hour),
        .choice("service_level_variant", \.serviceLevelVariant),
        .duration("short_abandon", \.shortAbandon, 0...DurationText.hour),
        .yesNo("exclude_short_abandons", \.excludeShortAbandons),
        .duration("wrap_up_limit", \.wrapUpLimit, 0...DurationText.hour),
        .duration("vip_wait_alert", \.vipWaitAlert, 0...DurationText.hour),
        .yesNo("disposition_required", \.dispositionRequired),
    ]
}

extension TierPolicy {
    static let keys: [Key<TierPolicy>] = [
        .number("rank", \.rank, 0...100),
        .yesNo("vip", \.vip),
    ]
}

extension RoutingPolicy {
    static let keys: [Key<RoutingPolicy>] = [
        .number("last_operator_days", \.lastOperatorDays, 0...3650),
        .duration("last_operator_half_life", \.affinity.halfLife, 0...3650 * DurationText.day),
        .number("last_operator_least", \.affinity.leastWeight, 0...100),
        .number("operator_share", \.affinity.share, 1...100),
        .number("complaint_days", \.affinity.complaintDays, 0...3650),
        .duration("vip_wait_for_operator", \.vipWaitForOperator, 0...10 * DurationText.minute),
        .duration("reservation", \.reservation, 0...10 * DurationText.minute),
        .text("veterans", \.veterans) { name, node throws(SettingsError) in name.isEmpty ? nil : try node.name() },
        .text("blocked_queue", \.blockedQueue) { name, node throws(SettingsError) in
            name.isEmpty ? nil : try node.name()
        },
        .number("unavailable_boost", \.unavailableBoost, 0...100),
        .duration("abandoned_credit", \.abandonedCredit, 0...DurationText.day),
        .duration("credit_step", \.creditStep, DurationText.second...DurationText.hour),
    ]
}

extension AlertPolicy {
    static let keys: [Key<AlertPolicy>] = [
        .choices("off", \.off),
        .number("repeat_calls", \.repeatCalls, 2...100),
        .days("dormant_after", \.dormantDays, 1...3650),
        .number("complaint_days", \.complaintDays, 0...3650),
    ]
}

extension PopPolicy {
    static let keys: [Key<PopPolicy>] = [
        .text("url", \.url) { url, node throws(SettingsError) in
            if url.isEmpty { return nil }
            try PopURLTemplate.check(url, node)
            return url
        },
        .choice("language", \.language),
        .duration("vip_seen_within", \.vipSeenWithin, 0...10 * DurationText.minute),
    ]
}

extension AlarmThresholds {
    static let keys: [Key<AlarmThresholds>] = [
        .number("waiting", \.waiting, 0...10_000),
        .duration("longest_wait", \.longestWait, 0...DurationText.hour),
        .duration("vip_waiting", \.vipWaiting, 0...DurationText.hour),
        .number("service_level", \.serviceLevel, 0...100),
        .number("abandon_rate", \.abandonRate, 0...100),
        .yesNo("no_operator", \.noOperator),
    ]
}

extension Settings.Alarms {
    static let keys: [Key<Settings.Alarms>] = [
        .duration("window", \.policy.window, 5 * DurationText.minute...DurationText.day),
        .duration("clear_after", \.policy.clearAfter, 0...DurationText.hour),
        .text("webhook", \.webhook) { url, node throws(SettingsError) in
            if url.isEmpty { return nil }
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw node.wrong("write an address that begins with https://")
            }
            return url
        },
        .text("webhook_key_file", \.webhookKeyFile) { path, node throws(SettingsError) in
            if path.isEmpty { return nil }
            guard path.hasPrefix("/") else { throw node.wrong("write an absolute path, one that begins with /") }
            return path
        },
        .table("defaults", \.policy.thresholds, AlarmThresholds.keys),
        .tables("queues", \.policy.queues, AlarmThresholds.keys, isLast: true) { alarms, _ in alarms.policy.thresholds
        },
    ]
}

/// `[groups.NAME]`, kept as its operators.
let groupKeys: [Key<[String]>] = [.names("operators", \.self, least: 1)]
