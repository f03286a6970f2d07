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

    mutating func feed(_ bytes: some Sequence<UInt8>, _ handle: (Event) -> Void) {
        for byte in bytes {
            if lastWasCR {
                lastWasCR = false
                if byte == 0x0A { continue }
            }
            if byte == 0x0A || byte == 0x0D {
                lastWasCR = byte == 0x0D
                endLine(handle)
            } else {
                line.append(byte)
            }
        }
    }

    private mutating func endLine(_ handle: (Event) -> Void) {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            if !data.isEmpty {
                handle(Event(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"), id: id))
            }
            name = ""
            data = []
            return
        }
        // By bytes: for `String` a mark that combines with the colon would make it another character.
        let end = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[end...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch String(decoding: line[..<end], as: UTF8.self) {
        case "event": name = text
        case "data": data.append(text)
        case "id" where !value.contains(0): id = text
        default: break
        }
    }
}
