import Testing

@testable import EventWire

@Suite struct OrderLineTests {
    static func read(_ text: String) -> OrderLine? { Array(text.utf8).withUnsafeBytes(OrderLine.read) }

    @Test(arguments: [
        OrderLine.takesOrders(source: nil), .takesOrders(source: "pbx1"), .done(id: "7"),
        .refused(id: "7", reason: #"No "such" queue"#),
        .order(PBXOrder(id: "7", action: .pause, operator: "101", device: "PJSIP/101", reason: "昼休み")),
        .order(
            PBXOrder(
                id: "8", action: .login, operator: "101", device: "PJSIP/101", name: "佐藤", queues: ["sales", "support"])
        ),
        .order(PBXOrder(id: "9", action: .dial, operator: "101", to: "+8130000000")),
    ])
    func whatIsWrittenIsRead(line: OrderLine) {
        var out = ByteBuilder()
        line.write(into: &out)
        #expect(out.text.hasSuffix("}\n") && Self.read(out.text) == line, "\(out.text)")
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"type":"ping"}"#, #"{"type":"order.fly","id":"1","operator":"101"}"#,
        #"{"type":"order.pause","operator":"101"}"#,
        #"{"type":"order.done"}"#, #"{"type":"order.done","id":"1","id":"2"}"#,
        "{\"type\":\"order.pause\",\"id\":\"1\",\"operator\":\"1\\n01\"}",
    ])
    func whatIsNoneIsNotRead(text: String) { #expect(Self.read(text) == nil) }
}
