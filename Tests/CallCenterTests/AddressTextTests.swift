import CallCenter
import Testing

@Suite struct AddressTextTests {
    struct Case: CustomTestStringConvertible {
        var raw: String, user: String, host: String?, name: String?
        init(_ raw: String, _ user: String, host: String? = nil, name: String? = nil) {
            (self.raw, self.user, self.host, self.name) = (raw, user, host, name)
        }
        var testDescription: String { raw }
    }

    static let cases: [Case] = [
        Case("09012345678", "09012345678"), Case(" 090 1234 5678\t", "090 1234 5678"), Case("", ""),
        Case("Yamada", "Yamada"),
        Case("sip:+819012345678@pbx.example", "+819012345678", host: "pbx.example"),
        Case("sip:+819012345678@pbx.example;user=phone", "+819012345678", host: "pbx.example"),
        Case("SIPS:09012345678@192.0.2.1:5061?subject=x", "09012345678", host: "192.0.2.1"),
        Case("sip:+819012345678;npdi;rn=+81300@Host.Example;user=phone", "+819012345678", host: "host.example"),
        Case("sip:101:secret@pbx.example", "101", host: "pbx.example"), Case("sip:%2B81%2090@h", "+81 90", host: "h"),
        Case("sip:09012345678", "09012345678"), Case("sip:%E9%9D%9E%E9%80%9A%E7%9F%A5@h", "非通知", host: "h"),
        Case("sip:a%zz%4@h", "a%zz%4", host: "h"),
        Case("<sip:090@h>;tag=1", "090", host: "h"),
        Case("\"Taro <x>\" <sip:090@h>", "090", host: "h", name: "Taro <x>"),
        Case("Taro Yamada <tel:+81-90-1234-5678;npdi>", "+81-90-1234-5678", name: "Taro Yamada"),
        Case("<unknown>", "unknown"),
        Case("<sip:090@h", "090", host: "h"), Case("\"\" <090>", "090"), Case("\"Taro\" 090", "090", name: "Taro"),
        Case("\"Taro\"", "Taro"),
        Case("tel:90-1234;phone-context=+81", "+8190-1234"),
        Case("tel:0312345678;ext=12;phone-context=example.com", "0312345678"),
        Case("tel:%2B819012345678", "+819012345678"), Case("callto:+123", "+123"),
        Case("anonymous@anonymous.invalid", "anonymous", host: "anonymous.invalid"),
        Case("09012345678@192.0.2.1", "09012345678", host: "192.0.2.1"),
        Case("a b@c", "a b@c"), Case("100%", "100%"), Case("sip:", ""), Case("sip:@h", "", host: "h"), Case("<>", ""),
        Case("<", ""), Case("\"", "\""),
    ]

    @Test(arguments: cases) func whatIsInIt(_ one: Case) {
        let address = AddressText(one.raw)
        #expect(address.user == one.user)
        #expect(address.host == one.host)
        #expect(address.name == one.name)
    }

    @Test("a line is the same however it is written") func lines() {
        var floor = Floor()
        for (n, to) in [
            "0312345678", "sip:0312345678@pbx.example", "\"Sales\" <sip:0312345678@10.0.0.1:5060;user=phone>",
        ].enumerated() {
            floor.apply(
                call("c\(n)", .offered(.init(from: "+815000000001", to: to, queue: "support")), at: Int64(n) * 1_000))
            #expect(floor.centre.call(CallKey(source: "pbx", call: "c\(n)"))?.called == "0312345678")
        }
        floor.apply(call("o", .dialed(.init(operator: "101", to: "tel:+81-50-0000-0001")), at: 9_000))
        #expect(floor.centre.call(CallKey(source: "pbx", call: "o"))?.called == "+81-50-0000-0001")
        floor.apply(call("x", .offered(.init(from: nil, to: "a: b")), at: 9_000))
        #expect(floor.centre.call(CallKey(source: "pbx", call: "x"))?.called == "a: b")
    }
}
