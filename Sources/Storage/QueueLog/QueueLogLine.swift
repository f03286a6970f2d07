import CallCenter

/// A line of Asterisk's `queue_log`: `1366720340|1366720340.303267|support|PJSIP/101|RINGNOANSWER|1000`.
struct QueueLogLine: Equatable {
    /// When it was written. A line has whole seconds, or as many places as a database had.
    var time: Timestamp
    /// The caller's channel; `NONE`, `MANAGER` or `REALTIME` where there is no call.
    var call: String
    var queue: String
    /// A member's name, or what the queue dials; `NONE` where there is none.
    var agent: String
    var event: String
    /// What is behind the event's name.
    var data: [String]

    typealias Fault = ImportRow.Fault

    /// Bytes of one line: Asterisk's own are 512 at most.
    static let bytesMax = 8_192
    /// What an id of ours may have.
    private static let idBytesMax = 128

    /// - Parameter clock: when a local clock shows a time, for times that are written as one.
    init(_ text: Substring, clock: (Int64) -> Timestamp) throws(Fault) {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Fault(column: "", message: "there are control characters in it")
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 5 else {
            throw Fault(column: "", message: "a line has a time, a call, a queue, an agent and an event, parted by |")
        }
        guard let time = QueueLogLine.time(parts[0], clock) else {
            throw Fault(column: "time", message: "\"\(parts[0].prefix(40))\" is no time")
        }
        for (name, text) in [("call", parts[1]), ("queue", parts[2]), ("agent", parts[3])]
        where text.utf8.count > QueueLogLine.idBytesMax {
            throw Fault(column: name, message: "it is longer than \(QueueLogLine.idBytesMax) bytes")
        }
        guard !parts[4].isEmpty, parts[4].utf8.allSatisfy(QueueLogLine.isOfAName) else {
            throw Fault(column: "event", message: "\"\(parts[4].prefix(40))\" is no event")
        }
        self.time = time
        call = parts[1]
        queue = parts[2]
        agent = parts[3]
        event = parts[4]
        data = Array(parts[5...])
    }

    /// A value of the event; empty when the line does not have it.
    func value(_ place: Int) -> String { data.indices.contains(place) ? data[place] : "" }
    /// The same as a number that is not negative; nil for another text.
    func number(_ place: Int) -> Int64? { Int64(value(place).trimmed).flatMap { $0 < 0 ? nil : $0 } }

    private static func isOfAName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    // MARK: Times

    /// Seconds since 1970, or a local time as a database has it: `2012-07-03 15:27:23.896208`.
    private static func time(_ text: String, _ clock: (Int64) -> Timestamp) -> Timestamp? {
        let halves = text.trimmed.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, let ms = halves.count == 1 ? 0 : thousandths(halves[1]) else { return nil }
        if let seconds = Int64(whole), whole.utf8.allSatisfy({ 48...57 ~= $0 }), whole.utf8.count <= 11 {
            return Timestamp(ms: seconds * 1_000 + ms)
        }
        return local(whole).map { clock($0 + ms) }
    }

    private static func thousandths(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return Int64((digits + "00").prefix(3))
    }

    /// Milliseconds that a clock shows since 1970-01-01T00:00.
    private static func local(_ text: Substring) -> Int64? {
        let parts = text.split(whereSeparator: { " T".contains($0) })
        guard parts.count == 2 else { return nil }
        let day = parts[0].split(separator: "-").map { Int($0) }
        let time = parts[1].split(separator: ":").map { Int64($0) }
        guard day.count == 3, let year = day[0], let month = day[1], let date = day[2], time.count == 3,
            let hour = time[0], let minute = time[1], let second = time[2], 1970...9_999 ~= year, 1...12 ~= month,
            1...31 ~= date, 0..<24 ~= hour, 0..<60 ~= minute, 0...60 ~= second
        else { return nil }
        let days = Int64(CivilDate.days(year: year, month: month, day: date))
        return days * 86_400_000 + (hour * 3_600 + minute * 60 + second) * 1_000
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
