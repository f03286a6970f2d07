@testable import AMI

/// A simple parser of the manager protocol, byte by byte: the reference for the real one.
struct PlainParser {
    private var line: [UInt8] = [], lines: [[UInt8]] = [], count = 0

    mutating func feed(_ bytes: [UInt8]) -> [AMIParser.Part] {
        var parts: [AMIParser.Part] = []
        for byte in bytes {
            count += 1
            line.append(byte)
            guard line.suffix(2) == [0x0D, 0x0A] else { continue }
            line.removeLast(2)
            if lines.isEmpty, line.starts(with: "Asterisk Call Manager/".utf8) {
                parts.append(.banner(String(decoding: line, as: UTF8.self)))
                count = 0
            } else if !line.isEmpty {
                lines.append(line)
            } else {
                parts += PlainParser.end(lines, count)
                (lines, count) = ([], 0)
            }
            line = []
        }
        return parts
    }

    private static func end(_ lines: [[UInt8]], _ count: Int) -> [AMIParser.Part] {
        if count > 65_536 { return [.refused(.tooLong)] }
        guard let first = lines.first, !first.elementsEqual("Event: TestEvent".utf8) else { return [] }
        var headers: [(name: String, value: String)] = []
        func refuse(_ why: AMIParser.Refusal) -> [AMIParser.Part] {
            guard lines.map(\.count).reduce(0, +) > 200 else { return [.refused(why)] }
            var ids: [String] = []
            for name in ["Uniqueid: ", "DestUniqueid: "] {
                guard let line = lines.last(where: { $0.starts(with: name.utf8) }),
                    let id = String(validating: line.dropFirst(name.utf8.count), as: UTF8.self),
                    !id.isEmpty, !ids.contains(id)
                else { continue }
                ids.append(id)
            }
            let isEnd = first.elementsEqual("Event: Hangup".utf8)
            return [.refused(why)] + (ids.isEmpty ? [] : [.suspect(ids, isEnd: isEnd)])
        }
        for line in lines {
            guard let colon = line.firstIndex(of: 0x3A), colon > 0, line.count > colon + 1, line[colon + 1] == 0x20,
                line[..<colon].allSatisfy({ (0x21...0x7E).contains($0) })
            else { return refuse(.notAHeader) }
            let value = line[(colon + 2)...]
            if value.contains(0x0D) || value.contains(0x0A) { return refuse(.controlCharacter) }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let isRepeated =
                name == "Variable" || name == "Output" || name.hasSuffix("ChanVariable")
                || name.hasPrefix("ChanVariable(")
            if !isRepeated, headers.contains(where: { $0.name == name }) { return refuse(.repeatedHeader) }
            let plain = value.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
            headers.append((name, String(decoding: plain, as: UTF8.self)))
        }
        return [.frame(AMIFrame(headers: headers))]
    }
}
