import CallCenter
import Engine
import EventWire
import Hummingbird
import PhoneNumbers
import Storage

/// `/v1/lookup`: how the daemon reads a number, and which customers it finds, without a call.
struct LookupRoutes {
    let engine: Engine
    let records: CustomerStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.get("v1/lookup", may: .operator, use: look) }

    private func look(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        guard var written = query.text("number") else { throw Problem.bad("Say which number: ?number=090-1234-5678.") }
        // A plus sign in a query is a space by the rules of forms.
        if written.first == " ", written.dropFirst().first?.isNumber == true { written = "+" + written.dropFirst() }
        guard written.utf8.count <= WireLimits.stringBytesMax else {
            throw Problem.bad("number is longer than \(WireLimits.stringBytesMax) bytes.")
        }
        let isDialed = try query.flag("dialed"), limit = try query.limit(default: 20, max: 1_000)
        let numbers = settings.numberReader
        let reading = isDialed ? numbers.dialled(written) : numbers.reading(raw: written)
        let found: (customers: [CustomerRecord], matches: Int) =
            try reading.key.map { try records.find(number: $0, limit: limit) } ?? ([], 0)
        let isBlocked =
            try reading.key.map { key in try records.blocked().contains { $0.number == key } } ?? false
        guard let dormantDays = await engine.ask({ centre, _ in centre.policy.alerts.dormantDays }) else {
            throw Problem.stopping
        }
        let reckoning = CustomerEncoder.Reckoning(
            now: self.now(), dormantAfter: Int64(dormantDays) * 86_400_000,
            hidden: settings.customFieldAccess(for: context.who).hidden)
        let caller = found.customers.isEmpty ? reading.caller : reading.recorded
        let reader = context.reader(.search)
        return .json { out in
            out.object { out in
                out.field("written", written)
                out.key("removed")
                out.array { out in for prefix in reading.removed { out.value(prefix) } }
                out.field("normalized", reading.text)
                out.key("number")
                PopEncoder.number(caller, into: &out)
                out.field("valid", LookupRoutes.basis(reading, isRecorded: !found.customers.isEmpty).rawValue)
                if case .alsoValid(let pattern) = reading.basis { out.field("pattern", pattern) }
                out.field("key", reading.key)
                out.field("blocked", isBlocked)
                out.key("customers")
                out.array { out in
                    for record in found.customers {
                        CustomerEncoder.customer(record, reckoning, to: reader, into: &out)
                    }
                }
                out.field("matches", found.matches)
            }
        }
    }

    /// Why the number identifies a caller.
    enum Basis: String {
        case libphonenumber
        case alsoValid = "also_valid"
        /// A record has exactly it.
        case record
        /// It does not.
        case none
    }

    private static func basis(_ reading: NumberReading, isRecorded: Bool) -> Basis {
        switch reading.basis {
        case .valid: .libphonenumber
        case .alsoValid: .alsoValid
        case nil: isRecorded ? .record : .none
        }
    }
}
