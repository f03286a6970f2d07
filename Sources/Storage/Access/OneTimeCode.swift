import CallCenter
import Crypto
import Foundation

/// Codes of authenticators: RFC 6238 (TOTP) with HMAC-SHA-1, six digits and steps of 30 seconds, which is what every
/// authenticator has.
public enum OneTimeCode {
    /// Seconds of a step.
    public static let stepSeconds: Int64 = 30
    static let digits = 6
    /// Bytes of a secret: as long as the hash (RFC 4226, section 4).
    static let secretBytes = 20
    /// Steps that a telephone's clock may be off, in both directions (RFC 6238, section 5.2).
    static let stepsOff: Int64 = 1

    /// 20 random bytes, from the system's generator.
    public static func newSecret() -> [UInt8] {
        SymmetricKey(size: .init(bitCount: secretBytes * 8)).withUnsafeBytes { Array($0) }
    }

    static func step(at time: Timestamp) -> Int64 { time.ms / 1_000 / stepSeconds }

    /// The code of a step (RFC 4226, section 5.3).
    static func code(_ secret: [UInt8], step: Int64, digits: Int = OneTimeCode.digits) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Array($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let at = Int(mac[mac.count - 1] & 0x0F)
        let number = mac[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        var modulus: UInt32 = 1
        for _ in 0..<digits { modulus *= 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The step whose code this is, near a moment; nil for a wrong code. Compares in constant time.
    static func step(of code: String, _ secret: [UInt8], near time: Timestamp) -> Int64? {
        let now = step(at: time), given = Array(code.utf8)
        var found: Int64?
        for candidate in now - stepsOff...now + stepsOff {
            let right = Array(OneTimeCode.code(secret, step: candidate).utf8)
            let isSame = right.count == given.count && zip(right, given).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
            if isSame { found = candidate }
        }
        return found
    }

    /// Base 32 (RFC 4648) without padding.
    static func base32(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = "", held: UInt32 = 0, bits = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(letters[Int(held >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(letters[Int(held << UInt32(5 - bits) & 31)]) }
        return text
    }

    /// A secret for typing: in groups of four.
    public static func grouped(_ secret: [UInt8]) -> String {
        let letters = Array(base32(secret))
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
    }

    /// What authenticators read, as a link or a QR code (Key Uri Format).
    public static func uri(_ secret: [UInt8], account: String, issuer: String = "screenpop") -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let name = account.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
        return "otpauth://totp/\(issuer):\(name)?secret=\(base32(secret))&issuer=\(issuer)&algorithm=SHA1"
            + "&digits=\(digits)&period=\(stepSeconds)"
    }

    // MARK: Recovery codes

    static let recoveryCodes = 10

    /// Codes for who has lost the telephone: 50 random bits each, in two groups of five letters.
    public static func newRecoveryCodes() -> [String] {
        (0..<recoveryCodes).map { _ in
            let letters = base32(SymmetricKey(size: .init(bitCount: 56)).withUnsafeBytes { Array($0) }).prefix(10)
            return "\(letters.prefix(5))-\(letters.suffix(5))".lowercased()
        }
    }

    /// As it is kept. The code is random, and guesses are slowed down: a fast hash will do, as for tokens.
    static func recoveryHash(_ code: String) -> [UInt8] {
        TokenStore.hash(code.lowercased().filter { $0 != "-" && $0 != " " })
    }
}
