import Intake

/// What an answer means, by its status and by what is in it.
public struct LookupRules: Equatable, Sendable {
    /// Statuses that say that nobody has the number.
    var missingStatus: [Int] = [204, 404]
    /// Where the records are: a list, or the record itself; nil: the answer is it.
    var records: LookupPath?
    /// What is there only when something went wrong; it is shown to the administrator.
    var error: LookupPath?

    init() {}

    /// What one answer means.
    public enum Judgement: Equatable, Sendable {
        /// The first record, and how many there are.
        case found(IntakeValue, count: Int)
        /// Nobody has the number.
        case missing
        /// The credentials were refused: a new token may help.
        case refused
        /// In a part of a sentence.
        case failed(String)
    }

    func judge(status: Int, body: [UInt8]) -> Judgement {
        if missingStatus.contains(status) { return .missing }
        switch status {
        case 200..<300: return judge(body)
        case 401: return .refused
        case 300..<400:
            return .failed("it answered \(status), a redirect, which is not followed; write the address it leads to")
        default:
            let value = IntakeValue(json: body)
            let said = value.flatMap { value in error?.text(in: value) ?? LookupRules.usual.text(in: value) }
            return .failed("it answered \(status)\(said.map { ": \($0)" } ?? "")")
        }
    }

    /// Where errors are in most interfaces.
    private static let usual: LookupPath = {
        do { return try LookupPath("error.message ?? message ?? error_description ?? error ?? 0.message") } catch {
            preconditionFailure("a path that is written here: \(error)")
        }
    }()

    private func judge(_ body: [UInt8]) -> Judgement {
        if body.allSatisfy({ $0 <= 0x20 }) { return .missing }
        guard let answer = IntakeValue(json: body) else { return .failed("its answer is no JSON") }
        if let path = error, let value = path.value(in: answer) {
            return .failed("it says: \(path.text(in: answer) ?? LookupRules.kind(value))")
        }
        guard let records else { return LookupRules.record(answer) }
        guard let found = records.value(in: answer) else {
            // A list that is null has nobody; one that is not there is another kind of answer.
            let isNull = records.alternatives.contains { answer.at($0) == .null }
            return isNull ? .missing : .failed("its answer has no \(records.text)")
        }
        return LookupRules.record(found)
    }

    private static func kind(_ value: IntakeValue) -> String {
        if case .object(let members) = value { return members.keys.sorted().prefix(5).joined(separator: ", ") }
        return "an error without a text"
    }

    private static func record(_ value: IntakeValue) -> Judgement {
        switch value {
        case .null: .missing
        case .list(let elements): elements.first.map { .found($0, count: elements.count) } ?? .missing
        case .object(let members): members.isEmpty ? .missing : .found(value, count: 1)
        // Some interfaces say false, or nothing, where there is no record.
        case .text(let text): ["", "false", "0"].contains(text) ? .missing : .found(value, count: 1)
        }
    }
}
