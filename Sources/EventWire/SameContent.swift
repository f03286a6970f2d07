import CallCenter

extension Event {
    /// Whether an event that was resent with the same id has the same content.
    ///
    /// Times are compared only if the PBX gave them; a time that the daemon added differs each time.
    public func hasSameContent(as other: Event) -> Bool {
        id == other.id && source == other.source && timeIsGiven == other.timeIsGiven
            && (!timeIsGiven || time == other.time) && body == other.body
    }
}
