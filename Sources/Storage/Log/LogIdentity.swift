/// Which log it is: a random word that the log, its checkpoint and its records carry. Numbers of calls are made of log
/// positions, so files of different logs must never meet: calls of one would overwrite calls of the other.
public struct LogIdentity: Equatable, Sendable {
    /// 32 hexadecimal digits.
    public let text: String

    /// nil for text that is none.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// Of a log that begins now.
    public init() {
        text = (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
