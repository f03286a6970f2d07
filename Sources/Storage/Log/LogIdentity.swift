/// The identity of a log: a random word that the log, its checkpoint and its records store. Call numbers are made of
/// log positions, so files of different logs must not be mixed: calls of one would overwrite calls of the other.
public struct LogIdentity: Equatable, Sendable {
    /// 32 hexadecimal digits.
    public let text: String

    /// nil for a text that is no identity.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// A new identity.
    public init() {
        text = (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
