/// Splits a stream of Server-Sent Events (WHATWG HTML, section 9.2), however it is cut into pieces.
struct SSEParser {
    struct Event: Equatable, Sendable {
        var name: String
        var data: String
        var id: String?
    }

    private var line: [UInt8] = []
    private var lastWasCR = false
    private var name = ""
    private var data: [String] = []
    private var id: String?

    mutating func feed(_ bytes: some Sequence<UInt8>, _ tell: (Event) -> Void) {
        for byte in bytes {
            if lastWasCR {
                lastWasCR = false
                if byte == 0x0A { continue }
            }
            if byte == 0x0A || byte == 0x0D {
                lastWasCR = byte == 0x0D
                endLine(tell)
            } else {
                line.append(byte)
            }
        }
    }

    private mutating func endLine(_ tell: (Event) -> Void) {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.isEmpty {
            if !data.isEmpty { tell(Event(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"), id: id)) }
            name = ""
            data = []
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return }
        var value = text[text.index(after: colon)...]
        if value.first == " " { value = value.dropFirst() }
        switch text[..<colon] {
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        default: break
        }
    }
}
