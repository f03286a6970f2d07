import CallCenter
import PhoneNumbers
import Testing

/// Words where a number would be (protocol.md, An event).
@Suite struct CallerWordsTests {
    static let withheld = [
        "anonymous", "Anonymous", "ANONYMOUS", " anonymous ", "anonymous@anonymous.invalid",
        "sip:anonymous@anonymous.invalid",
        "sip:anonymous@192.0.2.1:5060;user=phone", "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
        "<sip:restricted@pbx.example>",
        "sip:09012345678@anonymous.invalid", "\"Anonymous\" <sip:09012345678@pbx.example>", "Private", "Private Number",
        "private number", "PRIVATE  NUMBER",
        "Private_Number", "Private-Caller", "No Caller ID", "NoCallerID", "no caller id", "Caller ID blocked",
        "Blocked", "Blocked Call", "Restricted",
        "Restricted Number", "Withheld", "Number withheld", "Withheld by user", "Hidden", "Ｐｒｉｖａｔｅ　Ｎｕｍｂｅｒ", "Ａｎｏｎｙｍｏｕｓ",
        "p r i v a t e n u m b e r",
        "非通知", "非通知設定", " 非 通 知 ", "番号非通知", "「非通知」", "<非通知>", "ﾋﾂｳﾁ", "sip:%E9%9D%9E%E9%80%9A%E7%9F%A5@pbx.example",
        "Anonym", "Numéro masqué",
        "tel:anonymous"
    ]
    static let unavailable = [
        "", "unknown", "<unknown>", "Unknown", "UNKNOWN", "Unknown Caller", "Unknown Number", "Unavailable",
        "unavailable", "n/a", "Out of Area", "公衆電話",
        "表示圏外", "通知不可能", "不明", "sip:unavailable@unknown.invalid", "sip:@pbx.example", "<>", "  "
    ]
    /// Names and texts in which such a word is only a part.
    static let neither = [
        "Private Bank Ltd", "Anonymous Films", "Yamada", "Private 101", "blocked drains co", "taro@example.com",
        "Unknown Mortal Orchestra", "101", "*45", "—",
        "通知", "山田"
    ]

    @Test(arguments: withheld) func isWithheld(raw: String) {
        #expect(PhoneNumberReader(region: "JP", language: "ja").reading(raw: raw) == NumberReading(.withheld))
    }

    @Test(arguments: unavailable) func isUnavailable(raw: String) {
        #expect(PhoneNumberReader(region: "JP", language: "ja").reading(raw: raw) == NumberReading(.unavailable))
    }

    @Test(arguments: neither) func isText(raw: String) {
        #expect(PhoneNumberReader(region: "JP", language: "ja").read(raw: raw).kind == .notANumber)
    }

    /// What the network says beside a number counts for more than the number.
    @Test func aNameThatSaysNothingIsKnownHidesNoNumber() {
        #expect(
            PhoneNumberReader(region: "JP", language: "ja").read(raw: "\"Unknown\" <sip:09012345678@h>").e164
                == "+819012345678")
    }
}
