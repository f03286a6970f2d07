import AsyncHTTPClient
import NIOCore

extension Webhook {
    /// Sends over the network, with a timeout of 10 s.
    public static let overHTTP: Send = { request in
        var asked = HTTPClientRequest(url: request.url)
        asked.method = .POST
        for (name, value) in request.headers { asked.headers.add(name: name, value: value) }
        asked.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await HTTPClient.shared.execute(asked, timeout: .seconds(10))
            return 200..<300 ~= response.status.code ? nil : "it answered \(response.status.code)"
        } catch { return "\(error)" }
    }
}
