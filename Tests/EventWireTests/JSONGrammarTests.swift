import Foundation
import Testing

@testable import EventWire

/// RFC 8259, case by case: what stands as a value in an attribute that nobody knows.
private let good: [String] = [
    "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.0", "0.5", "-0.10", "1e5", "1E5", "1e+5", "1e-5",
    "0e0", "0E+00", "1.5e300", "1e999999",
    "true", "false", "null", "\"\"", #"" ""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#,
    #""\uD83D\uDE00""#, #""\udbff\udfff""#, #""\uFFFF""#,
    "\"\u{7F}\"", "\"é漢😀\"", "\"\u{2028}\u{10FFFF}\u{FEFF}\u{FFFF}\"", #""\\u0000""#, #""a\\""#,
    "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]", "[1,2,3]", "[ 1 , 2 ]", #"{"a":1}"#, #"{ "a" : 1 , "b" : [ ] }"#,
    #"{"a":1,"a":2}"#, #"{"":0}"#,
    #"{"a":{"b":[{"c":[[],{}]}]}}"#, #"[null,true,"x",{"y":-0.5e-3}]"#, "\t[\n1\r,\n2]\n", #"{"\u0061":1}"#,
]

/// 63 deep, and 64 with the event around them.
private let deepest = [
    String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
    String(repeating: #"{"a":"#, count: 62) + "[1,2]" + String(repeating: "}", count: 62),
    String(repeating: #"[{"a":1,"b":"#, count: 31) + "[]" + String(repeating: "}]", count: 31),
]

private let bad: [String] = [
    "", "+1", "01", "-01", "-", "--1", ".5", "1.", "-.5", "1.e5", "1e", "1e+", "1e5.5", "0x1F", "1_000", "1 2",
    "Infinity", "-Infinity", "NaN", "１",
    "True", "TRUE", "tru", "truee", "nul", "nulll", "undefined", "a", "'a'", "`a`",
    "\"", #""a"#, #"a""#, #""\"#, #""\a""#, #""\'""#, #""\x41""#, #""\0""#, #""\U0041""#, #""\u""#, #""\u1""#,
    #""\u12""#, #""\u123""#, #""\u123g""#,
    #""\u-123""#, #""\u{41}""#, #""\uD800""#, #""\uDC00""#, #""\uDFFF\uD800""#, #""\uD800\uD800""#, #""\uD83Dx""#,
    #""\uD83D\n""#, #""\uD83D\u0041""#, #""\uD83D\uDE0""#,
    "\"\u{0}\"", "\"\u{1}\"", "\"a\nb\"", "\"\t\"", "\"\u{1F}\"", "\"12345678\u{1F}\"",
    "[", "]", "[1", "[1,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1:2]", "[}", "[1}", "[[]", #"["a" "b"]"#, "{", "}",
    "{]", "{1:2}", "{a:1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
    #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a" 1}"#, #"{"a":1]"#, #"{"a":1,,"b":2}"#, #"{'a':1}"#, #"{null:1}"#,
    #"{"a"::1}"#, #"{"a":1"#, #"{"a":[}"#,
    "/* c */ 1", "1 // c", "# 1", "\u{A0}1", "\u{B}1", "\u{C}1", "\u{FEFF}1", "\u{2028}1", "1\u{0}", "\u{0}",
    String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
    String(repeating: #"{"a":"#, count: 64) + "1" + String(repeating: "}", count: 64),
    String(repeating: "[", count: 10_000),
    String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
    String(repeating: #"{"a":"#, count: 5_000), String(repeating: #"[{"a":"#, count: 5_000),
]

/// Byte sequences that are not UTF-8, each within a string.
private let notUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xE3, 0x81], [0xE3, 0x81, 0x20], [0xED, 0xA0, 0x80],
    [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    [0xFF, 0xFE, 0x41, 0x00], [0x83, 0x65, 0x83, 0x58], [0xE9],
]

private func malformed(_ error: WireError?) -> Bool {
    error?.code == .malformed && error?.field == nil && error?.id == nil && error?.message.hasSuffix(").") == true
}

@Suite struct JSONGrammarTests {
    @Test(arguments: good) func isTaken(_ value: String) throws {
        #expect(flaw(#"{"x":"# + value + #","type":"ping"}"#) == nil)
        #expect(flaw(#" { "type" : "ping" , "x" : "# + value + " } ") == nil)
        #expect(flaw(#"{"type":"ping","x":[0,"# + value + #", {"y":"# + value + "}]}") == nil)
    }

    @Test(arguments: deepest) func depthIsBounded(_ value: String) {
        #expect(flaw(#"{"type":"ping","x":"# + value + "}") == nil)
        #expect(malformed(flaw(#"{"type":"ping","x":["# + value + "]}")))
        #expect(malformed(flaw(#"{"type":"ping","x":{"y":"# + value + "}}")))
    }

    @Test(arguments: bad) func isRefused(_ value: String) {
        #expect(malformed(flaw(#"{"type":"ping","id":"7","x":"# + value + "}")), "\(value.prefix(40))")
        #expect(malformed(flaw(#"{"x":"# + value + #","type":"ping"}"#)), "\(value.prefix(40))")
        #expect(malformed(flaw(#"{"type":"ping","x":[0,"# + value + "]}")), "\(value.prefix(40))")
    }

    @Test(arguments: notUTF8) func isNoText(_ bytes: [UInt8]) {
        for (before, after) in [
            (#"{"type":"ping","x":""#, #""}"#), (#"{"type":"ping","x":"1234567"#, #"1234567890"}"#),
            (#"{"type":"ping",""#, #"":1}"#), (#"{"type":""#, #""}"#),
        ] {
            #expect(throws: WireError.self) { try decode(Array(before.utf8) + bytes + Array(after.utf8)) }
            do throws(WireError) { _ = try decode(Array(before.utf8) + bytes + Array(after.utf8)) } catch {
                #expect(malformed(error))
            }
        }
    }

    @Test(arguments: [
        "", " ", "\n", "{", "[]", "[{\"type\":\"ping\"}]", "\"ping\"", "ping", "1", "null", "true",
        "{\"type\":\"ping\"", "{\"type\":\"ping\"}}", "{\"type\":\"ping\"} x",
        "{\"type\":\"ping\"}{\"type\":\"ping\"}", "{\"type\":\"ping\"},", "{\"type\":\"ping\"}\u{0}",
        "{\"type\":\"ping\",}", "{type:\"ping\"}", "{'type':'ping'}",
        "\u{FEFF}", "\u{FEFF}\u{FEFF}{\"type\":\"ping\"}", "{\"type\":\"ping\"}\u{FEFF}", "data: {\"type\":\"ping\"}",
        "{}{", "{\"type\"}", "{\"type\":}", "{:1}",
    ])
    func isNoObject(_ line: String) { #expect(malformed(flaw(line)), "\(line)") }

    @Test func marksAndSpacesAroundTheObjectAreFine() {
        for line in [
            "\u{FEFF}{\"type\":\"ping\"}", " \t{\"type\":\"ping\"} \r\n", "\u{FEFF} \n{\n\"type\" :\r\n\"ping\"}\n",
        ] { #expect(flaw(line) == nil, "\(line)") }
    }

    @Test func everyCutIsMalformed() {
        let whole =
            #"{"type":"call.offered","call":"1","from":"+81\u0033é","to":null,"x":[1.5e3,{"y":[true,"\uD83D\uDE00"]}]}"#
        #expect(flaw(whole) == nil)
        let bytes = Array(whole.utf8)
        for count in 0..<bytes.count {
            do throws(WireError) {
                _ = try decode(Array(bytes[..<count]))
                Issue.record("taken at \(count)")
            } catch { #expect(error.code == .malformed) }
        }
    }

    @Test func namesAreComparedUnescaped() throws {
        #expect(
            try decode(#"{"\u0074\u0079pe":"pin\u0067","\u0069d":"\u00e9\n"}"#.replacing("\\n", with: "x")).event.id
                == "éx")
        #expect(flaw(#"{"type":"ping","id":"1","\u0069d":"2"}"#)?.field == "id")
    }
}
