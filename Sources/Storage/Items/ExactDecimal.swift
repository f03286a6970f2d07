/// A decimal number that is exact: whole units of ten to the minus `scale`. Money and quantities are kept as such, and
/// never as floating point.
public struct ExactDecimal: Hashable, Sendable {
    /// Digits of a number, those after the point included, without leading zeros.
    public static let digitsMax = 15
    /// Digits after the point.
    public static let scaleMax = 6

    /// The number without its point: 1050 for 10.50.
    public let units: Int64
    /// How many digits are after the point: 2 for 10.50.
    public let scale: Int

    init?(units: Int64, scale: Int) {
        guard (0...ExactDecimal.scaleMax).contains(scale), units.magnitude < ExactDecimal.power(ExactDecimal.digitsMax)
        else { return nil }
        self.units = units
        self.scale = scale
    }

    /// A text such as `-1050`, `10.50`; nil for any other, and for one with too many digits.
    public init?(_ text: some StringProtocol) {
        var units: Int64 = 0, scale: Int?, count = 0, isNegative = false
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where place == 0: isNegative = true
            case UInt8(ascii: ".") where scale == nil && count > 0: scale = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                count += 1
                units = units * 10 + Int64(byte - UInt8(ascii: "0"))
                guard units.magnitude < ExactDecimal.power(ExactDecimal.digitsMax) else { return nil }
                if let digits = scale { scale = digits + 1 }
            default: return nil
            }
            if scale ?? 0 > ExactDecimal.scaleMax { return nil }
        }
        guard count > 0, scale != 0 else { return nil }
        self.units = isNegative ? -units : units
        self.scale = scale ?? 0
    }

    /// As `init` reads it, with all digits after the point that were given.
    public var text: String { ExactDecimal.text(Int128(units), scale: scale) }

    /// Whether it is below 0.
    public var isNegative: Bool { units < 0 }

    /// The exact product, with no more digits after the point than it needs and `price` has; nil when it has too many.
    public static func product(_ quantity: ExactDecimal, _ price: ExactDecimal) -> ExactDecimal? {
        var units = Int128(quantity.units) * Int128(price.units), scale = quantity.scale + price.scale
        while scale > price.scale, units % 10 == 0 {
            units /= 10
            scale -= 1
        }
        return Int64(exactly: units).flatMap { ExactDecimal(units: $0, scale: scale) }
    }

    fileprivate static func power(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { product, _ in product * 10 } }

    fileprivate static func text(_ units: Int128, scale: Int) -> String {
        var digits = String(units.magnitude)
        if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
        let sign = units < 0 ? "-" : ""
        return scale == 0 ? sign + digits : "\(sign)\(digits.dropLast(scale)).\(digits.suffix(scale))"
    }
}

/// The exact sum of many decimals: ten to the 16 of them fit.
public struct DecimalSum: Hashable, Sendable {
    /// Units of ten to the minus `ExactDecimal.scaleMax`.
    private var units: Int128 = 0
    /// The most digits after the point of any of them.
    private var scale = 0

    /// The sum of none: 0.
    public init() {}

    /// Adds a number, exactly.
    public mutating func add(_ number: ExactDecimal) {
        units += Int128(number.units) * Int128(ExactDecimal.power(ExactDecimal.scaleMax - number.scale))
        scale = max(scale, number.scale)
    }

    /// - Parameter micros: units of ten to the minus 6. Has no more digits after the point than it needs.
    public init(micros: Int64) {
        units = Int128(micros)
        scale = ExactDecimal.scaleMax
        while scale > 0, micros % Int64(ExactDecimal.power(ExactDecimal.scaleMax - scale + 1)) == 0 { scale -= 1 }
    }

    /// Units of ten to the minus 6, at most as many as fit.
    public var micros: Int64 { Int64(clamping: units) }

    /// The sum, with as many digits after the point as the longest number had.
    public var text: String {
        ExactDecimal.text(units / Int128(ExactDecimal.power(ExactDecimal.scaleMax - scale)), scale: scale)
    }
}
