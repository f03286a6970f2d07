import BridgeCore
import CallCenter
import EventWire
import Foundation
import FreeSwitchBridge

/// A recording of a FreeSWITCH, played through the bridge, the wire and the core, as the daemon would.
struct Floor {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Recordings/freeswitch").path

    /// Recordings with what the phones saw.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".md") && $0 != "mixed.md" && $0 != "README.md" }.map {
            String($0.dropLast(3))
        }.sorted()
    }()

    var events: [BridgeEvent] = []
    var centre = Centre(policy: Policy())
    var effects: [Effect] = []
    var lines: [String] = []
    /// Lines that the wire refused.
    var refused: [String] = []
    var counts = Translator.Counts()

    init(_ name: String, folder: String = Floor.folder) throws {
        let recording = try Recording(path: "\(folder)/\(name).jsonl")
        var events: [(BridgeEvent, Timestamp)] = []
        counts = recording.translate(options: .init()) { events.append(($0, $1)) }
        var seq: Int64 = 0
        self.events = events.map(\.0)
        for (event, readAt) in events {
            var out = ByteBuilder()
            event.write(source: "pbx", into: &out)
            lines.append(out.text)
            let decoded = try? out.withUnsafeBytes { bytes in
                try EventDecoder.decode(
                    UnsafeRawBufferPointer(rebasing: bytes.dropLast()), defaultSource: "pbx", readAt: readAt)
            }
            guard let decoded else {
                refused.append(out.text)
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

    /// `1605 call.answered operator=101`, milliseconds from the scenario's beginning.
    static func words(_ events: [BridgeEvent], from start: Double) -> [String] {
        events.map { event in
            let fields = event.fields.map { name, value in
                switch value {
                case .null: "\(name)=null"
                case .text(let text): "\(name)=\(text)"
                case .texts(let texts): "\(name)=\(texts.joined(separator: ","))"
                case .number(let number): "\(name)=\(number)"
                case .time(let time): "\(name)=\(time.ms)"
                case .objects(let objects): "\(name)=\(objects.count)"
                }
            }
            return (["\(event.time.ms - Int64((start * 1_000).rounded()))", event.type] + fields).joined(separator: " ")
        }
    }
}

/// What the phones saw: the head and the table of legs of a recording's ground truth. Milliseconds from its beginning.
struct Truth {
    struct Leg {
        /// `caller5305`, `phone101`, `phone101-dials`, `provider`.
        var name: String
        var from: String
        var dialled: String
        var invite: Int64
        var ringing: Int64?
        var answered: Int64?
        var ended: Int64?
        var how: String

        /// The operator whose phone it is, when the PBX called it.
        var phone: String? {
            name.firstMatch(of: /^phone(\d+)(-free|-again|-\d+)?$/).map { String($0.1) }
        }
        /// The operator who calls with it.
        var dialer: String? { name.firstMatch(of: /^phone(\d+)-dials/).map { String($0.1) } }
        var isCaller: Bool { name.hasPrefix("caller") }
    }

    /// Unix seconds of the beginning.
    var start: Double
    var legs: [Leg]

    init(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        start = text.firstMatch(of: /unix ([0-9.]+)\)/).flatMap { Double($0.1) } ?? 0
        legs = text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            // A number may have the sign that separates cells.
            let extra = cells.count - 12
            func ms(_ cell: String) -> Int64? { Double(cell).map { Int64(($0 * 1_000).rounded()) } }
            guard extra >= 0, let invite = ms(cells[4 + extra]) else { return nil }
            return Leg(
                name: cells[1], from: cells[2...(2 + extra)].joined(separator: "|"), dialled: cells[3 + extra],
                invite: invite, ringing: ms(cells[5 + extra]), answered: ms(cells[6 + extra]),
                ended: ms(cells[7 + extra]), how: cells[8 + extra])
        }
    }
}
