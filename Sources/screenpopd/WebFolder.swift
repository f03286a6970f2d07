import Foundation

/// A folder of files that `Web` serves: installed under the prefix, or beside a program that was just built.
struct WebFolder {
    /// Its name under `share/screenpop`.
    var installed: String
    /// Its name among the resources of `Web`.
    var built: String
    /// A file that is in it.
    var file: String

    /// The desk's pages.
    static let pages = WebFolder(installed: "pages", built: "Pages", file: "desk.html")
    /// The description of the interface.
    static let openAPI = WebFolder(installed: "openapi", built: "OpenAPI", file: "openapi.json")

    /// Its path; nil where it was not installed.
    func find() -> String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let places = [
            folder.appendingPathComponent("../share/screenpop/\(installed)").standardized.path,
            folder.path + "/screenpop_Web.resources/\(built)",
        ]
        return places.first { FileManager.default.fileExists(atPath: $0 + "/" + file) }
    }
}
