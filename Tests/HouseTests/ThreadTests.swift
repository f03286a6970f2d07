import Testing

/// The plan of threads (docs/architecture.md): each kind of work that blocks has its own.
@Suite struct ThreadTests {
    @Test func nothingBlocksThePoolsThatEverybodyShares() throws {
        var found: [String] = []
        for (file, source) in try sources(under: "Sources") {
            for shared in ["NIOThreadPool.singleton", "DispatchQueue.global", "Task.detached"]
            where source.contains(shared) {
                found.append("\(file) uses \(shared)")
            }
        }
        #expect(found == [])
    }

    /// A password takes a tenth of a second; an import, minutes.
    @Test(arguments: [
        ("accounts.check(", "Access", "BlockingThreads.passwords"),
        ("accounts.set(", "Routes", "BlockingThreads.passwords"),
        ("accounts.setPassword(", "Routes", "BlockingThreads.passwords"),
        ("CustomerImport(into:", "Routes", "BlockingThreads.files"),
        ("pieces.next()", "Routes", "BlockingThreads.files"),
    ]) func whatTakesLongRunsOnThreadsOfItsKind(call: String, folder: String, threads: String) throws {
        var count = 0
        for (file, source) in try sources(under: "Sources/Web/\(folder)") {
            for range in source.ranges(of: call) {
                count += 1
                let before = source[..<range.lowerBound].suffix(900)
                #expect(before.contains(threads), "\(file): \(call)")
            }
        }
        // Customers and what belongs to them are exported in one place, each by its own reader, and as lines of JSON.
        #expect(count == (call == "pieces.next()" ? 3 : 1))
    }
}
