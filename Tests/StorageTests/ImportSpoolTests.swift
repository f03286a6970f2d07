import Foundation
import Testing

@testable import Storage

/// Customers' data waits for an import in no file that a crash could leave behind.
@Suite struct ImportSpoolTests {
    @Test func whatWaitsHasNoName() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        let spool = try ImportSpool(directory: directory.path)
        for text in ["name,phone\n山田,090-", "1234-5678\n"] {
            try Array(text.utf8).withUnsafeBytes { try spool.write($0) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == names)
        var work = CustomerImport(into: store.writer, options: importOptions)
        for created in [1, 0] { #expect(try work.run(descriptor: spool.descriptor, now: morning).created == created) }
        #expect(try store.everybody.map(\.fields.phones) == [[entry("090-1234-5678")]])
    }

    @Test func whatEarlierVersionsLeftIsRemoved() throws {
        let directory = try StateDirectory()
        for name in ["import-1234.csv", "import-ABC.csv", "import-.txt", "customers.csv"] {
            _ = try directory.file(name, "name\n山田\n")
        }
        #expect(ImportSpool.removeLeftovers(in: directory.path) == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [
                "customers.csv", "import-.txt"
            ])
        #expect(ImportSpool.removeLeftovers(in: directory.path) == 0)
        #expect(ImportSpool.removeLeftovers(in: directory.path + "/none") == 0)
    }

    @Test func aDirectoryThatIsNotThereIsSaid() {
        #expect(throws: ImportSpool.Failure.self) { try ImportSpool(directory: "/nonexistent") }
    }
}
