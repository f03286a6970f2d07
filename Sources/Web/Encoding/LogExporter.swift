import CallCenter
import Engine
import EventWire
import Foundation
import PhoneNumbers

/// Writes the log's lines for another daemon: with their source and their time.
struct LogExporter {
    /// nil leaves everything as it is.
    var pseudonyms: Pseudonyms?

    /// - Returns: nil for an event of the daemon itself, a change of records or secrets, and a line that is no event.
    mutating func line(_ line: LoggedLine) -> String? {
        guard !line.isChange, var fields = try? JSONSerialization.jsonObject(with: Data(line.line)) as? [String: Any],
            let type = fields["type"] as? String,
            !type.hasPrefix("screenpop.")
        else { return nil }
        fields["source"] = fields["source"] ?? line.source
        fields["time"] = fields["time"] ?? RFC3339.string(line.readAt)
        fields["id"] = fields["id"] ?? "log.\(line.seq)"
        pseudonyms?.replace(in: &fields)
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Pseudonyms for personal data: the same for equal values, whatever their spelling, and different ones otherwise.
struct Pseudonyms {
    /// What a number is.
    let read: (String) -> NumberReading
    private var numbers: [String: String] = [:]
    private var words: [String: [String: String]] = [:]

    init(read: @escaping (String) -> NumberReading) { self.read = read }

    mutating func replace(in fields: inout [String: Any]) {
        for name in ["from", "to"] { if let number = fields[name] as? String { fields[name] = self.number(number) } }
        for (name, stem) in [("name", "Name"), ("email", "mail"), ("account", "account"), ("device", "device")] {
            if let word = fields[name] as? String { fields[name] = stand(in: name, for: word, stem) }
        }
        for name in ["summary", "text"] {
            if let text = fields[name] as? String { fields[name] = String(repeating: "x", count: min(text.count, 200)) }
        }
        for name in ["calls", "operators"] {
            guard var list = fields[name] as? [[String: Any]] else { continue }
            for i in list.indices { replace(in: &list[i]) }
            fields[name] = list
        }
    }

    /// Unassigned numbers with the length of a mobile one, valid if the number was. A text that is no telephone number
    /// stays (a withheld one, an extension, a word), without the name that a URI has beside it.
    private mutating func number(_ raw: String) -> String {
        let reading = read(raw)
        guard let e164 = reading.recorded.e164 else {
            if raw.contains(where: \.isNumber), raw.count > 6 { return stand(in: "number", for: raw, "number") }
            let address = AddressText(raw)
            return address.name == nil ? raw : address.user
        }
        if let known = numbers[e164] { return known }
        // 0204 was for pagers, which nobody has any more; 0900 is not given out. Invented customers have lower ones.
        let made = (reading.basis == nil ? "+81900" : "+81204") + String(5_000_001 + numbers.count)
        numbers[e164] = made
        return made
    }

    private mutating func stand(in group: String, for word: String, _ stem: String) -> String {
        if let known = words[group]?[word] { return known }
        let number = (words[group]?.count ?? 0) + 1
        let made = group == "email" ? "\(stem)\(number)@example.invalid" : "\(stem) \(number)"
        words[group, default: [:]][word] = made
        return made
    }
}
