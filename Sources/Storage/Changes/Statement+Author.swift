import SQLite

extension Statement {
    /// Who made a version, from the two columns `who` and `through`, which every table of versions has.
    ///
    /// - Parameter column: that of `who`; `through` is the next one.
    borrowing func author(_ column: Int32) -> Author {
        Author(text(column), through: Author.Through(rawValue: text(column + 1) ?? "") ?? .earlier)
    }
}
