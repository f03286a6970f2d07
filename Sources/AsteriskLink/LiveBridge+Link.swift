import AMI
import AsteriskBridge
import EventWire
import Glibc
import NIOCore

/// The connection to screenpopd: lines out, replies in.
extension LiveBridge {
    /// The connection to screenpopd is established.
    func linkUp(_ channel: any Channel) {
        link = channel
        replies = LineFramer()
        asked = [:]
        isLinkRefused = false
        outbox.open()
        // Lines that waited for the connection.
        sendMore()
    }

    /// The connection to screenpopd has ended.
    ///
    /// - Returns: the error that ended it on this side; nil when the other side did.
    func linkDown() -> (any Error)? {
        defer { linkFailure = nil }
        link = nil
        asked = [:]
        for (_, waits) in asking { waits.resume(returning: nil) }
        asking = [:]
        outbox.close()
        return linkFailure
    }

    /// Ends the connection to screenpopd.
    func endLink(_ why: any Error) {
        linkFailure = linkFailure ?? why
        link?.close(promise: nil)
    }

    /// Sends what waits in the spool, as far as the window allows.
    func sendMore() {
        guard let link else { return }
        var isOwed = false
        while true {
            let lines = outbox.next()
            if lines.isEmpty { break }
            link.write(ByteBuffer(bytes: lines), promise: nil)
            isOwed = true
        }
        if isOwed { link.flush() }
    }

    /// screenpopd cannot write to its log.
    struct Unavailable: Error {}

    /// How long a connection goes on after screenpopd could not write: it still decides where calls go. Milliseconds.
    static let refusedMs: Int64 = 1_000

    /// Reads screenpopd's replies. When it cannot write, all lines are sent again later, over another connection.
    func read(replies bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { bytes in
            replies.feed(bytes) { reply in if case .line(let reply) = reply { handle(reply: reply) } }
        }
        sendMore()
    }

    private func handle(reply: UnsafeRawBufferPointer) {
        if case .refused(let code)? = ReplyLine.read(reply) {
            if code == .unavailable {
                refuseLink()
            } else {
                logger.error("screenpopd refused an event: \(String(decoding: reply, as: UTF8.self))")
            }
        }
        // Lines are acknowledged in order: none behind one that was not.
        guard let line = isLinkRefused ? outbox.refused() : outbox.answered() else { return }
        if !asked.isEmpty, let number = asked.removeValue(forKey: line.start) {
            asking.removeValue(forKey: number)?.resume(returning: Array(reply))
        }
    }

    /// screenpopd cannot write: the connection ends in a while, and the next one sends again.
    private func refuseLink() {
        guard !isLinkRefused, let channel = link else { return }
        isLinkRefused = true
        Task { [id = ObjectIdentifier(channel)] in
            try? await Task.sleep(for: .milliseconds(LiveBridge.refusedMs))
            guard let link, ObjectIdentifier(link) == id else { return }
            endLink(Unavailable())
        }
    }

    /// Waits until screenpopd has acknowledged the whole spool, at most this long. Milliseconds.
    func farewell(within milliseconds: Int) async {
        for _ in 0..<(milliseconds / 20) where link != nil && !outbox.isEmpty {
            try? await Task.sleep(for: .milliseconds(20))
        }
        outbox.savePosition()
    }

    func savePosition() { outbox.savePosition() }

    // MARK: The dialplan's question

    /// Offers the call that the dialplan asks about.
    ///
    /// - Returns: screenpopd's reply; nil when there is none within `milliseconds`.
    func route(_ request: AGIRequest, within milliseconds: Int64) async -> [UInt8]? {
        let events = translator.route(request, arrivedAt: LiveBridge.now())
        guard let offer = events.last, link != nil, !isOverfull else {
            send(events)
            return nil
        }
        send(events.dropLast())
        let start = outbox.end
        send([offer])
        guard !isOverfull else { return nil }
        lastAsked += 1
        let number = lastAsked
        return await withCheckedContinuation { continuation in
            asking[number] = continuation
            asked[start] = number
            // Armed once the question is registered: a time-out that ran out before would end nothing.
            Task {
                try? await Task.sleep(for: .milliseconds(milliseconds))
                giveUp(number, start)
            }
        }
    }

    private func giveUp(_ number: Int, _ start: Int64) {
        if asked[start] == number { asked[start] = nil }
        asking.removeValue(forKey: number)?.resume(returning: nil)
    }
}
