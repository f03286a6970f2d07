import CallCenter
import Foundation
import PhoneNumbers
import Storage

// How long a caller's look-up takes, from the number as the PBX wrote it to the candidates: LookUpBenchmark
// STATE-DIRECTORY CUSTOMERS. The customers are those of mkdb.py. Prints one JSON object; times in microseconds.
let arguments = CommandLine.arguments
guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
    FileHandle.standardError.write(Data("usage: LookUpBenchmark STATE-DIRECTORY CUSTOMERS\n".utf8))
    exit(64)
}
let numbers = PhoneNumberReader(region: "JP", language: "ja")
let customers = try CustomerReader(directory: arguments[1])
let clock = ContinuousClock()
var took: [Double] = []
var found = 0
for i in 0..<50_000 {
    // A prime's multiples: all over the records, in no order of theirs.
    let customer = i &* 7_919 % count
    let raw = "+8190" + String(repeating: "0", count: max(0, 8 - String(customer).count)) + String(customer)
    let start = clock.now
    let lookup = try customers.lookup(numbers.reading(raw: raw, presentation: .allowed))
    took.append(Double((clock.now - start).components.attoseconds) / 1e12)
    found += lookup.candidates.count
    customers.rest()
}
took.sort()
print(
    #"{"lookups":\#(took.count),"found":\#(found),"p50_us":\#(took[took.count / 2]),"#
        + #""p99_us":\#(took[took.count * 99 / 100])}"#
)
