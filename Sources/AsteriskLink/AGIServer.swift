import AMI
import AsteriskBridge
import BridgeCore
import BridgeLink
import Logging
import NIOCore

/// Answers the dialplan's requests for a route (FastAGI).
struct AGIServer {
    let bridge: LiveBridge
    let logger: Logger

    func answer(_ question: RouteListener.Question) async throws {
        var input = question.inbound.makeAsyncIterator(), bytes: [UInt8] = []
        var read: Result<AGIRequest, AGIRequest.Malformed>?
        while read == nil, let buffer = try await input.next() {
            bytes += buffer.readableBytesView
            read = AGIRequest.read(bytes)
        }
        var variables = RouteVariables.none("no_answer")
        switch read {
        case .success(let request):
            if let reply = await bridge.route(request, within: question.timeLeft),
                let found = RouteVariables(reply: reply)
            {
                variables = found
            }
        case .failure:
            logger.warning("an AGI request was left aside: a caller had written into it")
            variables = .none("malformed")
        case nil: return
        }
        var rest = ""
        for value in variables.values {
            // One at a time: Asterisk does not see a second command behind the first before more comes.
            let command = AGIRequest.set("SCREENPOP_" + value.name, value.value)
            try await question.outbound.write(ByteBuffer(string: command))
            var isOwed = true
            while isOwed {
                guard let end = rest.firstIndex(of: "\n") else {
                    guard let buffer = try await input.next() else { return }
                    rest += String(buffer: buffer)
                    continue
                }
                // A hangup in the middle is a line where an answer is expected.
                isOwed = rest[..<end] == "HANGUP"
                rest.removeSubrange(...end)
            }
        }
    }
}
