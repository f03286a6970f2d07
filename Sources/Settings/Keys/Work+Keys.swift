import CallCenter

/// `[cases]` and `[opening_hours]`.
extension Settings.Cases {
    static let keys: [Key<Settings.Cases>] = [
        Key(name: "phases", leaves: ["phases"]) { node, cases throws(SettingsError) in
            let phases = try node.list { element throws(SettingsError) -> String in
                let name = try element.name()
                guard name != "closed" else { throw element.wrong("closed is always the last; leave it out") }
                return name
            }
            guard !phases.isEmpty else { throw node.wrong(#"write at least one, such as ["open"]"#) }
            cases.phases = phases
        },
        .duration("stalled_after", \.stalledAfter, 0...365 * DurationText.day),
        .duration("remind_before", \.remindBefore, 0...7 * DurationText.day),
        .duration("claim_limit", \.claimLimit, DurationText.minute...7 * DurationText.day),
        .duration("reopen_within", \.reopenWithin, 0...365 * DurationText.day),
        .duration("mails_late_after", \.mailsLateAfter, 0...365 * DurationText.day),
    ]
}

/// `[contacts]`.
extension Settings.Contacts {
    static let keys: [Key<Settings.Contacts>] = [
        Key(name: "own_addresses", leaves: ["own_addresses"]) { node, contacts throws(SettingsError) in
            contacts.ownAddresses = try node.list { element throws(SettingsError) -> String in
                let text = try element.text().lowercased()
                guard text.contains("@"), !text.hasSuffix("@"), !text.contains(where: \.isWhitespace) else {
                    throw element.wrong(#"write a mail address, or a domain such as "@example.com""#)
                }
                return text
            }
        },
        .yesNo("open_cases", \.opensCases),
        .duration("thread_within", \.threadWithin, 0...365 * DurationText.day),
    ]
}

extension Settings.Hours {
    private static let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    static let keys: [Key<Settings.Hours>] =
        names.enumerated().map { place, name in
            Key(name: name, leaves: [name]) { node, hours throws(SettingsError) in
                let texts = try node.list { element throws(SettingsError) -> String in try element.text() }
                let spans = texts.compactMap(OpeningHours.Span.init)
                guard spans.count == texts.count, OpeningHours.Span.areInOrder(spans) else {
                    throw node.wrong(#"write times that follow each other, such as ["09:00-12:00", "13:00-18:00"]"#)
                }
                var week = hours.week ?? [[OpeningHours.Span]](repeating: [], count: 7)
                week[place] = spans
                hours.week = week
            }
        } + [
            Key(name: "holidays", leaves: ["holidays"]) { node, hours throws(SettingsError) in
                let text = try node.text()
                if text.isEmpty { return }
                let path = try node.path(text)
                hours.holidayFile = path
                hours.days = try holidays(in: path, node)
            }
        ]

    /// Half a megabyte: holidays of hundreds of years.
    private static let sizeMax = 1 << 19

    private static func holidays(in path: String, _ node: Node) throws(SettingsError) -> [Int64: [OpeningHours.Span]] {
        let bytes: [UInt8]
        do throws(FileBytes.Failure) { bytes = try FileBytes.read(path, sizeMax: sizeMax) } catch {
            throw node.wrong("this file cannot be read (error \(error.number)); write the path of one that can")
        }
        guard bytes.count <= sizeMax else { throw node.wrong("this file is too long for a list of days") }
        do throws(HolidayFile.Wrong) {
            return try HolidayFile.days(String(decoding: bytes, as: UTF8.self))
        } catch { throw node.wrong("line \(error.line) of this file is wrong: \(error.advice)") }
    }
}
