import Foundation
import HTTPTypes
import Hummingbird
import Settings

/// Who sent a request, as far as only the node knows it that received it: what a connection and a reverse proxy say.
/// A follower sends it along in `Screenpop-Client`; the leader believes it of other nodes alone.
struct ForwardedClient: Codable, Equatable, Sendable {
    /// The client's address; nil over the Unix socket.
    var address: String?
    /// The request came over TLS.
    var isSecure = false
    /// The operator that a trusted reverse proxy names.
    var `operator`: String?
    /// The user of a local program.
    var user: UInt32?

    /// A client of which nothing is known.
    init() {}

    /// The client of a request: what another node says, where one passes it on, and otherwise what this node sees.
    init(_ request: Request, _ context: WebContext, _ desk: Settings.Desk) {
        if let told = context.forwarded {
            self = told
            return
        }
        address = context.address
        user = context.user
        isSecure = context.isSecure
        guard let address, desk.proxies.contains(address) else { return }
        if let told = request.headers[.forwardedFor]?.split(separator: ",").last {
            self.address = told.filter { $0 != " " }
        }
        isSecure = isSecure || request.headers[.forwardedProto] == "https"
        if !desk.userHeader.isEmpty, let name = HTTPField.Name(desk.userHeader) { `operator` = request.headers[name] }
    }

    /// Reads what another node says; nil for what is none.
    init?(field: String) {
        guard let read = try? JSONDecoder().decode(ForwardedClient.self, from: Data(field.utf8)) else { return nil }
        self = read
    }

    /// For `Screenpop-Client`: JSON, in ASCII.
    var field: String {
        guard let data = try? JSONEncoder().encode(self) else { return "{}" }
        var text = ""
        for unit in String(decoding: data, as: UTF8.self).utf16 {
            if unit < 0x80 { text.unicodeScalars.append(Unicode.Scalar(UInt8(unit))) } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }
}
