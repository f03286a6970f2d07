/// A manager action with its headers.
public struct AMIAction: Equatable, Sendable {
    /// Of the manager's actions, such as `Originate`.
    public let name: String
    /// Correlates the response, and the events of a list, with the action.
    public let id: String
    /// Without `Action` and `ActionID`, in the order they are sent; a name may come several times (`Variable`).
    public let headers: [(name: String, value: String)]

    /// `id` must be unique among the actions that are open on the connection.
    public init(_ name: String, id: String, _ headers: [(name: String, value: String)] = []) {
        self.name = name
        self.id = id
        self.headers = headers
    }

    public static func == (a: AMIAction, b: AMIAction) -> Bool {
        a.name == b.name && a.id == b.id
            && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The bytes to send. A control character in a value would begin another header, and is removed.
    public var bytes: [UInt8] {
        var text = "Action: \(name)\r\nActionID: \(id)\r\n"
        for header in headers {
            text += "\(header.name): "
            text.unicodeScalars.append(
                contentsOf: header.value.unicodeScalars.filter { $0.properties.generalCategory != .control })
            text += "\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}
