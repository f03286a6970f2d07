import CallCenter
import Engine
import Logging
import PhoneNumbers
import Storage

/// The embedded records at the engine's seam: reads the caller's number and looks it up.
final class CustomerDirectory: CallerDirectory {
    private let numbers: PhoneNumberReader
    private let customers: CustomerReader
    private let logger: Logger
    private var isFailing = false

    init(directory: String, region: String, language: Language, logger: Logger) throws(StoreError) {
        numbers = PhoneNumberReader(region: region, language: language.rawValue)
        customers = try CustomerReader(directory: directory)
        self.logger = logger
    }

    func rest() { customers.rest() }

    /// Without its records the centre still takes calls: nobody is found, and the log says so once.
    func lookup(_ question: Centre.LookupQuestion) -> Lookup {
        var caller = CallerNumber.unavailable
        do throws(StoreError) {
            let lookup: Lookup
            switch question {
            case .number(let raw, let presentation):
                caller = numbers.read(raw: raw, presentation: presentation)
                lookup = try customers.lookup(caller)
            case .dialed(let raw):
                caller = numbers.read(raw: raw, presentation: .allowed)
                lookup = try customers.lookup(caller)
            case .externalID(let id): lookup = Lookup(caller: caller, candidates: try customers.candidates(externalID: id))
            case .customer(let id): lookup = Lookup(caller: caller, candidates: try customers.candidates(customer: id))
            case .email(let email): lookup = Lookup(caller: caller, candidates: try customers.candidates(email: email))
            case .account(let account): lookup = Lookup(caller: caller, candidates: try customers.candidates(account: account))
            }
            isFailing = false
            return lookup
        } catch {
            if !isFailing { logger.error("callers cannot be looked up: \(error)") }
            isFailing = true
            return Lookup(caller: caller)
        }
    }
}
