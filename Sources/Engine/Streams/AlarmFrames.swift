import CallCenter
import EventWire

extension Alarm {
    /// Writes the fields of an alarm as JSON.
    public func write(_ language: Language, into out: inout ByteBuilder) {
        out.field("queue", queue)
        out.field("kind", kind.rawValue)
        out.field("raised", clearedAt == nil)
        out.field("since", since)
        out.field("cleared_at", clearedAt)
        out.field("value", value)
        out.field("threshold", threshold)
        out.field("text", text(language))
    }
}

extension Engine {
    /// Sends raised and cleared alarms to the streams of supervisors.
    public func announce(_ alarms: [Alarm], language: Language) async {
        _ = await inTurn { [streams] core in
            core.showAll()
            streams.announce(alarms, language: language, now: Engine.now())
        }
    }
}
