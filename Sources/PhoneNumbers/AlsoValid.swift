/// The centre's own ranges of valid numbers.
///
/// An expression is matched with a whole number: `^` and `$` may stand there and change nothing. Its cost is bounded by
/// what it is asked: at most 16 characters, and only for numbers that libphonenumber does not know.
struct AlsoValid {
    private let patterns: [(text: String, regex: Regex<AnyRegexOutput>)]

    /// Texts that are no regular expressions match nothing: the settings refuse them before.
    init(_ texts: [String]) { patterns = texts.compactMap { text in (try? Regex(text)).map { (text, $0) } } }

    var isEmpty: Bool { patterns.isEmpty }

    /// The first expression that the number matches; nil without one.
    func pattern(for e164: String) -> String? {
        guard !patterns.isEmpty, e164.utf8.count <= 16 else { return nil }
        return patterns.first { (try? $0.regex.wholeMatch(in: e164)) != nil }?.text
    }
}
