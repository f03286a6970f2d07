import CallCenter

/// Events that were given up and warnings, as entries of the log have them.
extension PackedWriter {
    mutating func deadDelivery(_ one: DeadDelivery) {
        text(one.webhook)
        signed(one.seq)
        count(one.part)
        text(one.type)
        signed(one.tries)
        signed(one.at.ms)
        text(one.problem)
    }

    mutating func recordedAlert(_ alert: RecordedAlert) {
        text(alert.kind.rawValue)
        text(alert.call.source)
        text(alert.call.call)
        optional(alert.queue)
        optional(alert.operator)
        optional(alert.customer)
        text(alert.tier)
        signed(alert.waited)
    }
}

extension PackedReader {
    mutating func deadDelivery() throws(Malformed) -> DeadDelivery {
        DeadDelivery(
            webhook: try text(), seq: try signed(), part: try count(), type: try text(), tries: try signed(),
            at: Timestamp(ms: try signed()), problem: try text())
    }

    mutating func recordedAlert() throws(Malformed) -> RecordedAlert {
        let kind: AlertKind = try word(), source = try text(), call = try text()
        return RecordedAlert(
            kind: kind, call: CallKey(source: source, call: call), queue: try optionalText(),
            operator: try optionalText(), customer: try optionalSigned(), tier: try text(), waited: try signed())
    }
}
