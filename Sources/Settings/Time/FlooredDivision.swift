extension Int64 {
    /// Division towards minus infinity, as calendars need it before 1970.
    func floored(by divisor: Int64) -> Int64 { (self - modulo(divisor)) / divisor }

    /// The remainder of that division: never negative.
    func modulo(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
