import Foundation
import Testing

@testable import Doctor

/// The table of docs/cluster.md, held against what the doctor says of a cluster.
@Suite struct ClusterGuideTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// One row of the table.
    private struct Listed: Equatable {
        var check: String
        var severity: String
        /// The sentence, with "…" for what differs.
        var says: String

        func fits(_ finding: Finding) -> Bool {
            guard check == finding.check.rawValue, severity == finding.severity.rawValue else { return false }
            let parts = says.components(separatedBy: "…")
            var rest = finding.what.en[...]
            for (place, part) in parts.enumerated() where !part.isEmpty {
                guard let found = rest.range(of: part), place > 0 || found.lowerBound == rest.startIndex else {
                    return false
                }
                rest = rest[found.upperBound...]
            }
            return rest.isEmpty || parts.last == ""
        }
    }

    private static func table() throws -> [Listed] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/cluster.md"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.components(separatedBy: " | ")
            guard cells.count == 4, ["problem", "warning"].contains(cells[1]) else { return nil }
            return Listed(check: cells[0].filter { !"| `".contains($0) }, severity: cells[1], says: cells[2])
        }
    }

    /// What is wrong with a cluster in each of the rows of `ExaminationTests`.
    private static let findings = ExaminationTests.clusters.flatMap { row in
        var facts = ExaminationTests.cluster
        row.change(&facts)
        return Examination(ExaminationTests.machine, facts).findings.filter { $0.severity != .ok }
    }

    @Test func whatTheDoctorSaysIsInTheGuide() throws {
        let table = try Self.table()
        #expect(!Self.findings.isEmpty)
        for finding in Self.findings {
            #expect(table.filter { $0.fits(finding) }.count == 1, "\(finding.check.rawValue): \(finding.what.en)")
        }
    }

    @Test func whatTheGuideListsIsSaid() throws {
        for listed in try Self.table() {
            #expect(Self.findings.contains { listed.fits($0) }, "\(listed.check): \(listed.says)")
        }
    }

    /// A finding that no row of `ExaminationTests` brings about would be missed above.
    @Test func theGuideListsAsManyAsTheCodeHas() throws {
        var made = 0
        for file in ["Examination+Cluster.swift", "Examination+Replication.swift"] {
            let code = try String(
                contentsOf: Self.root.appendingPathComponent("Sources/Doctor/\(file)"), encoding: .utf8)
            made += code.matches(of: /\.(problem|warning), \.[a-zA-Z]+,/).count
        }
        #expect(try Self.table().count == made)
    }
}
