import Foundation
import Testing

/// All modules.
let documentedModules = (try? FileManager.default.contentsOfDirectory(
    at: ImportTests.root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil)
)?.map(\.lastPathComponent).sorted() ?? []

/// Public declarations have doc comments with units, ranges, errors and, for a formula or a protocol, its source. That
/// there is one can be checked here; what it says is read by whoever reviews it.
@Suite struct DocumentationTests {
    @Test(arguments: documentedModules) func publicDeclarationsHaveDocComments(module: String) throws {
        let folder = ImportTests.root.appendingPathComponent("Sources/\(module)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            let place = file.path.dropFirst(ImportTests.root.path.count + 1)
            let lines = try #require(try? PublicDeclarations.undocumented(in: source), "\(place): braces do not match")
            for line in lines {
                Issue.record("\(place):\(line) is public and has no doc comment: write one, or make it internal")
            }
        }
    }

    @Test func everyModuleIsRead() { #expect(documentedModules.contains("CallCenter")) }

    /// The check itself: it finds what it is for.
    @Test(arguments: [
        ("public struct A {}", [1]),
        ("/// A.\npublic struct A {\n    public var b = 1\n    var c = 1\n}", [3]),
        ("/// A.\n@frozen public struct A {\n    /// B.\n    @inlinable\n    public func b() {}\n}", []),
        ("/// A.\npublic enum A {\n    case b\n    /// C.\n    case c\n}", [3]),
        ("enum A {\n    case b\n    public var c: Int { 1 }\n}", [3]),
        ("/// A.\npublic protocol A {\n    func b()\n    associatedtype C\n}", [3, 4]),
        ("public extension A {\n    func b() {}\n    private func c() {}\n}", [2]),
        ("extension A {\n    func b() {}\n    public init?(_ c: Int) {}\n}", [3]),
        ("/// A.\npublic class A {\n    public class func b() {}\n    public private(set) var c = 1\n}", [3, 4]),
        ("/// A.\npublic init(\n    from decoder: Int, a: Int\n) {\n    switch a {\n    case 1: break\n    }\n}", []),
        ("/// A.\npublic struct A {\n    public init(from decoder: any Decoder) {}\n    public let id = 1\n}", []),
        ("/// A.\npublic struct A {\n    public init(from: Int) {}\n    public let idle = 1\n}", [3, 4]),
        ("let a = \"\"\"\n    public struct B {\n    \"\"\"\npublic let c = 1", [4]),
        ("let a = \"\\(b(\"}\"))\" + #\"}\"#  /* } */  // }\npublic let c = #/}/#", [2]),
    ] as [(String, [Int])]) func theCheckFindsWhatItIsFor(source: String, lines: [Int]) throws {
        #expect(try PublicDeclarations.undocumented(in: source) == lines)
    }

    @Test func bracesThatDoNotMatchAreAnError() {
        #expect(throws: PublicDeclarations.Unbalanced.self) { try PublicDeclarations.undocumented(in: "struct A {") }
    }
}
