import Glibc
import Testing

@testable import Settings

/// A file that goes away with its owner.
final class TemporaryFile {
    let path: String

    init(_ bytes: [UInt8]) throws {
        var template = Array("/tmp/screenpop-settings-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

    deinit { unlink(path) }
}

/// The settings that a file of this text makes.
func load(_ text: String, environment: [String: String] = [:], flags: Settings.Flags = .init()) throws -> Settings {
    let file = try TemporaryFile(text)
    return try Settings.load(file: file.path, environment: environment, flags: flags)
}

/// What the daemon says of a file, which is called FILE here; nil when it is content.
func complaint(_ bytes: [UInt8], environment: [String: String] = [:], flags: Settings.Flags = .init()) throws -> String?
{
    let file = try TemporaryFile(bytes)
    do {
        _ = try Settings.load(file: file.path, environment: environment, flags: flags)
        return nil
    } catch {
        return error.description.replacing(file.path, with: "FILE")
    }
}

func complaint(_ text: String, environment: [String: String] = [:], flags: Settings.Flags = .init()) throws -> String? {
    try complaint(Array(text.utf8), environment: environment, flags: flags)
}
