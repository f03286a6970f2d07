/// Where a page of a list ends: behind so many lines of a call.
struct CallCursor: Equatable {
    var number: Int64
    /// Lines of the call that were listed; nil for all of them.
    var listed: Int?

    init(number: Int64, listed: Int? = nil) {
        self.number = number
        self.listed = listed
    }

    /// As `next` told it: a number, or a number and how many lines of that call were on the page.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let number = Int64(first), Bounded.id.range.contains(number), parts.count <= 2
        else { return nil }
        self.number = number
        guard parts.count == 2 else { return }
        guard let listed = Int(parts[1]), listed > 0 else { return nil }
        self.listed = listed
    }

    /// Calls on the page have a number below this.
    var below: Int64 { listed == nil ? number : number + 1 }
}
