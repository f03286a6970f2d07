/// Why a question has no answer, in a part of a sentence.
public enum QueryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no connection, or it broke: another one may do.
    case lost(String)
    /// No answer within the time of the question.
    case timeout
    /// The server says no: another connection hears the same.
    case refused(String)
    /// Bytes of an answer.
    case tooLarge(Int)

    public var description: String {
        switch self {
        case .lost(let why): "the database cannot be asked: \(why)"
        case .timeout: "the database did not answer in time"
        case .refused(let why): "the database refuses: \(why)"
        case .tooLarge(let most): "its answer has more than \(most) bytes; add LIMIT to the query, or ask for less"
        }
    }
}

/// A row: the columns' names with their values as PostgreSQL writes them; nil for NULL.
public typealias QueryRow = [(name: String, value: String?)]
