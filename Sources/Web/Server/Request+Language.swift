import CallCenter
import HTTPTypes
import Hummingbird

extension Request {
    /// The first language of `Accept-Language` that we speak; nil when the asker names none of them.
    var language: Language? {
        guard let asked = headers[.acceptLanguage] else { return nil }
        for one in asked.split(separator: ",") {
            let tag = one.drop { $0 == " " }.prefix { $0 != ";" && $0 != "-" && $0 != "_" && $0 != " " }
            if let language = Language(rawValue: tag.lowercased()) { return language }
        }
        return nil
    }
}
