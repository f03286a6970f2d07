import AMI
import CallCenter

/// What the bridge takes each endpoint for, of those that it has met: for whoever sets it up.
public struct EndpointSurvey: Sendable {
    private var translator: Translator
    /// `PJSIP/101` and what it was taken for.
    public private(set) var found: [String: EndpointRules.Verdict] = [:]
    /// The context of each.
    public private(set) var contexts: [String: String] = [:]

    public init(endpointRules: EndpointRules) {
        var options = Translator.Options(endpointRules: endpointRules)
        options.isLive = true
        translator = Translator(options: options)
    }

    public mutating func take(_ lists: AMILists) {
        _ = translator.resync(lists, arrivedAt: Timestamp(ms: 0))
        note()
    }

    public mutating func take(_ event: AMIFrame) {
        _ = translator.take(.frame(event), arrivedAt: Timestamp(ms: 0))
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
