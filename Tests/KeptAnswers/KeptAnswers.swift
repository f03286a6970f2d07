import Foundation
import Synchronization

/// Keeps what was answered in tests, for `Tests/OpenAPI/check.py` to hold against the description of the interface: one
/// JSON object a line, in the folder that `SCREENPOP_ANSWERS` names.
public enum KeptAnswers {
    private static let file = Mutex(open())

    private static func open() -> FileHandle? {
        guard let folder = ProcessInfo.processInfo.environment["SCREENPOP_ANSWERS"] else { return nil }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/swift-\(ProcessInfo.processInfo.processIdentifier).jsonl"
        FileManager.default.createFile(atPath: path, contents: nil)
        return FileHandle(forWritingAtPath: path)
    }

    /// Whether a folder is named.
    public static var areWanted: Bool { file.withLock { $0 != nil } }

    /// Keeps what a daemon wrote to a socket.
    ///
    /// - Parameters:
    ///   - target: the path with its query.
    ///   - answer: all that came: head and body.
    public static func record(_ method: String, _ target: String, _ answer: String) {
        guard areWanted, let end = answer.range(of: "\r\n\r\n"),
            let status = answer.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return }
        let head = answer[..<end.lowerBound].split(separator: "\r\n").map { $0.lowercased() }
        func field(_ name: String) -> String {
            head.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) } ?? ""
        }
        var body = Array(answer[end.upperBound...].utf8)
        if field("transfer-encoding") == "chunked" { body = whole(body) }
        record(
            method, target, status: status, type: field("content-type"), body: String(decoding: body, as: UTF8.self))
    }

    /// Keeps an answer.
    ///
    /// - Parameter target: the path with its query.
    public static func record(_ method: String, _ target: String, status: Int, type: String, body: String) {
        let line: [String: Any] = ["method": method, "target": target, "status": status, "type": type, "body": body]
        file.withLock { file in
            guard let file, let data = try? JSONSerialization.data(withJSONObject: line) else { return }
            try? file.write(contentsOf: data + [10])
        }
    }

    /// A body that came in chunks (RFC 9112 section 7.1), as far as it came.
    private static func whole(_ chunks: [UInt8]) -> [UInt8] {
        var whole: [UInt8] = [], rest = chunks[...]
        while let end = rest.firstIndex(of: 13),
            let length = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), length > 0
        {
            let from = min(end + 2, rest.endIndex), to = min(from + length, rest.endIndex)
            whole += rest[from..<to]
            rest = rest[min(to + 2, rest.endIndex)...]
        }
        return whole
    }
}
