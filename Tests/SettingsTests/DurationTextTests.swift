import Testing

@testable import Settings

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("0s", 0), ("500ms", 500), ("20s", 20_000), ("90s", 90_000), ("5m", 300_000), ("1h", 3_600_000),
            ("30d", 2_592_000_000),
            ("007s", 7000), ("999999999d", 86_399_999_913_600_000),
        ] as [(String, Int64)])
    func isAWholeNumberAndItsUnit(text: String, milliseconds: Int64) {
        #expect(DurationText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "s", "20", "20 s", " 20s", "20s ", "-20s", "+20s", "1.5h", "20S", "20sec", "1h30m", "1000000000s", "２０s",
        "20x", "0x14s", "1_000s", "20s\n",
    ])
    func isNothingElse(text: String) {
        #expect(DurationText.milliseconds(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (1, "1ms"), (1500, "1500ms"), (20_000, "20s"), (90_000, "90s"), (60_000, "1m"),
            (5_400_000, "90m"), (86_400_000, "1d"),
            (172_800_000, "2d"), (90_000_000, "25h"),
        ] as [(Int64, String)])
    func isWrittenInTheBiggestUnitThatFits(milliseconds: Int64, text: String) {
        #expect(DurationText.text(milliseconds) == text)
        #expect(DurationText.milliseconds(text) == milliseconds)
    }

    @Test(
        arguments: [
            ("127.0.0.1:8790", "127.0.0.1", 8790), ("[::1]:0", "::1", 0), ("[fe80::1%eth0]:80", "fe80::1%eth0", 80),
            ("desk.example.com:65535", "desk.example.com", 65535),
        ] as [(String, String, UInt16)])
    func anAddressIsHostAndPort(text: String, host: String, port: UInt16) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", ":", ":80", "host", "host:", "host:-1", "host:65536", "::1:80", "[::1]", "[]:80", "[host]:80", "a b:80",
        "host:８０", "http://host:80",
    ])
    func anAddressIsNothingElse(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
