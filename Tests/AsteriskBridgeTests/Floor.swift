import AsteriskBridge
import BridgeCore
import CallCenter
import EventWire
import Foundation

/// A recording, played through the bridge, the wire and the core, as the daemon would.
struct Floor {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Recordings").path

    /// The operators' own phones.
    static let phones: Set = ["101", "102", "103", "104"]

    /// Recordings with a ground truth.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
    }()

    /// Flows of FreePBX and plain Asterisk, each with what the phones saw and what is told of it.
    static let flows: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/flows")) ?? []
        return files.filter { $0.hasSuffix(".events") }.map { "flows/" + $0.dropLast(7) }.sorted()
    }()

    var events: [BridgeEvent] = []
    var centre = Centre(policy: Policy())
    var effects: [Effect] = []
    var lines: [String] = []
    /// Lines that the wire refused.
    var refused: [String] = []
    var counts = Translator.Counts()

    init(_ name: String) throws {
        let index = "\(Floor.folder)/\(name).idx.jsonl"
        let recording = try Recording(
            path: "\(Floor.folder)/\(name).ami", index: FileManager.default.fileExists(atPath: index) ? index : nil)
        var events: [(BridgeEvent, Timestamp)] = []
        counts = recording.translate(options: .init(endpointRules: EndpointRulesTests.rules())) {
            events.append(($0, $1))
        }
        var seq: Int64 = 0
        self.events = events.map(\.0)
        for (event, readAt) in events {
            var out = ByteBuilder()
            event.write(source: "pbx", into: &out)
            let line = out.text
            lines.append(line)
            let decoded = try? out.withUnsafeBytes { bytes in
                try EventDecoder.decode(
                    UnsafeRawBufferPointer(rebasing: bytes.dropLast()), defaultSource: "pbx", readAt: readAt)
            }
            guard let decoded else {
                refused.append(line)
                continue
            }
            seq += 1
            let lookup: Lookup? =
                switch Centre.lookupQuestion(decoded.event) {
                case .number(let raw?, .allowed):
                    Lookup(caller: CallerNumber(kind: .number, raw: raw, e164: raw, display: raw))
                case .number: Lookup(caller: .withheld)
                default: nil
                }
            _ = centre.apply(decoded.event, seq: seq, now: readAt, lookup: lookup, effects: &effects)
        }
    }

    /// In the order in which they began.
    var calls: [Call] {
        centre.callsInMemory.sorted {
            ($0.startedAt ?? Timestamp(ms: 0), $0.number) < ($1.startedAt ?? Timestamp(ms: 0), $1.number)
        }
    }
}
