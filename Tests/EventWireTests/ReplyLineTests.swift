import Testing

@testable import EventWire

/// What `ReplyEncoder` writes is what a client reads.
@Suite struct ReplyLineTests {
    private static func line(_ write: (inout ByteBuilder) -> Void) -> String {
        var out = ByteBuilder()
        write(&out)
        return String(decoding: out.bytes, as: UTF8.self)
    }

    @Test func whatWasTaken() {
        #expect(ReplyLine.read(Self.line { ReplyEncoder.ok(seq: 7, id: "e", call: "c", into: &$0) }) == .taken)
        #expect(ReplyLine.read(Self.line { ReplyEncoder.ok(seq: nil, into: &$0) }) == .taken)
    }

    @Test(arguments: WireError.Code.allCases) func whatWasRefused(code: WireError.Code) {
        // An id and a call that look like an error themselves.
        let id = #"","error":{"code":"malformed","#
        let error = WireError(code, field: "from", message: "no", id: id, call: id)
        #expect(ReplyLine.read(Self.line { ReplyEncoder.error(error, into: &$0) }) == .refused(code))
    }

    @Test func aCodeOfALaterVersionIsARefusal() {
        #expect(ReplyLine.read(#"{"ok":false,"error":{"code":"busy_line","message":""}}"#) == .refused(nil))
        #expect(ReplyLine.read(#"{"ok":false}"#) == .refused(nil))
    }

    @Test func whatIsNoReply() {
        for text in ["", "{", #"{"type":"order.pause"}"#, "HTTP/1.1 400"] { #expect(ReplyLine.read(text) == nil) }
    }
}
