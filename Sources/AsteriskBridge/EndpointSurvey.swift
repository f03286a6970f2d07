import AMI
import CallCenter

/// How the bridge classifies each endpoint that it has met, for the administrator.
public struct EndpointSurvey: Sendable {
    private var translator: Translator
    /// The classification by device, such as `PJSIP/101`.
    public private(set) var found: [String: EndpointRules.Verdict] = [:]
    /// The context of each.
    public private(set) var contexts: [String: String] = [:]

    /// Has met no endpoint yet.
    public init(endpointRules: EndpointRules) {
        var options = Translator.Options(endpointRules: endpointRules)
        options.isLive = true
        translator = Translator(options: options)
    }

    /// Adds the endpoints of live channels and of members of queues.
    public mutating func add(_ lists: AMILists) {
        _ = translator.resync(lists, arrivedAt: Timestamp(ms: 0))
        note()
    }

    /// Adds an endpoint that a later event is about.
    public mutating func add(_ event: AMIFrame) {
        _ = translator.translate(.frame(event), arrivedAt: Timestamp(ms: 0))
        if event.event == "Newchannel" || event.event == "DialBegin" { note() }
    }

    private mutating func note() {
        for channel in translator.channels.values {
            guard let verdict = translator.verdict(of: channel) else { continue }
            found[channel.device] = verdict
            contexts[channel.device] = channel.context
        }
    }
}
