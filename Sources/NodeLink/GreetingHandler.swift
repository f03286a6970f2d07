import NIOCore

/// The client's side of a connection's beginning: sends the first line, and waits for the answer.
///
/// What comes behind the answer is held until the handler is removed, and then passed on.
final class GreetingHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let purpose: Purpose
    private let greeted: EventLoopPromise<Void>
    private var held = ByteBuffer()
    private var isDone = false
    private var inputHasEnded = false
    private var timeout: Scheduled<Void>?

    /// - Parameter greeted: succeeds with the answer `ok`, fails with a `LinkError`.
    init(_ peer: Peer, _ purpose: Purpose, _ greeted: EventLoopPromise<Void>) {
        self.peer = peer
        self.purpose = purpose
        self.greeted = greeted
    }

    func channelActive(context: ChannelHandlerContext) {
        let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: LinkLimits.answerTimeout) {
            let (handler, context) = here.value
            handler.end(.failure(.noAnswer(handler.peer)), context)
        }
        context.fireChannelActive()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: purpose.line)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if held.readableBytes == 0 { held = buffer } else { held.writeBuffer(&buffer) }
        guard !isDone else { return }
        let view = held.readableBytesView
        guard let newline = view.firstIndex(of: 0x0A) else {
            if view.count > LinkLimits.lineBytesMax { refuse("it is no line", context) }
            return
        }
        guard let answer = LinkAnswer(line: view[..<newline]) else { return refuse("it cannot be read", context) }
        held.moveReaderIndex(to: newline + 1)
        if answer.ok == true { return end(.success(()), context) }
        end(
            .failure(
                answer.error == "not_leader"
                    ? .notLeader(peer, leader: answer.leader) : .refused(peer, code: answer.error ?? "")), context)
    }

    private func refuse(_ why: String, _ context: ChannelHandlerContext) {
        end(.failure(.notALink(peer, reason: "the answer to the first line: \(why)")), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) { if !isDone { context.read() } }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputHasEnded = true
        if !isDone { end(.failure(.ended(peer, reason: "it closed the connection")), context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(.connecting(to: peer, error)), context)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(.ended(peer, reason: "it closed the connection")), context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.failure(.ended(peer, reason: "it closed the connection")), context)
    }

    private func end(_ result: Result<Void, LinkError>, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        timeout?.cancel()
        switch result {
        case .success: greeted.succeed(())
        case .failure(let error):
            greeted.fail(error)
            context.close(promise: nil)
        }
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if held.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(held))
            context.fireChannelReadComplete()
        }
        if inputHasEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.leavePipeline(removalToken: removalToken)
    }
}
