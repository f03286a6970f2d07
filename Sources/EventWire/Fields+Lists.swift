extension Fields {
    /// The operator's queues, each named once or more often.
    func queueNames() throws(WireError) -> [String]? {
        guard let value = value(.queues) else { return nil }
        guard value.kind == .array else { throw invalid(.queues, "must be \(Attribute.queues.meaning)") }
        var names: [String] = []
        try each(of: value, .queues) { (scanner, _) throws(WireError) in
            let element: JSONScanner.Value
            do throws(JSONScanner.Malformed) { element = try scanner.value(depth: 2) } catch { throw WireError(error) }
            let name = try text(element, of: .queues)
            if name.isEmpty { throw invalid(.queues, "has an empty name in it; leave it out") }
            if names.count == WireLimits.queuesMax { throw invalid(.queues, "must be \(Attribute.queues.meaning)") }
            names.append(name)
        }
        return names
    }

    /// Calls `read` with the fields of each object in a list that must be there.
    func objects(_ list: Attribute, _ read: (borrowing Fields) throws(WireError) -> Void) throws(WireError) {
        guard let value = value(list) else { throw missing(list) }
        guard value.kind == .array else { throw invalid(list, "must be \(list.meaning)") }
        let room = UnsafeMutablePointer<JSONScanner.Value>.allocate(capacity: Attribute.count)
        defer { room.deallocate() }
        try each(of: value, list) { (scanner, index) throws(WireError) in
            guard scanner.here == UInt8(ascii: "{") else {
                let path = "\(list.name)[\(index)]"
                throw WireError(.invalidField, field: path, message: "\(path) must be an object.")
            }
            let fields: Fields
            do throws(JSONScanner.Malformed) {
                fields = try Fields(&scanner, depth: 2, room: room, in: (list, index))
            } catch {
                throw WireError(error)
            }
            try fields.checkNoneIsRepeated()
            try read(fields)
        }
    }

    /// The same of the objects in a snapshot's two lists, as `calls[].phse`.
    func unknownInLists() -> [String] {
        var names: [String] = []
        for list in [Attribute.calls, .operators] {
            try? objects(list) { (fields: borrowing Fields) throws(WireError) in
                for name in fields.unknown(internal: false) where names.count < WireLimits.ignoredMax {
                    let path = "\(list.name)[].\(name)"
                    if !names.contains(path) { names.append(path) }
                }
            }
        }
        return names
    }

    /// Walks over a list that was scanned before; `read` reads one element.
    private func each(
        of value: JSONScanner.Value, _ list: Attribute, _ read: (inout JSONScanner, Int) throws(WireError) -> Void
    ) throws(WireError) {
        var scanner = JSONScanner(text.base, from: Int(value.start) + 1, to: Int(value.end))
        scanner.skipSpace()
        var index = 0
        while scanner.here != UInt8(ascii: "]") {
            try read(&scanner, index)
            index += 1
            scanner.skipSpace()
            if scanner.here == UInt8(ascii: ",") { scanner.at += 1 }
            scanner.skipSpace()
        }
    }
}
