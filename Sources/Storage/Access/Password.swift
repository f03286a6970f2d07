import Crypto
import CryptoExtras
import Foundation

/// A password as it is kept: scrypt (RFC 7914), with a salt of its own.
struct Password: Equatable, Sendable {
    /// 32 MiB and about a tenth of a second for each guess: OWASP's Password Storage Cheat Sheet asks for N = 2^17, r =
    /// 8, p = 1 or, for less memory, N = 2^15, r = 8, p = 3.
    static let cost = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 3)

    struct Cost: Equatable, Sendable {
        var rounds: Int
        var blockSize: Int
        var parallelism: Int

        var text: String { "\(rounds),\(blockSize),\(parallelism)" }

        init(rounds: Int, blockSize: Int, parallelism: Int) {
            self.rounds = rounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        init?(_ text: String) {
            let parts = text.split(separator: ",").compactMap { Int($0) }
            guard parts.count == 3, parts.allSatisfy({ $0 > 0 }) else { return nil }
            self.init(rounds: parts[0], blockSize: parts[1], parallelism: parts[2])
        }
    }

    var salt: [UInt8]
    var hash: [UInt8]
    var cost: Cost

    init(salt: [UInt8], hash: [UInt8], cost: Cost) {
        self.salt = salt
        self.hash = hash
        self.cost = cost
    }

    /// Of a new password. With `Password.cost` it takes about a tenth of a second.
    init(of text: String, cost: Cost) throws {
        salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        self.cost = cost
        hash = try Password.derive(text, salt, cost)
    }

    /// Compares in constant time.
    func matches(_ text: String) -> Bool {
        guard let other = try? Password.derive(text, salt, cost), other.count == hash.count else { return false }
        return zip(other, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The same text typed on two keyboards is the same password (RFC 8265 asks for NFC).
    private static func derive(_ text: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
        try KDF.Scrypt.deriveKey(
            from: Array(text.precomposedStringWithCanonicalMapping.utf8), salt: salt, outputByteCount: 32,
            rounds: cost.rounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism
        ).withUnsafeBytes { Array($0) }
    }
}
