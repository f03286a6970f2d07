/// What something is called in the two languages of the interface.
///
/// The English form is in lower case, as in the middle of a sentence; a page may begin it with a capital.
public struct Term: Equatable, Sendable {
    /// Japanese.
    public let ja: String
    /// English, in lower case but for names.
    public let en: String

    init(_ ja: String, _ en: String) {
        self.ja = ja
        self.en = en
    }
}

/// A closed set of identifiers of the interface, each with its one name in each language.
///
/// The pages have the same names in `ja.json` and `en.json`, which a test compares.
public protocol Named: RawRepresentable<String>, CaseIterable, Sendable {
    /// The name in both languages, with places such as `{operator}` where the identifier's type says so.
    var term: Term { get }
}
