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
    /// A response with a JSON body.
    ///
    /// - Parameter capacity: expected number of bytes, for a large one.
    static func json(
        _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], capacity: Int = 1_024,
        _ write: (inout ByteBuilder) -> Void
    ) -> Response {
        var out = ByteBuilder(capacity: capacity)
        write(&out)
        out.append(UInt8(ascii: "\n"))
        var fields = headers
        fields[.contentType] = "application/json"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(out)))
    }
}
