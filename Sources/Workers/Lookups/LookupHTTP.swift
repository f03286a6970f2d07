import AsyncHTTPClient
import CRMLookup
import NIOCore

/// Why a request has no answer that can be used, in a part of a sentence.
struct LookupFault: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    static let timeout = LookupFault("it did not answer in time")
}

/// A CRM's answer.
struct LookupResponse: Sendable {
    var status: Int
    var body: [UInt8]
}

/// Sends a request, and returns when its answer is there.
///
/// - Parameters:
///   - within: for all of it, the body included. Milliseconds.
///   - bytesMax: of the answer's body; a longer one is a fault.
typealias LookupSend = @Sendable (
    _ call: LookupCall, _ within: Int64, _ bytesMax: Int
) async throws -> LookupResponse

enum LookupHTTP {
    /// One for all look-ups, and for as long as the daemon runs. A redirect is an answer like any other: a secret must
    /// not go to an address that nobody configured. Nothing is unpacked: a small answer cannot become a large one.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.timeout.connect = .seconds(3)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Over the network.
    static let send: LookupSend = { call, within, bytesMax in
        let request = LookupHTTP.request(call)
        return try await LookupHTTP.limited(to: within) {
            let response: HTTPClientResponse
            do { response = try await LookupHTTP.client.execute(request, timeout: .milliseconds(within)) } catch {
                throw LookupHTTP.fault(error)
            }
            var body: [UInt8] = []
            do {
                for try await part in response.body {
                    body.append(contentsOf: part.readableBytesView)
                    guard body.count <= bytesMax else {
                        throw LookupFault("its answer has more than \(bytesMax) bytes; ask for fewer records or fields")
                    }
                }
            } catch let error as LookupFault { throw error } catch { throw LookupHTTP.fault(error) }
            return LookupResponse(status: Int(response.status.code), body: body)
        }
    }

    private static func request(_ call: LookupCall) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: call.url)
        request.method = .init(rawValue: call.method)
        for header in call.headers where header.count == 2 { request.headers.add(name: header[0], value: header[1]) }
        if let body = call.body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }

    private static func fault(_ error: any Error) -> LookupFault {
        if let error = error as? HTTPClientError {
            let late: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .readTimeout, .cancelled]
            if late.contains(error) { return .timeout }
            return LookupFault("it cannot be asked: \(error.shortDescription)")
        }
        return LookupFault("it cannot be asked: \(error)")
    }

    /// The result of some work, or a fault when it lasts longer.
    static func limited<Value: Sendable>(
        to milliseconds: Int64, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .milliseconds(max(1, milliseconds)))
                throw LookupFault.timeout
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw LookupFault.timeout }
            return first
        }
    }
}
