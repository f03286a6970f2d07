import Foundation
import Testing

/// The repository that is being tested.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// What a program said, and how it ended.
struct Outcome {
    let status: Int32
    /// Standard output and standard error, as they came.
    let output: String
}

/// Runs a program to its end.
@discardableResult
func run(_ program: String, _ arguments: [String], in folder: URL = repository) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    // A `make` above this one hands its flags and variables down, which are not meant for this one.
    let inherited = ProcessInfo.processInfo.environment
    process.environment = inherited.filter {
        !["MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "DESTDIR", "PREFIX", "BINDIR"].contains($0.key)
    }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let url: URL

    /// - Parameter name: what its name begins with.
    init(_ name: String) throws {
        url = URL(fileURLWithPath: "/tmp").appendingPathComponent("\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ relative: String) -> String { url.appendingPathComponent(relative).path }

    /// Every file below, relative, with its mode.
    func files() throws -> [String: String] {
        var files: [String: String] = [:]
        let paths = try #require(FileManager.default.enumerator(atPath: url.path))
        for case let path as String in paths {
            let facts = try FileManager.default.attributesOfItem(atPath: self.path(path))
            guard facts[.type] as? FileAttributeType == .typeRegular else { continue }
            files[path] = String(facts[.posixPermissions] as? Int ?? 0, radix: 8)
        }
        return files
    }
}

/// The four programs in name only; each says of itself what it is called.
func putPrograms(into folder: URL) throws {
    for name in ["screenpopd", "screenpop", "screenpop-asterisk", "screenpop-freeswitch"] {
        let file = folder.appendingPathComponent(name)
        let description = #"{"serializationVersion":0,"command":{"commandName":"\#(name)","abstract":"In name only."}}"#
        let script = """
            #!/bin/sh
            case $1 in
              --experimental-dump-help) echo '\(description)' ;;
              --version) echo "${0##*/} 1.2.3 (commit not recorded)" ;;
              *) echo "# $0 $*" ;;
            esac

            """
        try script.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
}
