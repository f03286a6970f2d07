import Storage

/// The webhooks, as the interface needs them; of a daemon without any, nothing.
public struct WebhookDesk: Sendable {
    /// Each with how it does. Blocks the thread.
    public var list: @Sendable () throws -> [WebhookStatus] = { [] }
    /// Sends an event that was given up. It is removed from those when its receiver accepts it.
    ///
    /// - Throws: `WebhookRefusal`.
    public var send: @Sendable (_ dead: DeadDelivery, _ by: Author) async throws -> Void = { _, _ in
        throw WebhookRefusal.unknown
    }
    /// What the newest event that a webhook sends would be sent as; nil where the newest events have none.
    public var preview: @Sendable (_ name: String) async throws -> WebhookPreview? = { _ in
        throw WebhookRefusal.unknown
    }

    /// Of a daemon without webhooks.
    public init() {}
}

/// Why a webhook cannot do what is asked.
public enum WebhookRefusal: Error, Equatable, Sendable {
    /// There is none with this name.
    case unknown
    /// The event is not in the log any more, or was erased.
    case gone
    /// Its receiver did not accept it.
    case notAccepted(String)
}
