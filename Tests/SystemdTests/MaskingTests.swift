import Systemd
import Testing

@Suite struct MaskingTests {
    @Test(arguments: [
        // E.164: the country code and the last four stay.
        ("+819012345678", "+81******5678"),
        ("+12025550143", "+1******0143"),
        ("+74951234567", "+7******4567"),
        ("+35312345678", "+353****5678"),
        ("+999123456789", "+999*****6789"),
        // As people write them.
        ("+81 90-1234-5678", "+81******5678"),
        ("090-1234-5678", "*******5678"),
        ("(03) 1234.5678", "******5678"),
        // Extensions are nobody's secret; anything longer has something to hide.
        ("101", "101"),
        ("1004", "1004"),
        ("10045", "*0045"),
        ("", ""),
        // Too short for a country code to be shown.
        ("+81123", "+*1123"),
        ("+8112345", "+81*2345"),
        ("+110", "+***"),
        ("+", "+"),
        // Whatever is not a number is hidden whole.
        ("anonymous", "*********"),
        ("sip:09012345678@example.org", "***************"),
        ("０９０１２３４５６７８", "***********"),
        ("#31#09012345678", "***********5678"),
        ("+山田09012345678", "+*********5678"),
    ])
    func hidesAllButTheLastFour(number: String, masked: String) {
        #expect(Masking.mask(number: number) == masked)
    }

    @Test func neverGrowsBeyondAnyNumber() {
        #expect(Masking.mask(number: String(repeating: "7", count: 1000)) == String(repeating: "*", count: 15) + "7777")
    }
}
