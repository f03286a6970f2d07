/// How numbers are read in this centre.
public struct NumberRules: Equatable, Sendable {
    /// ISO 3166: how a number without country code is read.
    public var region: String
    /// Of the places' names: `ja` or `en`.
    public var language: String
    /// Regular expressions over E.164, each for a whole number: ranges that are valid although libphonenumber's
    /// metadata does not know them yet.
    public var alsoValid: [String]
    /// What operators dial before an outside number; empty for nothing.
    public var outsidePrefix: String

    /// Copies its arguments. The expressions are not checked here: one that is wrong matches nothing.
    public init(region: String, language: String = "en", alsoValid: [String] = [], outsidePrefix: String = "") {
        self.region = region
        self.language = language
        self.alsoValid = alsoValid
        self.outsidePrefix = outsidePrefix
    }
}
