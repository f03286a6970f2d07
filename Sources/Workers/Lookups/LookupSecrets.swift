import CRMLookup
import Foundation
import Synchronization

/// What a look-up signs in with: the secret of its file, and the token that is got with it.
///
/// Files are read again for each new token and each request, so that a secret can be replaced without a restart.
final class LookupSecrets: Sendable {
    private struct State {
        var token: (text: String, until: Int64)?
        /// A token that is being got: whoever needs one meanwhile waits for it.
        var underWay: Task<String, any Error>?
    }

    private let recipe: LookupRecipe
    private let send: LookupSend
    /// A monotonic clock. Milliseconds.
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())
    private var plan: LookupPlan { recipe.plan }

    /// A token without a time is used for so long, and any token until so long before its end. Milliseconds.
    private static let usual: Int64 = 900_000, spare: Int64 = 60_000

    init(_ recipe: LookupRecipe, send: @escaping LookupSend, clock: @escaping @Sendable () -> Int64) {
        self.recipe = recipe
        self.send = send
        self.clock = clock
    }

    /// The secret; nil for a look-up that has none.
    func secret() throws(LookupFault) -> String? {
        plan.secretFile.isEmpty ? nil : try LookupSecrets.read(plan.secretFile)
    }

    static func read(_ path: String) throws(LookupFault) -> String {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 65_536 else {
            throw LookupFault("\(path) cannot be read; let the daemon's user read it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw LookupFault("\(path) is empty; write the secret into it") }
        return text
    }

    /// The value of the header `Authorization`; nil for none.
    ///
    /// - Parameter within: how long to wait for a token. Milliseconds.
    func authorization(within: Int64) async throws -> String? {
        switch plan.authentication {
        case .none: return nil
        case .bearer: return "\(plan.scheme) \(try secret() ?? "")"
        case .basic:
            let pair = "\(plan.user):\(try secret() ?? "")"
            return "Basic \(Data(pair.utf8).base64EncodedString())"
        case .oauth2: return "\(plan.scheme) \(try await token(within: within))"
        }
    }

    /// The token was refused: the next request gets another.
    func forget() { state.withLock { $0.token = nil } }

    private func token(within: Int64) async throws -> String {
        let now = clock()
        let (known, task) = state.withLock { state -> (String?, Task<String, any Error>?) in
            if let token = state.token, now < token.until { return (token.text, nil) }
            if let task = state.underWay { return (nil, task) }
            let task = Task { try await self.fetch() }
            state.underWay = task
            return (nil, task)
        }
        if let known { return known }
        guard let task else { throw LookupFault.timeout }
        let once = Once<Result<String, any Error>>()
        return try await once.wait(within: within, late: .failure(LookupFault.timeout)) { await task.result }.get()
    }

    private func fetch() async throws -> String {
        defer { state.withLock { $0.underWay = nil } }
        let oauth2 = plan.oauth2
        var fields = oauth2.parameters
        fields["grant_type"] = oauth2.grant.rawValue
        fields["client_id"] = oauth2.clientID
        fields["client_secret"] = try secret() ?? ""
        if !oauth2.scope.isEmpty { fields["scope"] = oauth2.scope }
        if oauth2.grant == .refreshToken { fields["refresh_token"] = try LookupSecrets.read(oauth2.refreshTokenFile) }
        let body = fields.sorted { $0.key < $1.key }.map { name, value in
            "\(LookupSecrets.encoded(name))=\(LookupSecrets.encoded(value))"
        }.joined(separator: "&")
        let call = LookupCall(
            method: "POST", url: recipe.tokenURL ?? "",
            headers: [["Accept", "application/json"], ["Content-Type", "application/x-www-form-urlencoded"]],
            body: body)
        let response = try await send(call, plan.timeout, 65_536)
        let answer = (try? JSONSerialization.jsonObject(with: Data(response.body))) as? [String: Any]
        guard 200..<300 ~= response.status, let text = answer?["access_token"] as? String, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            let said = (answer?["error_description"] ?? answer?["error"]) as? String
            throw LookupFault("no token was given: \(response.status)\(said.map { " \($0.prefix(200))" } ?? "")")
        }
        let seconds = (answer?["expires_in"] as? NSNumber)?.int64Value
        let lasts = seconds.map { min(max($0, 0), 86_400) * 1_000 - LookupSecrets.spare } ?? LookupSecrets.usual
        let until = clock() + max(lasts, 1_000)
        state.withLock { $0.token = (text, until) }
        return text
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// Waits for one of two results, whichever is there first.
final class Once<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value, Never>?>(nil)

    /// - Parameters:
    ///   - within: how long to wait. Milliseconds.
    ///   - late: the result when nothing came. The work goes on; its result goes nowhere.
    func wait(
        within: Int64, late: Value, _ work: @escaping @Sendable () async -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            waiting.withLock { $0 = continuation }
            let timer = Task {
                do { try await Task.sleep(for: .milliseconds(max(1, within))) } catch { return }
                self.resume(late)
            }
            Task {
                let value = await work()
                timer.cancel()
                self.resume(value)
            }
        }
    }

    private func resume(_ value: Value) {
        waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }?.resume(returning: value)
    }
}
