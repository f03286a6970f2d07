import Foundation

extension APIClient.Question.Body {
    /// What the daemon is sent as JSON; every verb sends it so.
    static func json(_ value: some Encodable) throws -> Self {
        .bytes(Array(try JSONEncoder().encode(value)), type: "application/json")
    }
}
