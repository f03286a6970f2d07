import CallCenter
import Engine
import PhoneNumbers

/// Reads the caller's number; nobody is in the records yet, so nobody is found.
final class NumbersOnly: CallerDirectory {
    private let reader: PhoneNumberReader

    init(reader: consuming sending PhoneNumberReader) { self.reader = reader }

    func lookup(_ question: Centre.LookupQuestion) -> Lookup {
        switch question {
        case .number(let raw, let presentation): Lookup(caller: reader.read(raw: raw, presentation: presentation))
        case .customer, .email, .account: Lookup(caller: .unavailable)
        }
    }
}
