import Storage

/// Which passwords are refused: those that are short, those that everybody tries first, and those that are little more
/// than the account's number or name.
struct PasswordRule: Sendable {
    /// The least number of characters.
    let least: Int

    /// Characters that have to be left when number and name are taken out.
    private static let restMin = 4

    /// Why a password is refused, in a sentence; nil for one that is accepted.
    func fault(_ password: String, of who: String, name: String?) -> String? {
        guard password.count >= least, password.utf8.count <= AccountStore.passwordMax else {
            return "A password has at least \(least) characters, and at most \(AccountStore.passwordMax) bytes."
        }
        let plain = password.lowercased()
        if PasswordRule.worst.contains(plain) || Set(plain).count < 3 || PasswordRule.isRun(plain) {
            return "This password is among the first that are tried; words that do not belong together are better."
        }
        var rest = plain
        for part in [who] + (name ?? "").split(whereSeparator: \.isWhitespace).map(String.init) + ["screenpop"]
        where part.count >= 2 {
            rest = rest.replacing(part.lowercased(), with: "")
        }
        if rest.count < PasswordRule.restMin {
            return "This password is little more than the account's number or name; choose another."
        }
        return nil
    }

    /// Neighbours in a row, up or down: `12345678`, `hgfedcba`.
    private static func isRun(_ text: String) -> Bool {
        let codes = text.unicodeScalars.map { Int64($0.value) }
        let steps = Set(zip(codes.dropFirst(), codes).map { $0 - $1 })
        return steps == [1] || steps == [-1]
    }

    /// Of the lists of passwords that were found most often, those with eight characters or more.
    private static let worst: Set<String> = [
        "1234567890", "123123123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "987654321", "a1234567",
        "a12345678", "aa123456", "aa12345678", "abc12345", "abcd1234", "admin123", "administrator", "asdf1234",
        "asdfghjk", "asdfghjkl", "baseball", "changeme", "computer", "football", "iloveyou", "letmein1", "letmein123",
        "p@ssw0rd", "passw0rd", "password", "password1", "password12", "password123", "password1234", "pokemon1",
        "princess", "q1w2e3r4", "qazwsxedc", "qwer1234", "qwerty12", "qwerty123", "qwerty1234", "qwertyui",
        "qwertyuiop", "samsung1", "starwars", "sunshine", "superman", "trustno1", "welcome1", "welcome123", "zaq12wsx",
        "zxcvbnm1", "zxcvbnm123",
    ]
}
