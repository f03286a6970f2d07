import Foundation

/// The description of the interface, OpenAPI 3.1, as `/v1/openapi.json` serves it: the files of `Web/OpenAPI`, joined.
///
/// Each file has a part of the document in its place: paths, schemas, or what is said of the whole. Objects that
/// several files have are joined; any other member may be in one file alone.
struct InterfaceDescription: Sendable {
    /// The document as JSON, its keys in alphabetical order.
    let text: Data

    /// Why the files make no document.
    enum Fault: Error, Equatable, CustomStringConvertible {
        /// There is no such folder, or no description in it.
        case missing(folder: String)
        case unreadable(file: String)
        case twice(name: String, file: String)

        var description: String {
            switch self {
            case .missing(let folder): "there is no description in \(folder)"
            case .unreadable(let file): "\(file) is no JSON object"
            case .twice(let name, let file): "\(file) has \(name), which another file has"
            }
        }
    }

    /// Reads and joins the `.json` files of a folder.
    ///
    /// - Parameter folder: `Web/OpenAPI`, as it was installed or built.
    init(folder: String) throws(Fault) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var whole: [String: Any] = [:]
        for name in names.sorted() where name.hasSuffix(".json") {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name),
                let part = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
            else { throw .unreadable(file: name) }
            whole = try Self.joined(whole, part, from: name)
        }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        guard whole["openapi"] != nil, whole["paths"] != nil,
            let text = try? JSONSerialization.data(withJSONObject: whole, options: options)
        else { throw .missing(folder: folder) }
        self.text = text
    }

    private static func joined(_ whole: [String: Any], _ part: [String: Any], from file: String) throws(Fault)
        -> [String: Any]
    {
        var whole = whole
        for (name, value) in part {
            switch (whole[name], value) {
            case (nil, _): whole[name] = value
            case (let known as [String: Any], let more as [String: Any]):
                whole[name] = try joined(known, more, from: file)
            default: throw .twice(name: name, file: file)
            }
        }
        return whole
    }
}
