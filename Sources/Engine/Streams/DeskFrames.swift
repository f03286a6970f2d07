import CallCenter
import EventWire

/// A message from one person to another at the desk, as streams are sent it. Those that have an id are kept by the
/// records; the others are there only as long as the streams' ring buffers keep them.
public struct DeskMessage: Equatable, Sendable, Codable {
    /// To whom a message goes.
    public enum Audience: Equatable, Sendable, Codable {
        /// One operator, by id.
        case `operator`(String)
        /// Every operator whose desk is open.
        case operators
        /// Every supervisor whose desk is open.
        case supervisors
    }

    /// To whom it goes.
    public var to: Audience
    /// The account that wrote it; nil for one of the daemon's own.
    public var from: String?
    /// The author's name, for people; nil where there is none.
    public var fromName: String?
    /// As it was written; the desk shows it as plain text.
    public var text: String
    /// What it is about; for a call for help.
    public var call: String?
    /// When it was sent; UTC.
    public var at: Timestamp
    /// As it is kept; nil for a message of the daemon's own.
    public var id: Int64?
    /// The id of the customer whom it is about; nil for none.
    public var customer: Int64?
    /// The id of the case that it is about; nil for none.
    public var caseID: Int64?
    /// The message that it answers.
    public var replyTo: Int64?

    /// A message that is not kept by the records, and is about no record; the other properties are set afterwards.
    public init(to: Audience, from: String?, fromName: String?, text: String, call: String?, at: Timestamp) {
        self.to = to
        self.from = from
        self.fromName = fromName
        self.text = text
        self.call = call
        self.at = at
    }

    func write(into out: inout ByteBuilder) {
        out.object { out in
            out.field("from", from)
            out.field("from_name", fromName)
            out.field("text", text)
            out.field("call", call)
            out.field("help", to == .supervisors)
            out.field("at", at)
            out.field("id", id)
            out.field("customer", customer)
            out.field("case", caseID)
            out.field("in_reply_to", replyTo)
        }
    }
}

extension Engine {
    /// Sends a message to its recipients.
    ///
    /// - Returns: whether a recipient's desk is open.
    public func deliver(_ message: DeskMessage) async -> Bool {
        let streams = streams
        return await ask { _, now in streams.deliver(message, now: now) } ?? false
    }

    /// Warns supervisors, the operator whose customer it is, and who has the customer on the screen, that the tier is
    /// another now.
    ///
    /// - Parameters:
    ///   - customer: as it is now.
    ///   - before: the tier that it had.
    public func tierChanged(_ customer: CustomerCard, from before: String) async {
        let streams = streams
        _ = await ask { centre, now in
            guard let alert = centre.tierAlert(customer, from: before) else { return }
            var operators = centre.operators(showing: customer.id)
            if let owner = customer.owner { operators.insert(owner) }
            streams.warn(of: alert, operators, withReaders: true, now: now)
        }
    }

    /// The same of an import, or of its undoing: one warning for supervisors, one for each owner, and one for whoever
    /// has such a customer on the screen.
    public func tiersChanged(_ moves: TierMoves, isUndo: Bool) async {
        guard !moves.isEmpty else { return }
        let streams = streams
        _ = await ask { centre, now in
            guard let alerts = centre.tierAlerts(moves, isUndo: isUndo) else { return }
            streams.warn(of: alerts.all, [], now: now)
            for one in alerts.owners {
                streams.warn(of: one, one.operator.map { [$0] } ?? [], withSupervisors: false, now: now)
            }
            for (alert, operators) in alerts.shown {
                streams.warn(of: alert, operators, withSupervisors: false, now: now)
            }
        }
    }

    /// Warns supervisors, owners, and who has the customer on the screen, that the status of customers is another now.
    public func statusChanged(_ moves: [StatusMove]) async {
        let streams = streams
        _ = await ask { centre, now in
            for one in centre.statusWarnings(moves) {
                streams.warn(
                    of: one.alert, one.operators, withSupervisors: one.isForSupervisors,
                    withReaders: one.isForSupervisors, now: now)
            }
        }
    }

    /// Notifies every desk that shows a customer that the record changed; the desk then reads it.
    public func customerChanged(_ id: Int64, version: Int64) async {
        let streams = streams
        _ = await ask { centre, now in
            streams.customerChanged(id, version: version, on: centre.operators(showing: id), now: now)
        }
    }
}
