import Foundation
import Hummingbird

extension Request {
    /// A request's body as JSON, 1 MiB at most.
    func json<Value: Decodable>() async throws -> Value {
        let body = try await body.collect(upTo: 1 << 20)
        if !(Value.self is any ReadsMasks.Type) { try NumberMask.refuse(in: body.readableBytesView) }
        do { return try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView)) } catch let error
            as DecodingError
        {
            throw Problem.bad("The body is not the JSON object that is expected: \(error.sentence).")
        }
    }

    /// The body, where it may be left out; nil for an empty one.
    func jsonIfAny<Value: Decodable>() async throws -> Value? {
        let body = try await body.collect(upTo: 1 << 20)
        guard body.readableBytes > 0 else { return nil }
        try NumberMask.refuse(in: body.readableBytesView)
        do { return try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView)) } catch let error
            as DecodingError
        {
            throw Problem.bad("The body is not the JSON object that is expected: \(error.sentence).")
        }
    }
}

extension DecodingError {
    /// What is wrong, without the value that is.
    var sentence: String {
        func path(_ context: Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch self {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context): "\(path(context)) has the wrong type"
        case .valueNotFound(_, let context): "\(path(context)) is null"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is no JSON" : "\(path(context)) has a value that is not known"
        @unknown default: "it cannot be read"
        }
    }
}
