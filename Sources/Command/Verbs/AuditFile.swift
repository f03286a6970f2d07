import Foundation
import Storage

extension AuditVerdict {
    /// Reads the view log of a state directory, beside the daemon or without one.
    ///
    /// - Parameter expected: a hash that has to be in it, in hexadecimal digits, or the first of them; nil for none.
    /// - Throws: `ClientError` when there is no view log, or it cannot be read.
    init(of directory: String, expecting expected: String?) throws(ClientError) {
        guard FileManager.default.fileExists(atPath: directory + "/views.db") else {
            throw .local("There is no views.db in \(directory); name the daemon's state directory.")
        }
        let verdict: ViewVerdict
        do throws(StoreError) { verdict = try ViewReader.verify(in: directory, expecting: expected) } catch {
            throw .local("\(error)")
        }
        self.init(
            intact: verdict.isIntact, entries: Int(verdict.entries), views: Int(verdict.views),
            first: Int(verdict.anchor.seq) + 1, last: Int(verdict.head.seq),
            firstAt: verdict.firstAt.map { APITime.text(ms: $0.ms) },
            lastAt: verdict.lastAt.map { APITime.text(ms: $0.ms) }, hash: verdict.head.hex,
            faults: verdict.faults.map { fault in
                Fault(kind: fault.kind.rawValue, from: fault.from.map(Int.init), to: fault.to.map(Int.init))
            })
    }
}
