import BridgeCore
import CallCenter

@testable import FreeSwitchBridge

/// Events as FreeSWITCH writes them, one after the other, for flows that were not recorded.
struct Scene {
    var translator: Translator
    /// `3100 call.held`, milliseconds from the beginning.
    var told: [String] = []
    private let base: Int64 = 1_795_000_000_000

    init(_ rules: LegRules = LegRules()) { translator = Translator(options: .init(legRules: rules)) }

    private mutating func collect(_ events: [BridgeEvent]) {
        told += Floor.words(events, from: Double(base) / 1_000)
    }

    mutating func event(_ ms: Int64, _ name: String, _ fields: [String: String]) {
        var fields = fields
        fields["Event-Name"] = name
        fields["Event-Date-Timestamp"] = "\((base + ms) * 1_000)"
        fields["Core-UUID"] = fields["Core-UUID"] ?? "core-1"
        collect(translator.translate(SwitchEvent(fields: fields), arrivedAt: Timestamp(ms: base + ms + 20)))
    }

    mutating func settle(_ ms: Int64) { collect(translator.settle(Timestamp(ms: base + ms + 20))) }

    // MARK: Legs

    private func name(_ id: String, _ who: String, isTrunk: Bool) -> [String: String] {
        ["Unique-ID": id, "Channel-Name": "sofia/\(isTrunk ? "external" : "internal")/\(who)@127.0.0.1"]
    }

    /// A caller from outside.
    mutating func caller(_ ms: Int64, _ id: String, _ number: String = "09012345678", dials: String = "5000") {
        event(
            ms, "CHANNEL_CREATE",
            name(id, number, isTrunk: true).merging([
                "Call-Direction": "inbound", "Caller-Context": "public", "Caller-Caller-ID-Number": number,
                "Caller-Destination-Number": dials,
            ]) { $1 })
    }

    /// A phone that calls the PBX.
    mutating func phone(_ ms: Int64, _ id: String, _ user: String, dials: String) {
        event(
            ms, "CHANNEL_CREATE",
            name(id, user, isTrunk: false).merging([
                "Call-Direction": "inbound", "Caller-Context": "internal", "Caller-Caller-ID-Number": user,
                "Caller-Destination-Number": dials,
            ]) { $1 })
    }

    /// A leg that the PBX dials: a phone of up to 8 digits, or a number outside.
    mutating func dial(_ ms: Int64, _ id: String, _ to: String, from: String? = nil, _ more: [String: String] = [:]) {
        let isTrunk = to.count > 8
        var fields = name(id, to, isTrunk: isTrunk)
        fields["Call-Direction"] = "outbound"
        fields["Caller-Destination-Number"] = to
        if !isTrunk { fields["Channel-Presence-ID"] = "\(to)@default" }
        if let from {
            fields["Other-Type"] = "originator"
            fields["Other-Leg-Unique-ID"] = from
        }
        event(ms, "CHANNEL_CREATE", fields.merging(more) { $1 })
    }

    /// An agent's leg.
    mutating func offer(_ ms: Int64, _ id: String, _ agent: String, to session: String, phone: String? = nil) {
        event(
            ms, "CUSTOM",
            ["CC-Action": "agent-offering", "CC-Agent": "\(agent)@default", "CC-Member-Session-UUID": session])
        dial(
            ms, id, phone ?? agent, from: nil,
            [
                "variable_cc_side": "agent", "variable_cc_agent": "\(agent)@default",
                "variable_cc_member_session_uuid": session,
            ])
    }

    mutating func rings(_ ms: Int64, _ id: String) { event(ms, "CHANNEL_PROGRESS", ["Unique-ID": id]) }
    mutating func answers(_ ms: Int64, _ id: String) { event(ms, "CHANNEL_ANSWER", ["Unique-ID": id]) }
    mutating func bridge(_ ms: Int64, _ a: String, _ b: String) {
        event(ms, "CHANNEL_BRIDGE", ["Unique-ID": a, "Bridge-A-Unique-ID": a, "Bridge-B-Unique-ID": b])
    }
    mutating func unbridge(_ ms: Int64, _ a: String, _ b: String, to: String? = nil) {
        var fields = [
            "Unique-ID": a, "Bridge-A-Unique-ID": a, "Bridge-B-Unique-ID": b, "Answer-State": "answered",
        ]
        if let to { fields["Caller-Destination-Number"] = to }
        event(ms, "CHANNEL_UNBRIDGE", fields)
    }
    /// - Parameter how: `recv_bye` for a phone that hangs up, `send_bye` for a PBX that does.
    mutating func ends(_ ms: Int64, _ id: String, _ how: String, cause: String = "NORMAL_CLEARING") {
        event(
            ms, "CHANNEL_HANGUP_COMPLETE",
            [
                "Unique-ID": id, "Answer-State": "hangup", "Hangup-Cause": cause,
                "variable_sip_hangup_disposition": how,
            ])
    }

    // MARK: Queues

    mutating func joins(_ ms: Int64, _ session: String, _ queue: String = "support", member: String = "m1") {
        event(
            ms, "CUSTOM",
            [
                "CC-Action": "member-queue-start", "CC-Queue": "\(queue)@default", "CC-Member-UUID": member,
                "CC-Member-Session-UUID": session, "Answer-State": "answered",
            ])
    }
    mutating func leaves(
        _ ms: Int64, _ session: String, _ reason: String, member: String = "m1", isGone: Bool = false,
        cause: String = "Cancel"
    ) {
        event(
            ms, "CUSTOM",
            [
                "CC-Action": "member-queue-end", "CC-Queue": "support@default", "CC-Cause": cause,
                "CC-Cancel-Reason": reason, "CC-Member-UUID": member, "CC-Member-Session-UUID": session,
                "Answer-State": isGone ? "hangup" : "answered",
            ])
    }

    /// A call that 101 talks in, through the queue, from 1000 on.
    static func talking() -> Scene {
        var scene = Scene()
        scene.caller(0, "a")
        scene.joins(0, "a")
        scene.offer(100, "p", "101", to: "a")
        scene.rings(100, "p")
        scene.answers(1_000, "p")
        scene.bridge(1_040, "a", "p")
        scene.told = []
        return scene
    }
}
