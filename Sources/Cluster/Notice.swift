import Engine
import Foundation

/// What the leader says to the followers beside the log, for the desks of their own.
enum Notice: Equatable, Sendable {
    /// A message between desks.
    case message(DeskMessage)
    /// Whose list of what is to be done changed. It comes behind the rows that changed it.
    case work(WorkConcerned)

    private struct Work: Codable {
        struct Concerned: Codable {
            /// nil: everybody.
            var operators: [String]?
        }
        var work: Concerned
    }

    /// nil for what a newer version says and this one does not understand.
    init?(_ bytes: [UInt8]) {
        let data = Data(bytes), decoder = JSONDecoder()
        if let message = try? decoder.decode(DeskMessage.self, from: data) {
            self = .message(message)
        } else if let work = try? decoder.decode(Work.self, from: data) {
            self = .work(work.work.operators.map { .operators(Set($0)) } ?? .everybody)
        } else {
            return nil
        }
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Strings and numbers can always be encoded.
        let data =
            switch self {
            case .message(let message): try? encoder.encode(message)
            case .work(let concerned):
                try? encoder.encode(Work(work: .init(operators: concerned.names.map { $0.sorted() })))
            }
        return data.map { [UInt8]($0) } ?? []
    }
}
