import CallCenter

extension Fields {
    func integer(_ attribute: Attribute, in range: ClosedRange<Int64>) throws(WireError) -> Int64? {
        guard let value = value(attribute) else { return nil }
        if value.kind == .number, value.isInteger, let number = integer(value), range.contains(number) { return number }
        throw invalid(attribute, "must be \(attribute.meaning)")
    }

    /// A customer's id: a number, or a string of digits, since many a dialplan knows nothing else.
    func customer() throws(WireError) -> Int64? {
        guard let value = value(.customer) else { return nil }
        if value.kind == .string, value.count == 0 { return nil }
        let isPlain = value.kind == .number && value.isInteger || value.kind == .string && !value.isEscaped
        if isPlain, let id = integer(value), id > 0 { return id }
        throw invalid(.customer, "must be \(Attribute.customer.meaning)")
    }

    /// The value's characters as an optional minus and decimal digits.
    private func integer(_ value: JSONScanner.Value) -> Int64? {
        var at = Int(value.start)
        let isNegative = value.count > 1 && text.byte(at) == UInt8(ascii: "-")
        if isNegative { at += 1 }
        if at == value.end { return nil }
        var result: Int64 = 0
        while at < value.end {
            let digit = text.byte(at) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (shifted, overflows) = result.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = shifted.addingReportingOverflow(Int64(digit))
            if overflows || overflowsToo { return nil }
            result = sum
            at += 1
        }
        return isNegative ? -result : result
    }

    func time(_ attribute: Attribute, readAt: Timestamp) throws(WireError) -> Timestamp? {
        guard let value = value(attribute) else { return nil }
        guard let time = timestamp(value) else { throw invalid(attribute, "must be \(attribute.meaning)") }
        if time < WireLimits.timeMin {
            throw invalid(attribute, "is before the year 2000; set the PBX's clock, or leave \(attribute.name) out")
        }
        if time - readAt > WireLimits.timeAheadMax {
            throw invalid(
                attribute,
                "is more than 366 days ahead of this machine's clock; set the PBX's clock, or leave \(attribute.name) "
                    + "out"
            )
        }
        return time
    }

    private func timestamp(_ value: JSONScanner.Value) -> Timestamp? {
        guard value.kind == .string, value.count <= WireLimits.stringBytesMax else { return nil }
        if !value.isEscaped {
            return RFC3339.timestamp(UnsafeRawBufferPointer(start: text.base + Int(value.start), count: value.count))
        }
        var plain = text.text(value)
        return plain.withUTF8 { RFC3339.timestamp(UnsafeRawBufferPointer($0)) }
    }
}
