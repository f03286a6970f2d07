import CallCenter
import Crypto

/// A row of the view log: one link of its hash chain. Its entries have consecutive positions, `first` and those after.
struct ViewLink: Equatable {
    enum Kind: Int64 {
        /// What somebody saw: `ViewBytes`.
        case views = 0
        /// The oldest entries were removed, as they were older than the retention: `ViewCut`.
        case cut = 1
    }

    var kind: Int64
    /// The position of its first entry; positions begin at 1 and have no gaps.
    var first: Int64
    /// Entries in it, at least 1.
    var count: Int64
    /// The earliest and the latest time in it. Milliseconds since 1970.
    var firstAt: Int64
    var lastAt: Int64
    var body: [UInt8]

    var last: Int64 { first &+ count &- 1 }

    /// Bytes of a hash.
    static let hashBytes = 32

    /// SHA-256 of the hash before it and everything in the row, each number as 8 bytes, most significant first.
    func hash(after previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(previous.count + 40 + body.count)
        for number in [kind, first, count, firstAt, lastAt] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: UInt64(bitPattern: number) >> UInt64(shift)))
            }
        }
        bytes.append(contentsOf: body)
        return Array(SHA256.hash(data: bytes))
    }
}

/// The bytes of views that are written together: who they are of, then each view's time, viewer, means and customer.
/// Times and customers are differences from the one before, so most views take 4 to 6 bytes.
enum ViewBytes {
    static func encode(_ views: [RecordView]) -> [UInt8] {
        var out = PackedWriter(), places: [Viewer: UInt64] = [:], viewers: [Viewer] = []
        for view in views where places[view.by] == nil {
            places[view.by] = UInt64(viewers.count)
            viewers.append(view.by)
        }
        out.list(viewers) { out, viewer in ViewBytes.write(viewer, &out) }
        var at: Int64 = 0, customer: Int64 = 0
        for view in views {
            out.signed(view.at.ms &- at)
            out.unsigned(places[view.by] ?? 0)
            out.byte(view.through.code)
            out.signed(view.customer &- customer)
            at = view.at.ms
            customer = view.customer
        }
        return out.bytes
    }

    private static func write(_ viewer: Viewer, _ out: inout PackedWriter) {
        switch viewer {
        case .operator(let number):
            out.byte(0)
            out.text(number)
        case .token(let id):
            out.byte(1)
            out.text(id)
        case .local(let user):
            out.byte(2)
            out.optional(user.map { Int64($0) })
        }
    }

    /// - Throws: `Malformed` for bytes that `encode` did not write, those of a newer version included.
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> [RecordView] {
        var from = PackedReader(bytes: bytes), views: [RecordView] = []
        let viewers = try from.list { from throws(Malformed) in try ViewBytes.viewer(&from) }
        var at: Int64 = 0, customer: Int64 = 0
        while !from.isAtEnd {
            at &+= try from.signed()
            let place = try from.unsigned(), code = try from.byte()
            customer &+= try from.signed()
            guard place < UInt64(viewers.count), let means = RecordView.Means(code: code) else { throw Malformed() }
            views.append(
                RecordView(at: Timestamp(ms: at), by: viewers[Int(place)], through: means, customer: customer))
        }
        return views
    }

    private static func viewer(_ from: inout PackedReader) throws(Malformed) -> Viewer {
        switch try from.byte() {
        case 0: return .operator(try from.text())
        case 1: return .token(try from.text())
        case 2:
            guard let user = try from.optionalSigned() else { return .local(user: nil) }
            guard let user = UInt32(exactly: user) else { throw Malformed() }
            return .local(user: user)
        default: throw Malformed()
        }
    }
}

/// That entries were removed, and where the chain begins since then.
struct ViewCut: Equatable {
    /// The newest removed entry.
    var through: Int64
    /// The hash of the link that it was in.
    var hash: [UInt8]

    var bytes: [UInt8] {
        var out = PackedWriter()
        out.signed(through)
        hash.withUnsafeBytes { out.bytes($0) }
        return out.bytes
    }

    init(through: Int64, hash: [UInt8]) {
        self.through = through
        self.hash = hash
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
        var from = PackedReader(bytes: bytes)
        through = try from.signed()
        hash = try from.byteList()
        guard from.isAtEnd, hash.count == ViewLink.hashBytes else { throw Malformed() }
    }
}
