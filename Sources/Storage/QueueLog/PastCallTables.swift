/// The tables of calls that were imported from a queue log.
enum PastCallTables {
    /// Which calls of the history came with an import. Their figures are in `queue_figures` and `operator_figures`,
    /// with a negative `forgotten_at`: `RecordChange.PastFigures.mark`.
    static let schema = """
        CREATE TABLE past_call(import INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(import, number)) \
        STRICT, WITHOUT ROWID
        """
}
