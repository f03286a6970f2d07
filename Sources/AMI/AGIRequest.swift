/// A request of Asterisk's gateway interface (AGI over TCP, "FastAGI"): its variables, such as `agi_uniqueid:
/// 1732269600.15`.
///
/// A caller can write line ends into the caller id, so everything after an unexpected line is ignored.
public struct AGIRequest: Equatable, Sendable {
    /// Maximum of bytes in the variables; Asterisk sends about one thousand.
    public static let bytesMax = 16_384

    /// By their whole names, such as `agi_uniqueid`, which is always there.
    public private(set) var variables: [String: String] = [:]

    /// Reads the variables up to the empty line; nil while that has not been received.
    ///
    /// - Returns: the request, or `Malformed`.
    public static func read(_ bytes: [UInt8]) -> Result<AGIRequest, Malformed>? {
        guard let end = AGIRequest.end(of: bytes) else { return bytes.count > bytesMax ? .failure(Malformed()) : nil }
        var request = AGIRequest()
        for line in bytes[..<end].split(separator: 10) {
            guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":"),
                text.hasPrefix("agi_")
            else { return .failure(Malformed()) }
            let name = String(text[..<colon]), value = text[text.index(after: colon)...].drop { $0 == " " }
            guard request.variables.updateValue(String(value), forKey: name) == nil else {
                return .failure(Malformed())
            }
        }
        return request.variables["agi_uniqueid"] == nil ? .failure(Malformed()) : .success(request)
    }

    /// The bytes are no AGI request.
    public struct Malformed: Error, Equatable, Sendable {}

    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count > 1 else { return nil }
        for i in 1..<bytes.count where bytes[i] == 10 && bytes[i - 1] == 10 { return i }
        return nil
    }

    /// The value of a variable; nil when it is absent or `unknown`.
    public subscript(name: String) -> String? {
        variables["agi_" + name].flatMap { $0.isEmpty || $0 == "unknown" || $0 == "<unknown>" ? nil : $0 }
    }

    /// A parameter of the address: `did` of `agi://127.0.0.1/route?did=5000`.
    public func parameter(_ name: String) -> String? {
        guard let query = variables["agi_network_script"]?.split(separator: "?", maxSplits: 1).dropFirst().first else {
            return nil
        }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }

    /// A command that sets a variable of the caller's channel. Characters that the dialplan would read as more than
    /// text are left out.
    public static func set(_ name: String, _ value: String) -> String {
        let plain = value.unicodeScalars.filter { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "/_-.@+& ".unicodeScalars.contains(scalar)
        }
        return "SET VARIABLE \(name) \"\(String(String.UnicodeScalarView(plain)))\"\n"
    }
}
