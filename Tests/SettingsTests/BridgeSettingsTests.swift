import Foundation
import Testing

@testable import Settings

/// config/screenpop-asterisk.toml, as it is shipped, and what is wrong with others.
@Suite struct BridgeSettingsTests {
    static let shipped = URL(fileURLWithPath: ShippedFile.path).deletingLastPathComponent().appendingPathComponent(
        "screenpop-asterisk.toml"
    ).path

    private func load(_ text: String, flags: BridgeSettings.Flags = .init(), environment: [String: String] = [:]) throws
        -> BridgeSettings
    {
        let path = "/tmp/screenpop-asterisk \(UInt32.random(in: 0...UInt32.max)).toml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try BridgeSettings.load(file: path, environment: environment, flags: flags)
    }

    @Test func theShippedFileShowsEveryKeyWithItsDefault() throws {
        #expect(try BridgeSettings.load(file: Self.shipped, environment: [:], flags: .init()) == BridgeSettings())
        let lines = try String(contentsOfFile: Self.shipped, encoding: .utf8).split(separator: "\n").map {
            $0.hasPrefix("#") && !$0.hasPrefix("# ") ? String($0.dropFirst()) : String($0)
        }
        // secret_file and tls_ca_file have no default that could be written: "" is no path.
        let inForce = lines.filter { !$0.hasPrefix("secret_file") && !$0.hasPrefix("tls_ca_file") }
        #expect(try load(inForce.joined(separator: "\n")) == BridgeSettings())
        for key in BridgeSettings.keys { #expect(lines.contains { $0.hasPrefix(key.name + " = ") }, "\(key.name)") }
    }

    @Test func flagsBeatTheEnvironmentAndThatTheFile() throws {
        let text = "ami = \"127.0.0.1:1\"\nuser = \"file\"\nagi = \"\"\n"
        let settings = try load(
            text, flags: .init(ami: "[::1]:3"),
            environment: ["SCREENPOP_AMI": "127.0.0.1:2", "SCREENPOP_USER": "environment"])
        #expect(
            settings.ami == ListenAddress(host: "::1", port: 3) && settings.user == "environment" && settings.agi == nil
        )
    }

    @Test func theSocketsOfSeveralNodesAreAList() throws {
        #expect(try load("events_socket = \"/a.sock\"").eventsSockets == ["/a.sock"])
        let text = "events_socket = [\"/a.sock\", \"/b.sock\"]"
        #expect(try load(text).eventsSockets == ["/a.sock", "/b.sock"])
        #expect(try load(text, environment: ["SCREENPOP_EVENTS_SOCKET": "/c.sock"]).eventsSockets == ["/c.sock"])
        #expect(try load(text, flags: .init(eventsSockets: ["d.sock", "e.sock"])).eventsSockets == ["d.sock", "e.sock"])
    }

    @Test(arguments: [
        ("ami = \"asterisk\"", "HOST:PORT"), ("ami = \"127.0.0.1:0\"", "HOST:PORT"),
        ("agi_deadline = \"10ms\"", "50ms"), ("inbound_contexts = []", "at least one"),
        ("spool_size = 0", "1 to 65536"), ("secret = \"x\"", "secret_file"), ("spool_dir = \"here\"", "absolute"),
        ("events_socket = []", "at least one path"), ("events_socket = [\"/a\", \"/a\"]", "twice"),
        ("events_socket = [\"/a\", \"b\"]", "absolute"), ("events_socket = 5", "in quotes"),
    ]) func whatIsWrongIsSaidWithItsLine(text: String, advice: String) throws {
        do {
            _ = try load(text)
            Issue.record("\(text) was taken")
        } catch let error as SettingsError {
            #expect(
                error.description.contains(advice) && error.description.contains(".toml:1:") && error.exitStatus == 78,
                "\(error)")
        }
    }
}
