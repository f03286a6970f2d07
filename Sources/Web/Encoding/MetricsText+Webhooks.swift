import Storage

extension MetricsText {
    /// How the webhooks do; of a daemon without any, nothing.
    mutating func webhooks(_ all: [WebhookStatus]) {
        guard !all.isEmpty else { return }
        family("screenpop_webhook_failing", .gauge, "1 while a webhook's receiver does not accept events.")
        for one in all {
            let isFailing = one.state == .failing || one.state == .held
            sample("screenpop_webhook_failing", [("webhook", one.name)], isFailing ? 1 : 0)
        }
        family("screenpop_webhook_waiting", .gauge, "Events that a webhook has read, and that are not accepted yet.")
        for one in all { sample("screenpop_webhook_waiting", [("webhook", one.name)], one.waiting) }
        family("screenpop_webhook_dead", .gauge, "Events that were given up, and not sent since.")
        for one in all { sample("screenpop_webhook_dead", [("webhook", one.name)], Int(one.dead)) }
    }
}
