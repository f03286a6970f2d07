import CallCenter

extension Event {
    /// Whether an event sent again under its id says what it said the first time.
    ///
    /// A time counts when the PBX gave it; one that we put there ourselves is another each time.
    public func hasSameContent(as other: Event) -> Bool {
        id == other.id && source == other.source && timeIsGiven == other.timeIsGiven
            && (!timeIsGiven || time == other.time) && body == other.body
    }
}
