import CallCenter
import Foundation
import Testing

@testable import EventWire

@Suite struct ByteBuilderTests {
    @Test func commasComeByThemselves() {
        let json = written { out in
            out.object { out in
                out.field("a", 1)
                out.key("b")
                out.array { out in
                    out.value("x")
                    out.null()
                    out.object { _ in }
                    out.array { _ in }
                    out.value(true)
                    out.value(-5)
                }
                out.key(text: "c{\"")
                out.value(false)
                out.field("d", [])
                out.field("e", "{[:, ")
                out.field("f", nil as String?)
                out.field("g", Timestamp(ms: 0))
                var raw = ByteBuilder()
                raw.array { $0.value(2) }
                out.key("h")
                out.value(json: raw)
            }
        }
        #expect(
            json
                == #"{"a":1,"b":["x",null,{},[],true,-5],"c{\"":false,"d":[],"e":"{[:, "#
                    + #"","f":null,"g":"1970-01-01T00:00:00.000Z","h":[2]}"#
        )
    }

    @Test(arguments: [0, 1, -1, 9, 10, 99, 100, -1_000, 123_456_789, Int64.max, Int64.min]) func integersAreDecimal(
        _ number: Int64
    ) {
        #expect(written { $0.append(decimal: number) } == String(number))
    }

    /// A field with a number is written at once; its bytes are those of a name and a value.
    @Test func aFieldIsItsNameAndItsValue() {
        let numbers = [nil, 0, 1, 9, 10, 99, -1, 1_234, -98_765, Int64.max, Int64.min]
        for number in numbers {
            func pieces(_ out: inout ByteBuilder) {
                out.key("offered")
                if let number { out.value(number) } else { out.null() }
            }
            #expect(written { $0.field("offered", number) } == written(pieces))
            #expect(
                written { out in out.object { $0.field("a", "x"); $0.field("offered", number) } }
                    == written { out in out.object { $0.field("a", "x"); pieces(&$0) } })
        }
        // It fits where it just fits, and grows where it does not.
        for capacity in 0..<64 {
            var out = ByteBuilder(capacity: capacity)
            out.object { $0.field("a", Int64.min); $0.field("b", nil as Int64?); $0.field("c", 7) }
            #expect(out.text == #"{"a":-9223372036854775808,"b":null,"c":7}"#)
        }
    }

    @Test func sharesAreWrittenAsSwiftWritesThem() {
        for part in 0...200 {
            let share = Double(part) / 200
            #expect(written { $0.value(share) } == share.description)
        }
        for number in [-0.0, -1, 2, 1e6, 1e15, 1e16, 1e22, .leastNonzeroMagnitude] {
            #expect(written { $0.value(number) } == number.description)
        }
    }

    @Test func doublesReadBack() throws {
        for number in [0, -0.0, 1, 0.1, 0.811, 1e-7, 1e21, .pi, -2.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        {
            let json = written { $0.value(number) }
            #expect(try (parsed(json) as? NSNumber)?.doubleValue == number, "\(json)")
        }
        for number in [Double.infinity, -.infinity, .nan] { #expect(written { $0.value(number) } == "null") }
    }

    @Test func everyCharacterIsTextAgain() throws {
        for first in stride(from: UInt32(0), to: 0x11000, by: 64) {
            let text = String(String.UnicodeScalarView((first..<first + 64).compactMap(Unicode.Scalar.init)))
            let json = written { $0.value(text) }
            #expect(try parsed(json) as? String == text)
            #expect(!json.utf8.contains { $0 < 0x20 || $0 == 0x7F })
            #expect(!json.unicodeScalars.contains("\u{2028}") && !json.unicodeScalars.contains("\u{2029}"))
        }
    }

    @Test func escapesAreThoseOfTheStandard() {
        #expect(
            written { $0.value("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}\u{2028}\u{2029}…é") }
                == #""\"\\/\u0008\u000c\n\r\t\u0000\u001f\u007f\u2028\u2029…é""#)
        #expect(
            written { $0.value("plain text of more than eight bytes\n") } == #""plain text of more than eight bytes\n""#
        )
    }

    @Test func aBuilderIsUsedAgain() {
        var out = ByteBuilder(capacity: 4)
        for _ in 0..<1_000 { out.append("0123456789") }
        #expect(out.count == 10_000 && out.bytes.count == 10_000 && out.last == UInt8(ascii: "9"))
        out.removeAll(keeping: 100)
        #expect(out.isEmpty && out.text == "" && out.last == nil)
        out.append(utf8: "山田")
        out.append(UInt8(ascii: "!"))
        #expect(out.text == "山田!")
        #expect(out.withUnsafeBytes { $0.count } == 7)
    }
}
