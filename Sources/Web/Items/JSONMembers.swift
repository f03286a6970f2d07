import EventWire
import Foundation
import Hummingbird

/// The members of a JSON object by their names, each as it was written: an unknown name, an absent member and a null
/// are told apart.
struct JSONMembers: Decodable {
    enum Value: Decodable, Equatable {
        case null
        case text(String)
        case flag(Bool)
        case whole(Int64)
        /// Exactly as it was written, up to 38 digits.
        case number(Decimal)
        /// A list of texts; also an empty list.
        case texts([String])
        /// A list of whole numbers.
        case wholes([Int64])
        /// Another list, an object, a number that nothing can have.
        case other

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            if one.decodeNil() {
                self = .null
            } else if let text = try? one.decode(String.self) {
                self = .text(text)
            } else if let flag = try? one.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? one.decode(Int64.self) {
                self = .whole(number)
            } else if let number = try? one.decode(Decimal.self) {
                self = .number(number)
            } else if let texts = try? one.decode([String].self) {
                self = .texts(texts)
            } else if let numbers = try? one.decode([Int64].self) {
                self = .wholes(numbers)
            } else {
                self = .other
            }
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var values: [String: Value] = [:]

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Name.self)
        for name in object.allKeys { values[name.stringValue] = try object.decode(Value.self, forKey: name) }
    }

    /// nil when it is absent.
    subscript(_ name: String) -> Value? { values[name] }

    /// Refuses members that are not among these.
    ///
    /// - Parameter what: what has them, such as `a purchase`.
    func require(_ known: [String], of what: String) throws(Problem) {
        guard let strange = values.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw .bad("\(strange.prefix(64)) is no field of \(what); it has \(known.joined(separator: ", ")).")
    }
}
