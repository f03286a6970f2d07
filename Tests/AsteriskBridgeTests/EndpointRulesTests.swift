import BridgeCore
import CallCenter
import Settings
import Testing

@testable import AsteriskBridge

/// Which endpoints are operators' phones, as FreePBX, Issabel and plain Asterisk name them.
@Suite struct EndpointRulesTests {
    /// With the contexts that the shipped configuration has.
    static func rules(trunks: [String] = [], phones: [String] = []) -> EndpointRules {
        let settings = BridgeSettings()
        return EndpointRules(
            inboundContexts: settings.inboundContexts, operatorContexts: settings.operatorContexts, trunks: trunks,
            phones: phones)
    }
    static func verdict(
        _ peer: String, _ context: String, dialled: String? = nil, member: String? = nil, number: String? = nil,
        rules: EndpointRules = rules()
    ) -> String {
        let verdict = rules.verdict(
            technology: "PJSIP", peer: peer, member: member, context: context, dialString: dialled, number: number)
        if case .phone(let id) = verdict.whose { return "\(id) \(verdict.reason.rawValue)" }
        return "outside \(verdict.reason.rawValue)"
    }

    @Test(
        arguments: [
            ("101", "from-internal", nil, "101 context"), ("7771234", "from-trunk", nil, "outside context"),
            ("7771234", "from-pstn-toheader", nil, "outside context"),
            ("7771234", "default", "09000000009@7771234", "outside dialled"),
            ("7771234", "default", "7771234/09000000009", "outside dialled"),
            ("101", "default", "101", "101 name"), ("101", "default", "PJSIP/101", "101 name"),
            ("101", "default", "101/sip:101@192.0.2.7:5060", "101 name"),
            ("101", "default", "101/sip:x7f3a@192.0.2.7:5060;transport=ws", "101 name"),
            ("carrier", "default", "carrier/sip:09012345678@192.0.2.1", "outside dialled"),
            ("0312345678", "default", nil, "outside name"), ("carrier-out", "default", nil, "outside name"),
            ("sato", "from-internal", nil, "sato context"),
            ("101", "from-internal", "101/sip:8112345678901@192.0.2.7", "101 context"),
            ("101@desk", "default", nil, "101 name"), ("sato", "office", nil, "outside name"),
            ("203.0.113.7", "from-sip-external", nil, "outside context"),
            ("201", "company-incoming", nil, "outside context"), ("101", "macro-dialout-trunk", nil, "101 name"),
        ] as [(String, String, String?, String)])
    func anEndpointIsTakenFor(peer: String, context: String, dialled: String?, expected: String) {
        #expect(Self.verdict(peer, context, dialled: dialled) == expected)
    }

    @Test func whatIsConfiguredCountsFirstThenTheQueues() {
        #expect(Self.verdict("101", "from-internal", rules: Self.rules(trunks: ["PJSIP/1*"])) == "outside configured")
        #expect(Self.verdict("reception", "office", rules: Self.rules(phones: ["reception"])) == "reception configured")
        #expect(Self.verdict("x301", "office", member: "1001") == "1001 member")
        #expect(Self.verdict("7771234", "from-trunk", dialled: "0900@7771234", member: "0900") == "0900 member")
    }

    /// FreePBX's browser phone and mobile app of 101.
    @Test func everyPhoneOfAnExtensionIsItsOperators() {
        #expect(Self.verdict("99101", "from-internal", number: "101") == "101 context")
        #expect(Self.verdict("99101", "from-internal", number: "99101") == "99101 context")
    }

    @Test(arguments: [
        ("PJSIP/101", "", "101", "PJSIP/101"), ("SIP/101", "SIP/101", "101", "SIP/101"),
        ("Local/101@from-queue/n", "hint:101@ext-local", "101", "Local/101@from-queue/n"),
        ("Local/101@from-queue/n", "PJSIP/101", "101", "PJSIP/101"),
        ("Local/1001@agentpool/n", "Agent:1001", "1001", "Local/1001@agentpool/n"),
        ("Local/101@from-queue/n", "Custom:DND101", "101", "Local/101@from-queue/n"),
        ("Agent/1001", "", "1001", "Agent/1001"),
        ("Local/FMPR-101@from-internal/n", "", "101", "Local/FMPR-101@from-internal/n"),
        ("Local/FMGL-101#@from-internal/n", "", "101", "Local/FMGL-101#@from-internal/n"),
        ("Local/RG-600-101@from-internal/n", "", "101", "Local/RG-600-101@from-internal/n"),
        ("Local/sato-jiro@agents/n", "", "sato-jiro", "Local/sato-jiro@agents/n"),
        ("PJSIP/101/sip:101@192.0.2.7", "", "101", "PJSIP/101/sip:101@192.0.2.7"),
        ("SCCP/101", "SCCP/101", "101", "SCCP/101"),
        ("Local/101@agents/n", "Queue:support_avail", "101", "Local/101@agents/n"),
    ]) func aMemberIs(interface: String, state: String, id: String, device: String) {
        let frame = ResyncTests.frame(
            "Event: QueueMember", "Queue: q", "Location: \(interface)", "StateInterface: \(state)")
        #expect(Member.id(frame) == id)
        #expect(Member.device(frame, interface) == device)
    }

    @Test(
        arguments: [
            ("909012345678", "09012345678", "09012345678"), ("*77471109012345678", "09012345678", "09012345678"),
            ("09012345678", "09012345678", "09012345678"),
            ("09012345678", "00419012345678", "09012345678"), ("0312345678", "9990312345678", "0312345678"),
            ("09012345678", "819012345678", "09012345678"),
            ("09012345678", "+819012345678", "+819012345678"), ("s", "09012345678", "09012345678"),
            (nil, "09012345678", "09012345678"), ("119", "119", "119"), ("0119", "119", "119"),
        ] as [(String?, String, String)]) func theNumberMeantIs(typed: String?, sent: String, expected: String)
    {
        #expect(DialedNumber.meant(typed: typed, sent: sent) == expected)
    }

    @Test(arguments: [
        ("from-trunk", "from-trunk", true), ("from-trunk", "from-trunk-x", false),
        ("from-trunk-*", "from-trunk-sip-ntt", true), ("*-trunk", "ntt-trunk", true),
        ("*-trunk", "trunk", false), ("*internal*", "from-internal-xfer", true), ("a*b*c", "aXbYc", true),
        ("a*b*c", "acb", false), ("*", "anything", true), ("ab*ba", "aba", false),
    ]) func aStarStandsForAnything(pattern: String, name: String, isMatch: Bool) {
        #expect(Glob(pattern).matches(name) == isMatch)
    }

    /// What `check` says of each endpoint that it met.
    @Test func eachEndpointIsSaidWithItsReason() {
        var survey = EndpointSurvey(endpointRules: Self.rules())
        survey.add(
            ResyncTests.lists([
                ResyncTests.member("101", "support"), ResyncTests.channel("1.1", "PJSIP/101-00000001"),
                ResyncTests.channel("1.2", "PJSIP/7771234-00000002", context: "from-trunk"),
                ResyncTests.channel("1.3", "Local/101@from-queue-00000001;1"),
            ]))
        #expect(
            survey.found == [
                "PJSIP/101": .init(whose: .phone("101"), reason: .member),
                "PJSIP/7771234": .init(whose: .outside, reason: .context),
            ])
    }
}
