import Testing

@testable import AMI

@Suite struct AGIRequestTests {
    static func read(_ text: String) -> Result<AGIRequest, AGIRequest.Malformed>? { AGIRequest.read(Array(text.utf8)) }

    @Test func readsWhatAsteriskWrites() throws {
        let text =
            "agi_network: yes\nagi_network_script: route?did=5000&queue=support\nagi_uniqueid: 17.3\nagi_callerid: "
                + "09012345678\nagi_dnid: unknown\n"
        #expect(Self.read(text) == nil)
        let request = try #require(try Self.read(text + "\n")?.get())
        #expect(
            request["uniqueid"] == "17.3" && request["callerid"] == "09012345678" && request["dnid"] == nil
                && request["rdnis"] == nil)
        #expect(
            request.parameter("did") == "5000" && request.parameter("queue") == "support"
                && request.parameter("x") == nil)
    }

    /// `agi_callerid: 0910\n\n200 result=1 (evil)` ends the variables early; a variable twice, a line that is none, no
    /// end at all.
    @Test(arguments: [
        "agi_callerid: 0910\n\n200 result=1 (evil)\nagi_uniqueid: 1.1\n\n", "agi_uniqueid: 1.1\nagi_uniqueid: 2.2\n\n",
        "agi_uniqueid: 1.1\n200 result=1\n\n",
        String(repeating: "a", count: AGIRequest.bytesMax + 1),
    ]) func whatACallerWroteIntoItIsNotBelieved(text: String) {
        #expect(Self.read(text) == .failure(.init()))
    }

    @Test func noValueIsMoreThanTextToTheDialplan() {
        #expect(AGIRequest.set("A", "PJSIP/103&PJSIP/104") == "SET VARIABLE A \"PJSIP/103&PJSIP/104\"\n")
        #expect(AGIRequest.set("A", "x\"\n${SHELL(id)},山田") == "SET VARIABLE A \"xSHELLid山田\"\n")
    }
}
