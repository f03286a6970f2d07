/// Fills the centre's URL template: `https://crm.example/customers/{customer.external_id}?call={call}`.
///
/// Every value is percent-encoded to the unreserved characters of RFC 3986 section 2.3, so no caller's name can change
/// the address. A name the template does not know, or a value that is not there, becomes nothing.
struct PopURL {
    let template: String

    static let names = [
        "call", "queue", "operator", "from", "to", "customer.id", "customer.external_id", "customer.name",
        "customer.tier",
        "customer.email", "customer.company",
    ]

    func fill(call: String, queue: String?, operator: String, from: CallerNumber, to: String?, customer: CustomerCard?)
        -> String
    {
        var url = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            url += rest[..<open]
            let value: String?
            switch rest[rest.index(after: open)..<close] {
            case "call": value = call
            case "queue": value = queue
            case "operator": value = `operator`
            case "from": value = from.e164 ?? from.raw
            case "to": value = to
            case "customer.id": value = customer.map { String($0.id) }
            case "customer.external_id": value = customer?.externalID
            case "customer.name": value = customer?.name
            case "customer.tier": value = customer?.tier
            case "customer.email": value = customer?.email
            case "customer.company": value = customer?.company
            default: value = nil
            }
            if let value { PopURL.encode(value, into: &url) }
            rest = rest[rest.index(after: close)...]
        }
        return url + rest
    }

    private static func encode(_ value: String, into url: inout String) {
        let hex = Array("0123456789ABCDEF".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                url.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                url.append("%")
                url.unicodeScalars.append(Unicode.Scalar(hex[Int(byte >> 4)]))
                url.unicodeScalars.append(Unicode.Scalar(hex[Int(byte & 15)]))
            }
        }
    }
}
