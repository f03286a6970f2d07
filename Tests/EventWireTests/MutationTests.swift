import CallCenter
import Foundation
import Testing

@testable import EventWire

private let corpus = [
    #"{"type":"call.offered","id":"1795388532714.2.115","source":"load","call":"1795388532714.2.23","#
        + #""from":"+819000007932","to":"+81312345678","queue":"support"}"#,
    #"{"type":"call.offered","call":"c","from":null,"to":"é漢😀","name":"\ud83d\ude00\u00e9\n","#
        + #""presentation":"restricted","time":"2026-01-31T09:00:00.123+09:00"}"#,
    #"{"type":"pbx.snapshot","calls":[{"call":"a","state":"queued","from":"090","since":"2026-01-31T00:00:00Z"},"#
        + #"{"call":"b","state":"held"}],"operators":[{"operator":"101","queues":["a","b"]}]}"#,
    #"{"type":"operator.login","operator":"101","name":"佐藤","device":"PJSIP/101","queues":["support","sales"],"#
        + #""x":{"y":[1,-2.5e3,true,false,null]}}"#,
    #"{"type":"touchpoint.recorded","customer":17,"channel":"email","summary":"見積もり","direction":"outbound","#
        + #""duration":61000}"#,
    #"{"type":"call.queued","call":"c","queue":"q","position":3,"priority":-5,"specversion":"1.0","#
        + #""data":{"a":{"b":[[]]}}}"#,
].map { Array($0.utf8) }

private let splices: [[UInt8]] =
    [
        #"""#, #"\"#, "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "\\u0000", "null", "true", "-", "0", "1e9",
        "\"type\":", "\"id\":\"\"", "\n", " ", "\u{0}", "漢", "\u{85}", "\u{FEFF}",
    ].map { Array($0.utf8) } + [
        [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xF4, 0x90, 0x80, 0x80], [0xE3, 0x81],
    ]

private func mutated(_ line: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var line = line
    for _ in 0..<Int.random(in: 1...4, using: &random) where !line.isEmpty {
        let at = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: line[at] = UInt8.random(in: 0...255, using: &random)
        case 1: line[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: line.remove(at: at)
        case 3: line.insert(contentsOf: splices.randomElement(using: &random)!, at: at)
        case 4: line.removeSubrange(at..<Swift.min(line.count, at + Int.random(in: 1...20, using: &random)))
        default:
            let other = corpus.randomElement(using: &random)!
            line.replaceSubrange(at..., with: other[Int.random(in: 0..<other.count, using: &random)...])
        }
    }
    return line
}

@Suite struct MutationTests {
    /// Broken lines crash nothing, and what is taken is an object in the eyes of a parser we did not write.
    @Test func brokenLinesAreErrors() {
        var random = Seeded("Mutations")
        var taken = 0
        for _ in 0..<40_000 {
            let line = mutated(corpus.randomElement(using: &random)!, &random)
            let bytes = line
            do throws(WireError) {
                let decoded = try decode(bytes)
                taken += 1
                #expect(String(validating: bytes, as: UTF8.self) != nil, "seed \(random.seed)")
                // Where outsiders type we forgive half of a surrogate pair, which that parser does not; and it takes no
                // number that is beyond its own, though nobody reads the attribute.
                let text = String(decoding: bytes, as: UTF8.self)
                    .replacing(/\\u[dD][89a-fA-F][0-9a-fA-F]{2}/, with: #"\uFFFD"#)
                    .replacing(/([:,\[]\s*-?[0-9.]+)[eE]\+?[0-9]{3,}/) { "\($0.1)" }
                #expect(
                    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: Any],
                    "seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))")
                if let id = decoded.event.id { #expect((1...128).contains(id.utf8.count)) }
            } catch {
                let reply = written { ReplyEncoder.error(error, into: &$0) }
                #expect((try? parsed(reply)) is [String: Any], "seed \(random.seed)")
                // And what we call no object, that parser calls none either, but for a comma at the end of a list,
                // which it forgives.
                if error.code == .malformed, let text = String(validating: bytes, as: UTF8.self),
                    !text.contains(/,\s*[}\]]/)
                {
                    let other = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
                    if let other {
                        Issue.record(
                            """
                            seed \(random.seed): \(error.message) \(String(decoding: bytes, as: UTF8.self)) \
                            \(other.count)
                            """
                        )
                    }
                }
            }
        }
        #expect(taken > 100)
    }

    /// Bytes without any sense.
    @Test func noiseIsMalformed() {
        var random = Seeded("Noise")
        for _ in 0..<20_000 {
            let line = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array(#"{}[]":,\u0129eE+-.truefalsn "#.utf8).randomElement(using: &random)!
            }
            do throws(WireError) {
                _ = try decode(line)
                Issue.record("seed \(random.seed): \(line)")
            } catch {
                #expect(error.code == .malformed || error.field == "type", "seed \(random.seed)")
            }
        }
    }
}
