import CallCenter
import Engine
import Logging
import PhoneNumbers
import Storage

/// Implements `CallerDirectory` with the embedded database: parses the caller's number and looks it up.
public final class CustomerDirectory: CallerDirectory {
    private let rules: NumberRulesInForce
    private var generation: Int
    private var numbers: PhoneNumberReader
    private let customers: CustomerReader
    private let logger: Logger
    private var isFailing = false

    /// - Parameters:
    ///   - offCard: the centre's own fields that no card has.
    ///   - notCounted: states of purchases that are in no sum.
    public init(
        directory: String, rules: NumberRulesInForce, offCard: Set<String> = [], notCounted: Set<String> = [],
        logger: Logger
    ) throws(StoreError) {
        self.rules = rules
        generation = rules.generation
        numbers = PhoneNumberReader(rules.now)
        customers = try CustomerReader(directory: directory, offCard: offCard, notCounted: notCounted)
        self.logger = logger
    }

    /// Ends the read transaction, so that the next look-up sees records that were changed meanwhile.
    public func rest() { customers.rest() }

    /// If the records cannot be read, calls go on: no caller is found, and the log says so once.
    public func lookup(_ question: Centre.LookupQuestion) -> Lookup {
        var caller = CallerNumber.unavailable
        do throws(StoreError) {
            let lookup: Lookup
            switch question {
            case .number(let raw, let presentation):
                let reading = reader.reading(raw: raw, presentation: presentation)
                caller = reading.caller
                lookup = try customers.lookup(reading)
            case .dialed(let raw):
                let reading = reader.dialled(raw)
                caller = reading.caller
                lookup = try customers.lookup(reading)
            case .externalID(let id): lookup = try found(try customers.candidates(externalID: id))
            case .customer(let id): lookup = try found(try customers.candidates(customer: id))
            case .email(let email): lookup = try found(try customers.candidates(email: email))
            case .account(let account): lookup = try found(try customers.candidates(account: account))
            }
            isFailing = false
            return lookup
        } catch {
            if !isFailing { logger.error("callers cannot be looked up: \(error)") }
            isFailing = true
            return Lookup(caller: caller)
        }
    }

    private func found(_ candidates: [Candidate]) throws(StoreError) -> Lookup {
        try customers.withIncidents(Lookup(caller: .unavailable, candidates: candidates))
    }

    /// A reader with the current number rules; its cache is dropped when they change.
    private var reader: PhoneNumberReader {
        let now = rules.generation
        if now != generation {
            generation = now
            numbers = PhoneNumberReader(rules.now)
        }
        return numbers
    }
}
