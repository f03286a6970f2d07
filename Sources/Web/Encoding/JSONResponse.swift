import EventWire
import HTTPTypes
import Hummingbird
import NIOCore

extension ByteBuffer {
    init(_ built: ByteBuilder) {
        self = ByteBuffer()
        built.withUnsafeBytes { _ = writeBytes($0) }
    }
}

extension Response {
    /// A JSON answer.
    static func json(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout ByteBuilder) -> Void) -> Response {
        var out = ByteBuilder(capacity: 1_024)
        write(&out)
        out.append(UInt8(ascii: "\n"))
        var fields = headers
        fields[.contentType] = "application/json"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(out)))
    }
}
