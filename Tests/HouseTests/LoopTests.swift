import Foundation
import Testing

/// The engine's thread serves every phone: what a request asks it is answered without walking all calls.
@Suite struct LoopTests {
    @Test func noRequestWalksTheCallsOnTheEnginesThread() throws {
        let sources = ImportTests.root.appendingPathComponent("Sources/Web")
        var asked = 0
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for (n, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let found = line.range(of: "centre.callsInMemory") else { continue }
                asked += 1
                // It is handed out whole, and walked by whoever asked.
                let rest = line[found.upperBound...]
                #expect(rest.first != ".", "\(file.lastPathComponent):\(n + 1) walks calls on the engine's thread")
                #expect(!line.contains(" in centre.callsInMemory {"), "\(file.lastPathComponent):\(n + 1)")
            }
        }
        #expect(asked > 0)
    }
}
