import CallCenter
import Storage

/// Leaves out what was written already: the same viewer, the same customer, the same means within a minute. A page that
/// reads a record again and again makes one entry a minute.
struct RepeatedViews {
    private struct Key: Hashable {
        var by: Viewer
        var through: RecordView.Means
        var customer: Int64

        init(_ view: RecordView) {
            by = view.by
            through = view.through
            customer = view.customer
        }
    }
    /// When each was written.
    private var written: [Key: Timestamp] = [:]

    /// For how long a view stands for those that follow it. Milliseconds.
    static let grain: Int64 = 60_000
    /// Remembered views, at most: beyond it some are written again within the minute.
    static let keysMax = 100_000

    /// The views that are to be written, in their order.
    func without(_ views: [RecordView]) -> [RecordView] {
        var new: [Key: Timestamp] = [:]
        return views.filter { view in
            let key = Key(view)
            if let at = new[key] ?? written[key], view.at >= at, view.at - at < RepeatedViews.grain { return false }
            new[key] = view.at
            return true
        }
    }

    /// These are on disk.
    mutating func note(_ views: [RecordView]) {
        guard let newest = views.map(\.at).max() else { return }
        if written.count + views.count > RepeatedViews.keysMax {
            written = written.filter { newest - $0.value < RepeatedViews.grain }
            if written.count + views.count > RepeatedViews.keysMax { written = [:] }
        }
        for view in views { written[Key(view)] = view.at }
    }
}
