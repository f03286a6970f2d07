import Foundation

/// Where the desk's pages are: installed under the prefix, or beside a program that was just built.
enum PagesFolder {
    static func find() -> String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let places = [
            folder.appendingPathComponent("../share/screenpop/pages").standardized.path,
            folder.path + "/screenpop_Web.resources/Pages",
        ]
        return places.first { FileManager.default.fileExists(atPath: $0 + "/desk.html") }
    }
}
