import BridgeCore
import Testing

@testable import AsteriskBridge

@Suite struct RouteVariablesTests {
    static func texts(_ reply: String) -> [String]? {
        RouteVariables(reply: Array(reply.utf8))?.values.map { "\($0.name)=\($0.value)" }
    }

    @Test func theReplyOfTheProtocolBecomesVariables() {
        let reply = """
            {"ok":true,"seq":1044,"call":"1.15","customer":{"id":17,"name":"山田","tier":"vip","owner":"101"},\
            "alerts":["vip"],
             "route":{"action":"operator","operator":"101","device":"PJSIP/101","wait":20,
             "fallback":{"action":"group","group":"veterans","operators":["103","104"],"devices":["PJSIP/103",\
            "PJSIP/104"]},
             "priority":10,"reason":"assigned_operator"}}
            """
        #expect(
            Self.texts(reply) == [
                "ACTION=operator", "DEVICE=PJSIP/101", "DEVICES=PJSIP/103&PJSIP/104", "WAIT=20", "PRIORITY=10",
                "REASON=assigned_operator", "CUSTOMER_ID=17",
                "TIER=vip",
            ])
        #expect(
            Self.texts(
                #"{"ok":true,"seq":1,"customer":null,"route":{"action":"queue","queue":"support","priority":0,"#
                    + #""reason":"no_match"}}"#
            )
                == ["ACTION=queue", "QUEUE=support", "PRIORITY=0", "REASON=no_match"])
    }

    @Test(arguments: ["", "nonsense", #"{"ok":true,"seq":1}"#, #"{"ok":false,"error":{"code":"forbidden"}}"#])
    func whatHasNoRouteIsNone(reply: String) {
        #expect(Self.texts(reply) == nil)
    }
}
